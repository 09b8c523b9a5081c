"""Downloads: whole and right, or nothing, from servers that behave well and badly."""

import asyncio
import hashlib
import ssl
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from virtrigaud_provider_sdk import (
    Checksum,
    ChecksumType,
    Conflict,
    InvalidSpec,
    NotFound,
    ProviderError,
    Refused,
    Unavailable,
)
from virtrigaud_provider_sdk.download import Downloaded, Downloader, DownloadOrder
from virtrigaud_provider_sdk.guarded_http import Patience, Surroundings
from web_peers import AT_ONCE, MIB, ON_LOOPBACK, Names, RawPeer, WebPeer, file_of, names_in, noise

IMAGE = noise(3 * MIB + 17)
SHA256 = hashlib.sha256(IMAGE).hexdigest()
IMPATIENT = Patience(connect=timedelta(seconds=5), idle=timedelta(milliseconds=200))

Serve = Callable[..., Awaitable[WebPeer]]


def downloader(surroundings: Surroundings | None = None, patience: Patience | None = None) -> Downloader:
    return Downloader(
        ON_LOOPBACK,
        patience=patience or Patience(),
        retries=AT_ONCE,
        surroundings=surroundings or Surroundings(),
    )


def order(url: str, folder: Path, **values: object) -> DownloadOrder:
    given = {"url": url, "target": folder / "image.qcow2", "limit_bytes": 8 * MIB} | values
    return DownloadOrder(**given)  # type: ignore[arg-type]


async def refusal(wanted: DownloadOrder, by: Downloader | None = None) -> ProviderError:
    """Return why a download fails, having made sure that it left nothing behind."""
    async with by or downloader() as fetching:
        with pytest.raises(ProviderError) as raised:
            await fetching.fetch(wanted)
    assert names_in(wanted.target.parent) == []
    return raised.value


@pytest.mark.parametrize("kind", list(ChecksumType))
async def test_a_file_arrives_whole_and_is_checked(serve: Serve, tmp_path: Path, kind: ChecksumType) -> None:
    peer = await serve(file_of(IMAGE))
    checksum = Checksum(type=kind, hex=hashlib.new(kind, IMAGE).hexdigest().upper())
    told: list[tuple[int, int | None]] = []
    async with downloader() as fetching:
        got = await fetching.fetch(
            order(f"{peer.url}/image", tmp_path, checksum=checksum), lambda done, total: told.append((done, total))
        )
    assert got == Downloaded(path=tmp_path / "image.qcow2", size_bytes=len(IMAGE), sha256=SHA256)
    assert (tmp_path / "image.qcow2").read_bytes() == IMAGE
    assert told[-1] == (len(IMAGE), len(IMAGE))
    assert told == sorted(told)


async def test_a_broken_connection_is_resumed_where_it_broke(serve: Serve, tmp_path: Path) -> None:
    peer = await serve(file_of(IMAGE, drops_after=MIB))
    async with downloader() as fetching:
        got = await fetching.fetch(order(peer.url, tmp_path))
    assert got.sha256 == SHA256
    ranges = [headers.get("Range") for _path, headers in peer.requests]
    assert ranges[0] is None
    starts = [int(later.removeprefix("bytes=").rstrip("-")) for later in ranges[1:] if later is not None]
    assert len(starts) == len(ranges) - 1 >= 2
    assert starts == sorted(set(starts))


async def test_a_file_that_changes_between_two_attempts_is_not_mixed(serve: Serve, tmp_path: Path) -> None:
    versions = [file_of(IMAGE[::-1], drops_after=MIB, etag='"old"'), file_of(IMAGE, etag='"new"')]

    async def answer(request: web.Request) -> web.StreamResponse:
        return await (versions.pop(0) if len(versions) > 1 else versions[0])(request)

    peer = await serve(answer)
    async with downloader() as fetching:
        assert (await fetching.fetch(order(peer.url, tmp_path))).sha256 == SHA256


async def test_a_server_that_fails_for_a_moment_is_asked_again(serve: Serve, tmp_path: Path) -> None:
    failures = [web.HTTPServiceUnavailable, web.HTTPTooManyRequests]

    async def answer(request: web.Request) -> web.StreamResponse:
        if failures:
            raise failures.pop(0)
        return await file_of(IMAGE)(request)

    peer = await serve(answer)
    async with downloader() as fetching:
        assert (await fetching.fetch(order(peer.url, tmp_path))).sha256 == SHA256


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


@pytest.mark.parametrize(
    ("status", "kind", "asked"),
    [(404, NotFound, 1), (401, Refused, 1), (403, Refused, 1), (418, InvalidSpec, 1), (500, Unavailable, 3)],
)
async def test_the_answer_of_a_server_is_said(
    serve: Serve, tmp_path: Path, status: int, kind: type[ProviderError], asked: int
) -> None:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status)

    peer = await serve(answer)
    error = await refusal(order(f"{peer.url}/image?signature=hunter2", tmp_path))
    assert (type(error), error.message) == (
        kind,
        f"cannot download {peer.url}/image: the server answered {status}",
    )
    assert len(peer.requests) == asked


async def test_a_wrong_checksum_is_refused(serve: Serve, tmp_path: Path) -> None:
    peer = await serve(file_of(IMAGE))
    wrong = Checksum(type=ChecksumType.SHA256, hex="0" * 64)
    error = await refusal(order(peer.url, tmp_path, checksum=wrong))
    assert isinstance(error, InvalidSpec)
    found = f"it has the sha256 checksum {SHA256}, the spec says {'0' * 64}"
    assert error.message == f"cannot download {peer.url}: {found}"


async def test_what_cannot_be_a_checksum_is_refused_before_anything_is_fetched(tmp_path: Path) -> None:
    wrong = Checksum(type=ChecksumType.SHA1, hex="abc")
    error = await refusal(order("http://127.0.0.1:1/", tmp_path, checksum=wrong))
    assert error.message == "'abc' is no sha1 checksum: it must have 40 hexadecimal digits"


async def test_a_file_that_says_that_it_is_too_large_is_not_fetched(serve: Serve, tmp_path: Path) -> None:
    peer = await serve(file_of(IMAGE))
    error = await refusal(order(peer.url, tmp_path, limit_bytes=MIB))
    assert error.message == f"cannot download {peer.url}: it has {len(IMAGE)} bytes, {MIB} are allowed"


async def test_a_body_without_end_ends_at_the_limit(serve: Serve, tmp_path: Path) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        while True:
            await response.write(bytes(MIB))

    peer = await serve(answer)
    error = await refusal(order(peer.url, tmp_path))
    assert error.message == f"cannot download {peer.url}: it has more than the {8 * MIB} bytes that are allowed"


async def test_a_length_that_is_a_lie_is_noticed(tmp_path: Path) -> None:
    async with RawPeer(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort") as peer:
        error = await refusal(order(peer.url, tmp_path))
    assert isinstance(error, Unavailable)
    assert error.message == f"cannot download {peer.url}: the connection was lost"


async def test_more_than_the_promised_length_is_not_taken(tmp_path: Path) -> None:
    async with RawPeer(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nshort and more") as peer:
        error = await refusal(order(peer.url, tmp_path))
    assert isinstance(error, Unavailable)
    assert error.message == f"cannot download {peer.url}: the server's answer is no proper HTTP"


async def test_a_body_that_ends_with_the_connection_needs_a_checksum(tmp_path: Path) -> None:
    async with RawPeer(b"HTTP/1.0 200 OK\r\n\r\nimage") as peer:
        error = await refusal(order(peer.url, tmp_path))
        without = "without length and checksum nobody knows when it is whole"
        assert error.message == f"cannot download {peer.url}: {without}"
        checksum = Checksum(type=ChecksumType.MD5, hex=hashlib.md5(b"image").hexdigest())  # noqa: S324
        async with downloader() as fetching:
            assert (await fetching.fetch(order(peer.url, tmp_path, checksum=checksum))).size_bytes == 5


async def test_an_answer_that_is_no_http_is_an_error(tmp_path: Path) -> None:
    async with RawPeer(b"SSH-2.0-OpenSSH_9.2\r\n") as peer:
        error = await refusal(order(peer.url, tmp_path))
    assert isinstance(error, Unavailable)
    assert error.message == f"cannot download {peer.url}: the server's answer is no proper HTTP"


async def test_a_server_that_falls_silent_is_given_up(serve: Serve, tmp_path: Path) -> None:
    async def answer(_request: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    peer = await serve(answer)
    error = await refusal(order(peer.url, tmp_path), downloader(patience=IMPATIENT))
    assert isinstance(error, Unavailable)
    assert error.message == f"cannot download {peer.url}: the server took too long"


async def test_a_server_that_drips_for_ever_is_given_up(serve: Serve, tmp_path: Path) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(MIB)})
        await response.prepare(request)
        while True:
            await response.write(b".")
            await asyncio.sleep(0.01)

    peer = await serve(answer)
    error = await refusal(order(peer.url, tmp_path, limit_time=timedelta(milliseconds=300)))
    assert error.message == f"cannot download {peer.url}: it was not done in 0:00:00.300000"


async def test_a_cancelled_download_leaves_nothing_behind(serve: Serve, tmp_path: Path) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(2 * MIB)})
        await response.prepare(request)
        await response.write(bytes(MIB))
        await asyncio.Event().wait()
        return response

    peer = await serve(answer)
    started = asyncio.Event()
    async with downloader() as fetching:
        job = asyncio.create_task(fetching.fetch(order(peer.url, tmp_path), lambda _done, _total: started.set()))
        await started.wait()
        assert len(names_in(tmp_path)) == 1
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
    assert names_in(tmp_path) == []


async def test_a_file_that_is_there_is_kept(serve: Serve, tmp_path: Path) -> None:
    peer = await serve(file_of(IMAGE))
    mine = tmp_path / "image.qcow2"
    mine.write_bytes(b"mine")
    async with downloader() as fetching:
        with pytest.raises(Conflict) as raised:
            await fetching.fetch(order(peer.url, tmp_path))
    assert raised.value.message == "cannot write image.qcow2: File exists"
    assert mine.read_bytes() == b"mine"
    assert names_in(tmp_path) == ["image.qcow2"]


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
