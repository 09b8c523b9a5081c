"""Peers on loopback: a web server for whole answers, raw sockets for answers that no web server would give."""

import asyncio
import random
import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from virtrigaud_api.address_policy import AddressPolicy
from virtrigaud_provider_sdk.retries import Retries

MIB = 1 << 20
ON_LOOPBACK = AddressPolicy.of(exempt="127.0.0.0/8")
AT_ONCE = Retries(attempts=3, first_delay=timedelta(milliseconds=1), longest_delay=timedelta(milliseconds=2))

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def noise(length: int) -> bytes:
    """Return bytes that do not compress, the same in every run."""
    return random.Random(11).randbytes(length)  # noqa: S311 - nothing is kept secret by them


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class WebPeer:
    """A web server; `requests` holds the headers that it was sent, in order."""

    def __init__(self, handler: Handler, host: str) -> None:
        self._handler = handler
        self._host = host
        self.requests: list[tuple[str, dict[str, str]]] = []

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * MIB)
        app.router.add_route("*", "/{path:.*}", self._note)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, 0)
        await site.start()
        self.port: int = self._runner.addresses[0][1]
        self.url = f"http://{self._host}:{self.port}"
        return self

    async def __aexit__(self, *_outcome: object) -> None:
        await self._runner.cleanup()

    async def _note(self, request: web.Request) -> web.StreamResponse:
        self.requests.append((request.path_qs, dict(request.headers)))
        return await self._handler(request)


def file_of(content: bytes, *, drops_after: int | None = None, etag: str = '"one"') -> Handler:
    """Return a handler that serves a file with ranges, and cuts the connection after so many bytes of an answer."""

    async def answer(request: web.Request) -> web.StreamResponse:
        start = _start_of(request, etag)
        rest = content[start:]
        headers = {"ETag": etag, "Content-Length": str(len(rest))}
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        response = web.StreamResponse(status=206 if start else 200, headers=headers)
        await response.prepare(request)
        await response.write(rest if drops_after is None else rest[:drops_after])
        if drops_after is not None and len(rest) > drops_after and request.transport is not None:
            request.transport.close()
        return response

    return answer


def _start_of(request: web.Request, etag: str) -> int:
    if request.headers.get("If-Range") != etag:
        return 0
    return int(request.headers["Range"].removeprefix("bytes=").rstrip("-"))


class Names(AbstractResolver):
    """Answers each look-up of a name with the next of its addresses; the last one stays."""

    def __init__(self, **addresses: list[str]) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        del family
        addresses = self._addresses[host.partition(".")[0]]
        address = addresses.pop(0) if len(addresses) > 1 else addresses[0]
        result: Any = {
            "hostname": host,
            "host": address,
            "port": port,
            "family": socket.AF_INET6 if ":" in address else socket.AF_INET,
            "proto": 0,
            "flags": 0,
        }
        return [result]

    async def close(self) -> None:
        """Nothing is open."""


class RawPeer:
    """Answers every connection with the same bytes and closes it."""

    def __init__(self, answer: bytes, tls: ssl.SSLContext | None = None) -> None:
        self._answer = answer
        self._tls = tls

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        scheme = "http" if self._tls is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_outcome: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
        writer.write(self._answer)
        await writer.drain()
        writer.close()
