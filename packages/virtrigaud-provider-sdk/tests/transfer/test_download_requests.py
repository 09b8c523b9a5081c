"""Whom a download asks, and what it says about who asks: addresses, headers, logins, redirects, certificates."""

import base64
import ssl
from pathlib import Path

import pytest
from aiohttp import web
from downloads import IMAGE, SHA256, Serve, downloader, order, refusal
from virtrigaud_provider_sdk import (
    InvalidSpec,
    ProviderError,
    Refused,
    Unavailable,
)
from virtrigaud_provider_sdk.download import Downloader
from virtrigaud_provider_sdk.guarded_http import Surroundings
from web_peers import AT_ONCE, MIB, ON_LOOPBACK, Names, RawPeer, file_of


@pytest.mark.parametrize(
    ("name", "value"), [("X-A", "a\r\nX-B: b"), ("X-A", "a\x00"), ("X A", "a"), ("X-A:", "a"), ("", "a"), ("Höst", "a")]
)
async def test_l32_a_header_is_data_and_its_value_is_not_shown(tmp_path: Path, name: str, value: str) -> None:
    error = await refusal(order("http://127.0.0.1:1/image", tmp_path, headers={name: value}))
    assert (type(error), error.message) == (
        InvalidSpec,
        f"header {name!a} cannot be sent: it has characters that no header may have",
    )


@pytest.mark.parametrize("name", ["Host", "content-length", "Transfer-Encoding", "Range"])
async def test_a_header_of_the_connection_is_nobody_s_to_set(tmp_path: Path, name: str) -> None:
    error = await refusal(order("http://127.0.0.1:1/image", tmp_path, headers={name: "1"}))
    assert error.message == f"header {name} cannot be set: it belongs to the connection"


@pytest.mark.parametrize("host", ["a" * 64, "two..dots", "xn--a"])
async def test_a_host_that_can_be_no_name_is_refused(tmp_path: Path, host: str) -> None:
    error = await refusal(order(f"http://{host}/image", tmp_path))
    assert (type(error), error.message) == (InvalidSpec, "the URL cannot be read")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a.example/", "/etc/passwd", "http://", "gopher://x", ""])
async def test_l33_only_web_addresses_are_fetched(tmp_path: Path, url: str) -> None:
    error = await refusal(order(url, tmp_path))
    assert isinstance(error, InvalidSpec)
    assert error.message.startswith("a URL must begin with http:// or https:// and a host, not with ")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"])
async def test_l33_loopback_is_refused_however_it_is_spelled(tmp_path: Path, serve: Serve, host: str) -> None:
    peer = await serve(file_of(IMAGE))
    async with Downloader(ON_LOOPBACK.__class__(), retries=AT_ONCE) as fetching:
        with pytest.raises(ProviderError) as raised:
            await fetching.fetch(order(f"http://{host}:{peer.port}/", tmp_path))
    assert isinstance(raised.value, InvalidSpec)
    assert raised.value.message.endswith((" are refused: it is a loopback address", " cannot be read as a URL"))
    assert peer.requests == []


async def test_l33_a_redirect_to_a_forbidden_address_is_refused(serve: Serve, tmp_path: Path) -> None:
    async def answer(_request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("http://169.254.169.254/latest/meta-data/")

    peer = await serve(answer)
    error = await refusal(order(f"{peer.url}/image", tmp_path))
    refused = "connections to 169.254.169.254 are refused: it is a metadata service"
    assert (type(error), error.message) == (InvalidSpec, f"cannot download {peer.url}/image: {refused}")


async def test_l33_a_name_that_changes_its_address_gains_nothing(serve: Serve, tmp_path: Path) -> None:
    peer = await serve(file_of(IMAGE, drops_after=MIB), "127.0.0.5")
    victim = await serve(file_of(IMAGE), "127.0.0.9")
    policy = ON_LOOPBACK.of(exempt="127.0.0.5")
    names = Names(images=["127.0.0.5", "127.0.0.9"])
    rebinding = Downloader(policy, retries=AT_ONCE, surroundings=Surroundings(resolver=names))
    url = f"http://images.example:{peer.port}/"
    error = await refusal(order(url, tmp_path), rebinding)
    refused = "connections to 127.0.0.9 are refused: it is a loopback address"
    assert error.message == f"cannot download {url}: {refused}"
    assert (len(peer.requests), victim.requests) == (1, [])


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("file:///etc/passwd", "it redirects to what is no http or https address"),
        ("", "it redirects more than 5 times"),
        ("/again", "it redirects more than 5 times"),
        ("http://[::1", "it redirects to what is no http or https address"),
    ],
)
async def test_a_redirect_that_leads_nowhere_is_refused(
    serve: Serve, tmp_path: Path, location: str, reason: str
) -> None:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": location})

    peer = await serve(answer)
    error = await refusal(order(f"{peer.url}/image", tmp_path))
    assert (type(error), error.message) == (InvalidSpec, f"cannot download {peer.url}/image: {reason}")


async def test_l31_credentials_stay_with_their_own_host(serve: Serve, tmp_path: Path) -> None:
    other = await serve(file_of(IMAGE), "127.0.0.2")

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/image":
            raise web.HTTPFound("/here")
        raise web.HTTPTemporaryRedirect(f"{other.url}/there")

    first = await serve(answer)
    with_password = first.url.replace("http://", "http://me:hunter2@")
    async with downloader() as fetching:
        await fetching.fetch(order(f"{with_password}/image", tmp_path, headers={"X-Token": "hunter2"}))
    assert [(path, "Authorization" in headers, "X-Token" in headers) for path, headers in first.requests] == [
        ("/image", True, True),
        ("/here", True, True),
    ]
    assert "hunter2" not in str(other.requests)
    assert [path for path, _headers in other.requests] == ["/there"]


async def test_the_user_of_a_url_logs_in_whatever_the_letters_of_its_password(serve: Serve, tmp_path: Path) -> None:
    peer = await serve(file_of(IMAGE))
    async with downloader() as fetching:
        await fetching.fetch(order(peer.url.replace("http://", "http://J%C3%B6rg:10%E2%82%AC%3A@"), tmp_path))
    login = "Basic " + base64.b64encode("Jörg:10€:".encode()).decode()
    assert [headers.get("Authorization") for _path, headers in peer.requests] == [login]


@pytest.mark.parametrize(
    ("user", "headers", "reason"),
    [
        (
            "can%3Aary:canary",
            {},
            "the user name in the URL has a colon, which basic authentication cannot send (RFC 7617)",
        ),
        (
            "canary:canary",
            {"authorization": "Bearer canary"},
            "the URL has a user, and the header Authorization says who asks too: leave one out",
        ),
    ],
)
async def test_l31_a_login_that_can_not_be_is_refused_and_not_shown(
    tmp_path: Path, user: str, headers: dict[str, str], reason: str
) -> None:
    error = await refusal(order(f"http://{user}@127.0.0.1:1/image", tmp_path, headers=headers))
    assert (type(error), error.message) == (InvalidSpec, reason)


async def test_the_proxy_of_the_environment_is_used_only_when_asked_for(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer = await serve(file_of(IMAGE), "127.0.0.2")
    monkeypatch.delenv("no_proxy", raising=False)
    async with RawPeer(b"HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\nfrom the proxy") as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        async with downloader() as fetching:
            assert (await fetching.fetch(order(peer.url, tmp_path))).sha256 == SHA256
        async with downloader(Surroundings(trusts_environment=True)) as fetching:
            asked = order(peer.url, tmp_path, target=tmp_path / "second")
            assert (await fetching.fetch(asked)).size_bytes == len(b"from the proxy")
    assert len(peer.requests) == 1


async def test_a_name_that_nobody_knows_is_said(tmp_path: Path) -> None:
    error = await refusal(order("http://images.invalid/", tmp_path))
    assert isinstance(error, Unavailable)
    assert error.message.startswith(
        "cannot download http://images.invalid/: the name images.invalid cannot be looked up: "
    )


async def test_l35_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path, untrusted_server: str) -> None:
    error = await refusal(order(untrusted_server, tmp_path), downloader(Surroundings(tls=ssl.create_default_context())))
    assert isinstance(error, Refused)
    assert error.message.startswith(f"cannot download {untrusted_server}: the server's certificate is not trusted: ")


def test_l31_an_order_does_not_show_its_url() -> None:
    assert "hunter2" not in repr(order("http://me:hunter2@a.example/", Path("/images")))
