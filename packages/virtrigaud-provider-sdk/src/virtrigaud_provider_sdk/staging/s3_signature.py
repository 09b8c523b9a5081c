"""AWS Signature Version 4, as S3 wants it: the path is encoded once, and the body's digest is signed.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

EMPTY_SHA256: Final = hashlib.sha256(b"").hexdigest()

_ALGORITHM: Final = "AWS4-HMAC-SHA256"
_SERVICE: Final = "s3"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey:
    """Who asks; the secrets never show in a repr."""

    id: str
    secret: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Request:
    """What is signed.

    Attributes:
        path: Not encoded, beginning with a slash.
        query: Not encoded.
        headers: Further headers that are signed, by lower-case names.
    """

    method: str
    host: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body_sha256: str = EMPTY_SHA256

    @property
    def encoded_path(self) -> str:
        """Return the path as it stands in the request line."""
        return quote(self.path, safe="/-._~")

    @property
    def encoded_query(self) -> str:
        """Return the query as it stands in the request line, sorted."""
        pairs = sorted((quote(name, safe="-._~"), quote(value, safe="-._~")) for name, value in self.query.items())
        return "&".join(f"{name}={value}" for name, value in pairs)


def signed_headers(request: S3Request, key: AccessKey, region: str, now: datetime | None = None) -> Mapping[str, str]:
    """Return the headers to send, apart from Host, which the HTTP client writes."""
    moment = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    headers = {**request.headers, "x-amz-date": moment, "x-amz-content-sha256": request.body_sha256}
    if key.session_token is not None:
        headers["x-amz-security-token"] = key.session_token
    signed = {**headers, "host": request.host}
    names = ";".join(sorted(signed))
    scope = f"{moment[:8]}/{region}/{_SERVICE}/aws4_request"
    canonical = "\n".join(
        [
            request.method,
            request.encoded_path,
            request.encoded_query,
            *(f"{name}:{' '.join(signed[name].split())}" for name in sorted(signed)),
            "",
            names,
            request.body_sha256,
        ]
    )
    to_sign = "\n".join([_ALGORITHM, moment, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    signature = hmac.new(_signing_key(key.secret, moment[:8], region), to_sign.encode(), hashlib.sha256).hexdigest()
    authorization = f"{_ALGORITHM} Credential={key.id}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**headers, "Authorization": authorization}


def _signing_key(secret: str, day: str, region: str) -> bytes:
    derived = f"AWS4{secret}".encode()
    for part in (day, region, _SERVICE, "aws4_request"):
        derived = hmac.new(derived, part.encode(), hashlib.sha256).digest()
    return derived
