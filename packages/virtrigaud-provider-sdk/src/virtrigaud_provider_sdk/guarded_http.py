"""HTTP towards hosts that a tenant names: every connection passes the address policy, and nothing is brought along.

No cookies, no proxy and no netrc of the environment unless that is asked for, no decompression, no redirect that is
not looked at. `download` and the S3 staging place are its callers. Needs the extra `download`.
"""

import base64
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver
from virtrigaud_api.address_policy import AddressPolicy
from virtrigaud_api.contract import (
    InvalidSpec,
    NotFound,
    ProviderError,
    ProviderFault,
    Refused,
    Unavailable,
)
from yarl import URL

AUTHORIZATION: Final = "Authorization"

_READ_BYTES: Final = 1 << 20

_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\U0010ffff]*")
_HEADERS_OF_THE_CONNECTION: Final = frozenset(
    {
        "connection",
        "content-length",
        "expect",
        "host",
        "if-range",
        "range",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)

_LOST: Final = (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, aiohttp.ClientPayloadError, ConnectionError)
_STATUS_KINDS: Final[dict[int, type[ProviderError]]] = {
    401: Refused,
    403: Refused,
    407: Refused,
    404: NotFound,
    410: NotFound,
    408: Unavailable,
    425: Unavailable,
    429: Unavailable,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a peer may take to connect, and between two pieces of an answer."""

    connect: timedelta = timedelta(seconds=15)
    idle: timedelta = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the process brings to its connections.

    Attributes:
        tls: Which certificates are trusted; None trusts the system's authorities.
        resolver: Looks names up; None asks the system.
        trusts_environment: Use HTTP_PROXY, HTTPS_PROXY, NO_PROXY and netrc. A proxy looks names up by itself,
            so the policy then guards the way to the proxy, and the proxy must guard what is behind it.
    """

    tls: ssl.SSLContext | None = None
    resolver: AbstractResolver | None = None
    trusts_environment: bool = False


DEFAULT_PATIENCE: Final = Patience()
DEFAULT_SURROUNDINGS: Final = Surroundings()


def open_session(
    policy: AddressPolicy, patience: Patience = DEFAULT_PATIENCE, surroundings: Surroundings = DEFAULT_SURROUNDINGS
) -> aiohttp.ClientSession:
    """Open a session whose connections all pass the policy; the caller closes it."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            ssl=surroundings.tls if surroundings.tls is not None else True,
            resolver=surroundings.resolver,
            # The answer of one look-up must not be used for another connection.
            use_dns_cache=False,
            socket_factory=policy.open_socket,
        ),
        timeout=aiohttp.ClientTimeout(
            total=None,
            sock_connect=patience.connect.total_seconds(),
            sock_read=patience.idle.total_seconds(),
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": "virtrigaud", "Accept-Encoding": "identity"},
        auto_decompress=False,
        trust_env=surroundings.trusts_environment,
        read_bufsize=_READ_BYTES,
    )


def web_url(text: str) -> URL:
    """Read an address that a tenant wrote.

    Raises:
        InvalidSpec: It is not an http or https address with a host, or its user can't log in. The message does
            not repeat it: it may hold a password.
    """
    try:
        url = URL(text)
        # As the look-up does it, which would fail with an error that says nothing.
        (url.host or "").encode("idna")
    except ValueError:
        raise InvalidSpec("the URL cannot be read") from None
    if url.scheme not in {"http", "https"} or not url.host:
        raise InvalidSpec(f"a URL must begin with http:// or https:// and a host, not with {url.scheme or 'a path'!a}")
    if ":" in (url.user or ""):
        raise InvalidSpec("the user name in the URL has a colon, which basic authentication cannot send (RFC 7617)")
    return url


def login_headers(url: URL) -> dict[str, str]:
    """Return what tells a server the user and password of an address, in UTF-8 (RFC 7617)."""
    if url.raw_user is None and url.raw_password is None:
        return {}
    said = f"{url.user or ''}:{url.password or ''}".encode()
    return {AUTHORIZATION: f"Basic {base64.b64encode(said).decode()}"}


def require_headers(headers: Mapping[str, str]) -> None:
    """Return when headers that a tenant wrote can be sent, and none of them says how the request is sent (RFC 9110).

    Raises:
        InvalidSpec: One can't. The message names it, and does not repeat its value: it may be a password.
    """
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise InvalidSpec(f"header {name!a} cannot be sent: it has characters that no header may have")
        if name.lower() in _HEADERS_OF_THE_CONNECTION:
            raise InvalidSpec(f"header {name} cannot be set: it belongs to the connection")


def shown(url: URL) -> str:
    """Return an address for people: no user, no password and no query, which may be a signature."""
    return str(url.with_user(None).with_query(None).with_fragment(None))


def status_error(doing: str, status: int, said: str = "") -> ProviderError:
    """Return the error of the taxonomy for an answer that is none."""
    kind = _STATUS_KINDS.get(status, Unavailable if status >= 500 else InvalidSpec)
    return kind(f"cannot {doing}: the server answered {status}{f' ({said})' if said else ''}")


def transport_error(doing: str, error: Exception) -> ProviderError:
    """Return the error of the taxonomy for a connection that failed."""
    match error:
        case aiohttp.ClientConnectorCertificateError():
            return Refused(f"cannot {doing}: the server's certificate is not trusted: {error.certificate_error}")
        case aiohttp.InvalidURL():
            return InvalidSpec(f"cannot {doing}: its address cannot be read as a URL")
        case aiohttp.ClientError() | ConnectionError() | TimeoutError():
            return Unavailable(f"cannot {doing}: {_said(error)}")
        case _:
            return ProviderFault(f"cannot {doing}: {type(error).__name__}")


def _said(error: Exception) -> str:
    match error:
        case aiohttp.ClientConnectorDNSError():
            return f"the name {error.host} cannot be looked up: {error.os_error.strerror or error.os_error}"
        case aiohttp.ClientConnectorError():
            return f"cannot connect to {error.host}: {error.os_error.strerror or error.os_error}"
        case _ if isinstance(error, _LOST):
            return "the connection was lost"
        case aiohttp.ClientResponseError():
            return "the server's answer is no proper HTTP"
        case TimeoutError():
            return "the server took too long"
        case _:
            return type(error).__name__
