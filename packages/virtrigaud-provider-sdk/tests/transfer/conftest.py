"""Web servers on loopback that behave as badly as a test wants, and what downloads and staging share."""

import ssl
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent))  # web_peers

from web_peers import Handler, RawPeer, WebPeer

Serve = Callable[..., Awaitable[WebPeer]]


@pytest_asyncio.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start web servers with a free port each; all are stopped at the end."""
    async with AsyncExitStack() as stack:

        async def start(handler: Handler, host: str = "127.0.0.1") -> WebPeer:
            return await stack.enter_async_context(WebPeer(handler, host))

        yield start


@pytest_asyncio.fixture
async def untrusted_server(authority: Any, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """A server whose certificate comes from an authority that nobody trusts."""
    identity = authority("an authority of nobody").issue("127.0.0.1")
    pem = tmp_path_factory.mktemp("tls") / "server.pem"
    pem.write_bytes(identity.certificate + identity.key)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    async with RawPeer(b"", tls=context) as peer:
        yield f"{peer.url}/"
