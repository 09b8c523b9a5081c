"""Where a bucket is and how it is spoken to, from the options and credentials of the contract.

The names of options and credentials are those of the wire. An empty endpoint means AWS; one without a scheme
means https.
"""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from virtrigaud_api.contract import InvalidSpec, Refused, StagingCredential, StagingOption, StagingPlace
from yarl import URL

from virtrigaud_provider_sdk.guarded_http import web_url
from virtrigaud_provider_sdk.redaction import REDACTION
from virtrigaud_provider_sdk.staging.pvc import address_parts
from virtrigaud_provider_sdk.staging.s3_signature import AccessKey

DEFAULT_REGION: Final = "us-east-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketAddress:
    """One bucket.

    Attributes:
        endpoint: Scheme, host and port.
        uses_path_style: The bucket stands in the path, not in the host name.
    """

    endpoint: URL
    bucket: str
    region: str
    uses_path_style: bool
    key: AccessKey

    @property
    def host(self) -> str:
        """Return the Host header that HTTP clients write for it."""
        named = self.endpoint.host_subcomponent or ""
        host = named if self.uses_path_style else f"{self.bucket}.{named}"
        return host if self.endpoint.is_default_port() else f"{host}:{self.endpoint.port}"

    def path_of(self, name: str) -> str:
        """Return the path of an object; an empty name is the bucket itself."""
        return f"/{self.bucket}/{name}" if self.uses_path_style else f"/{name}"


def bucket_address(place: StagingPlace) -> tuple[BucketAddress, str]:
    """Return the bucket of a place, and the name of the object in it.

    Raises:
        InvalidSpec: The address or an option cannot be right.
        Refused: The credentials are not complete.
    """
    bucket, name = address_parts(place.url, "s3")
    if (place.options.get(StagingOption.BUCKET) or bucket) != bucket:
        raise InvalidSpec(f"the staging address names the bucket {bucket!a}, its options name another")
    region = str(place.options.get(StagingOption.REGION) or DEFAULT_REGION)
    endpoint = _endpoint(str(place.options.get(StagingOption.ENDPOINT) or ""), region)
    address = BucketAddress(
        endpoint=endpoint,
        bucket=bucket,
        region=region,
        uses_path_style=place.options.get(StagingOption.USE_PATH_STYLE) is True or _needs_path_style(endpoint, bucket),
        key=_access_key(place),
    )
    return address, name


def _endpoint(text: str, region: str) -> URL:
    if not text:
        return URL(f"https://s3.{region}.amazonaws.com")
    url = web_url(text if "://" in text else f"https://{text}")
    if url.path not in {"", "/"} or url.query_string or url.user is not None:
        raise InvalidSpec("an S3 endpoint is a scheme, a host and a port, and nothing more")
    return url.origin()


def _needs_path_style(endpoint: URL, bucket: str) -> bool:
    """An address has no subdomains, and a certificate's wildcard covers one label only."""
    return _is_address(endpoint.host or "") or (endpoint.scheme == "https" and "." in bucket)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _access_key(place: StagingPlace) -> AccessKey:
    given = place.credentials
    both = (StagingCredential.ACCESS_KEY_ID, StagingCredential.SECRET_ACCESS_KEY)
    missing = [name for name in both if not given.get(name)]
    if missing:
        raise Refused(f"the credentials of the S3 staging place have no {' and no '.join(missing)}")
    name, secret = (given[key] for key in both)
    token = given.get(StagingCredential.SESSION_TOKEN) or None
    for concealed in (secret, token or ""):
        REDACTION.conceal(concealed)
    return AccessKey(id=name, secret=secret, session_token=token)
