"""The HTTP request of a hook: to an address that the policy allows, without redirects, and its answer is not read."""

from typing import Final

import aiohttp
from virtrigaud_api.address_policy import AddressPolicy
from virtrigaud_api.contract import InvalidSpec, ProviderError, Refused, Unavailable
from virtrigaud_api.v1beta1.lifecycle import HttpGetHook
from yarl import URL

_FIRST_GOOD, _FIRST_OTHER = 200, 300
_MOST_HEADER_BYTES: Final = 1 << 13


def open_session(policy: AddressPolicy) -> aiohttp.ClientSession:
    """Open a session whose connections all pass the policy; certificates are verified, and nothing is brought along."""
    return aiohttp.ClientSession(
        # The answer of one look-up must not be used for another connection.
        connector=aiohttp.TCPConnector(use_dns_cache=False, force_close=True, socket_factory=policy.open_socket),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": "virtrigaud", "Accept-Encoding": "identity"},
        auto_decompress=False,
        max_line_size=_MOST_HEADER_BYTES,
        max_field_size=_MOST_HEADER_BYTES,
        timeout=aiohttp.ClientTimeout(total=None),
    )


async def get(session: aiohttp.ClientSession, hook: HttpGetHook, address: str | None) -> None:
    """Send the request and return when the answer is one of 2xx; the caller bounds the time.

    Raises:
        ProviderError: It is another one, there is none, or the address may not be connected to.
    """
    url = _url(hook, address)
    doing = f"GET {url.scheme}://{url.authority}{url.path}"
    try:
        async with session.get(url, allow_redirects=False) as response:
            if not _FIRST_GOOD <= response.status < _FIRST_OTHER:
                raise Unavailable(f"cannot {doing}: the server answered {response.status}")
    except aiohttp.ClientConnectorCertificateError as error:
        raise Refused(f"cannot {doing}: the server's certificate is not trusted") from error
    except (aiohttp.ClientError, OSError) as error:
        raise Unavailable(f"cannot {doing}: {_said(error)}") from error
    except ProviderError as error:
        raise type(error)(error.message if doing in error.message else f"cannot {doing}: {error}") from error


def _url(hook: HttpGetHook, address: str | None) -> URL:
    host = hook.host or address
    if not host:
        raise Unavailable("cannot send a request: the machine has no address yet")
    path = f"/{(hook.path or '').removeprefix('/')}"
    try:
        root = URL.build(scheme=hook.scheme.value.lower(), host=host, port=hook.port)
        # As the look-up does it, which would fail with an error that says nothing.
        (root.host or "").encode("idna")
        # Put together as text: joined as a reference, a path of two slashes would name another host.
        return URL(f"{root.scheme}://{root.authority}{path}")
    except ValueError as error:
        raise InvalidSpec(f"cannot send a request to {host!r}: that is no host") from error


def _said(error: aiohttp.ClientError | OSError) -> str:
    match error:
        case aiohttp.ClientConnectorDNSError():
            return "its name cannot be looked up"
        case aiohttp.ClientConnectorError():
            return error.os_error.strerror or "the connection failed"
        case _:
            return type(error).__name__
