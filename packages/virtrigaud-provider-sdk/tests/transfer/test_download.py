"""Downloads: whole and right, or nothing, from servers that behave well and badly."""

import asyncio
import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from downloads import IMAGE, IMPATIENT, SHA256, Serve, downloader, order, refusal
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
from virtrigaud_provider_sdk.download import Downloaded
from web_peers import MIB, RawPeer, file_of, names_in


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
