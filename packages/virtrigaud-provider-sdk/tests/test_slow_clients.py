"""Clients that open connections to the gRPC port and then say nothing, or nonsense: all others are served."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from virtrigaud_api.wire.client import GrpcProvider
from virtrigaud_provider_sdk import Capabilities, Unavailable
from virtrigaud_provider_sdk.limits import CallLimits

HASTY = CallLimits(handshake=timedelta(seconds=1))
SERVER_NAME = "provider.test.svc.cluster.local"
HTTP2_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def crowd(port: int, count: int, sends: bytes) -> list[Connection]:
    connections = [await asyncio.open_connection("127.0.0.1", port) for _ in range(count)]
    for _, writer in connections:
        writer.write(sends)
    return connections


async def all_ended(connections: list[Connection]) -> None:
    """Wait until the server has ended every connection."""
    async with asyncio.timeout(30):
        for reader, writer in connections:
            with suppress(ConnectionError):
                while await reader.read(4096):
                    pass
            writer.close()


@pytest.mark.parametrize(
    "sends",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x16\x03\x01\x02", id="the beginning of a TLS record"),
        pytest.param(b"GET / HTTP/1.1\r\n", id="another protocol"),
    ],
)
async def test_connections_that_never_finish_their_handshake_are_ended_and_keep_nobody_waiting(
    sends: bytes, authority: Any, tls_secret: Any, tls_server: Any, dial: Any
) -> None:
    ca = authority("the CA")
    tls_secret.write_identity(ca.issue(SERVER_NAME), ca.certificate)
    async with tls_server(limits=HASTY) as server:
        slow = await crowd(server.port, 200, sends)
        async with dial(server, ca.certificate, ca.issue("any")) as channel:
            assert isinstance(await GrpcProvider(channel).capabilities(), Capabilities)
        await all_ended(slow)


async def test_without_tls_a_connection_that_says_nothing_more_is_ended_too(plaintext: Any) -> None:
    async with plaintext(limits=HASTY) as (server, channel):
        slow = await crowd(server.port, 200, HTTP2_PREFACE)
        assert isinstance(await GrpcProvider(channel).capabilities(), Capabilities)
        await all_ended(slow)


async def test_more_connections_than_the_limit_are_closed_at_once_and_its_places_come_back(
    plaintext: Any, until: Any
) -> None:
    async with plaintext(limits=CallLimits(connections=20)) as (server, channel):
        slow = await crowd(server.port, 60, b"")
        await until(lambda: sum(is_ended(reader) for reader, _ in slow) == 40)
        with pytest.raises(Unavailable):
            await GrpcProvider(channel).capabilities()
        for _, writer in slow:
            writer.close()

        async def served() -> bool:
            with suppress(Unavailable):
                return isinstance(await GrpcProvider(channel).capabilities(), Capabilities)
            return False

        await until(served)


def is_ended(reader: asyncio.StreamReader) -> bool:
    return reader.at_eof() or reader.exception() is not None
