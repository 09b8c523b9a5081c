"""The event stream of GrpcProvider against a gRPC server on loopback."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import grpc
import pytest
from virtrigaud_api.contract import MachineEvent, MachineEventKind, MachineId, ProviderError, Unavailable, Unsupported
from virtrigaud_api.wire.certificates import plaintext_channel
from virtrigaud_api.wire.client import GrpcProvider
from virtrigaud_api.wire.events import event_from_message, event_to_message
from virtrigaud_api.wire.faults import error_to_status
from virtrigaud_api.wire.generated import provider_pb2 as pb2
from virtrigaud_api.wire.generated.provider_pb2_grpc import ProviderServicer, add_ProviderServicer_to_server

RESYNC = MachineEvent(kind=MachineEventKind.RESYNC)
GONE = MachineEvent(kind=MachineEventKind.GONE, machine=MachineId("vm-42"))


class ScriptedStream(ProviderServicer):
    """Streams its events, then fails, waits or ends."""

    def __init__(self) -> None:
        self.events: list[MachineEvent] = []
        self.error: ProviderError | None = None
        self.waits = asyncio.Event()
        self.waits.set()
        self.cancelled = asyncio.Event()

    async def Watch(self, _request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> AsyncIterator[Any]:  # noqa: N802
        for event in self.events:
            yield event_to_message(event)
        if self.error is not None:
            await context.abort(*error_to_status(self.error))
        try:
            await self.waits.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise


@pytest.fixture
async def scripted() -> ScriptedStream:
    return ScriptedStream()


@pytest.fixture
async def channel(scripted: ScriptedStream) -> AsyncIterator[grpc.aio.Channel]:
    server = grpc.aio.server()
    add_ProviderServicer_to_server(scripted, server)  # type: ignore[no-untyped-call]
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with plaintext_channel(f"127.0.0.1:{port}") as channel:
        yield channel
    await server.stop(grace=None)


@pytest.fixture
async def provider(channel: grpc.aio.Channel) -> GrpcProvider:
    return GrpcProvider(channel)


async def test_events_arrive_in_order_and_closing_the_stream_ends_it_on_the_other_side(
    provider: GrpcProvider, scripted: ScriptedStream
) -> None:
    scripted.events = [RESYNC, GONE]
    scripted.waits.clear()
    async with asyncio.timeout(30):
        async with aclosing(provider.events()) as events:
            assert [await anext(events), await anext(events)] == [RESYNC, GONE]
        await scripted.cancelled.wait()


async def test_a_stream_that_the_provider_ends_is_unavailable(provider: GrpcProvider, scripted: ScriptedStream) -> None:
    scripted.events = [RESYNC]
    events = provider.events()
    assert await anext(events) == RESYNC
    with pytest.raises(Unavailable, match=r"^cannot watch the provider's machines: the provider ended the stream$"):
        await anext(events)


async def test_a_stream_that_fails_raises_the_error(provider: GrpcProvider, scripted: ScriptedStream) -> None:
    scripted.error = Unavailable("libvirtd went away")
    with pytest.raises(Unavailable, match=r"^cannot watch the provider's machines: libvirtd went away$"):
        await anext(provider.events())


async def test_a_channel_that_is_closed_ends_the_stream_as_unavailable(
    provider: GrpcProvider, scripted: ScriptedStream, channel: grpc.aio.Channel
) -> None:
    scripted.events = [RESYNC]
    scripted.waits.clear()
    async with asyncio.timeout(30), aclosing(provider.events()) as events:
        assert await anext(events) == RESYNC
        await channel.close(grace=None)
        with pytest.raises(Unavailable, match=r"^cannot watch the provider's machines: the connection .* is closed$"):
            await anext(events)
    with pytest.raises(Unavailable, match=r"^cannot watch the provider's machines: the connection .* is closed$"):
        await anext(provider.events())


async def test_a_provider_without_the_stream_is_unsupported(provider: GrpcProvider, scripted: ScriptedStream) -> None:
    scripted.error = Unsupported("no events here")
    with pytest.raises(Unsupported, match=r"^cannot watch the provider's machines: no events here$"):
        await anext(provider.events())


def test_an_event_of_an_unknown_kind_means_that_anything_may_have_happened() -> None:
    newer = pb2.MachineEvent.FromString(b"\x08\x63")
    assert newer.kind == 99
    assert event_from_message(newer) == RESYNC
