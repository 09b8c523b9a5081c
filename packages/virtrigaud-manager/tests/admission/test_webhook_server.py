"""What the webhooks answer to those who send what no API server does: an error each, and they go on serving."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from memory_store import MemoryStore
from virtrigaud_manager.admission.decisions import Decisions
from virtrigaud_manager.admission.identity import issue
from virtrigaud_manager.admission.server import WebhookServer, tls_context

MIB = 1 << 20
REVIEW = b'{"request": {"uid": "u", "kind": {"kind": "VirtualMachine"}, "operation": "CREATE", "object": %s}}'


class Caller:
    """Whoever reaches the port."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session = session
        self.url = url

    async def post(self, path: str, body: Any) -> int:
        async with self.session.post(f"{self.url}{path}", data=body) as answer:
            return answer.status


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    identity, context = issue(("127.0.0.1",), None), tls_context()
    identity.load_into(context)
    trusts = ssl.create_default_context(cadata=identity.authorities.decode())
    decisions = Decisions(MemoryStore(lambda _: None), lambda: 0.0)
    async with (
        WebhookServer("127.0.0.1:0", context, decisions, timedelta(milliseconds=300)) as server,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusts)) as session,
    ):
        yield Caller(session, f"https://127.0.0.1:{server.port}")


@pytest.mark.parametrize("path", ["/validate", "/default"])
@pytest.mark.parametrize(
    "body", [b"", b"nonsense", b'{"request": {}}', b"[" * 100_000, b"\xff\xfe\x00", REVIEW % b'{"metadata": 1}']
)
async def test_what_is_no_review_is_a_bad_request(caller: Caller, path: str, body: bytes) -> None:
    assert await caller.post(path, body) == 400


async def test_a_review_that_is_larger_than_any_object_is_refused(caller: Caller) -> None:
    assert await caller.post("/validate", b" " * (8 * MIB + 1)) == 413


async def test_a_body_that_never_ends_is_not_waited_for(caller: Caller) -> None:
    forever = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield b"{"
        await forever.wait()

    assert await caller.post("/validate", endless()) == 408
