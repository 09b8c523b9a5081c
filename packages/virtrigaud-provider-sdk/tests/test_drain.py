"""A provider that stops says so, finishes what it began, and is gone in time."""

import asyncio
import contextlib
import json
import os
import signal
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2
from virtrigaud_api.wire.client import GrpcProvider
from virtrigaud_provider_sdk import (
    EventHub,
    MachineEvent,
    MachineEventKind,
    MachineId,
    ProviderServer,
    TaskState,
    Unavailable,
    serve,
)


async def refused(provider: GrpcProvider) -> None:
    """Call until a call is refused."""
    with contextlib.suppress(Unavailable):
        while True:
            await provider.describe(MachineId("another"))


async def test_a_call_in_flight_finishes_and_no_new_one_is_taken(settings: Any, tiny: Any) -> None:
    server = ProviderServer(tiny, settings(insecure=True))
    await server.__aenter__()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        provider = GrpcProvider(channel)
        call = asyncio.create_task(provider.describe(MachineId("held")))
        async with asyncio.timeout(20):
            await tiny.held.wait()
            stopping = asyncio.create_task(server.__aexit__(None, None, None))
            await refused(provider)
            assert not stopping.done()
            tiny.release.set()
            assert await call is not None
            await stopping
        with pytest.raises(Unavailable):
            await provider.describe(MachineId("another"))


async def test_a_call_that_does_not_finish_in_time_is_cancelled(settings: Any, tiny: Any) -> None:
    async with (
        ProviderServer(tiny, settings(insecure=True, drain_seconds=0.2)) as server,
        grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel,
    ):
        call = asyncio.create_task(GrpcProvider(channel).describe(MachineId("held")))
        await tiny.held.wait()
        async with asyncio.timeout(20):
            await server.__aexit__(None, None, None)
            with pytest.raises(Unavailable):
                await call
    assert tiny.cancelled.is_set()


async def test_health_says_so_while_the_last_call_still_runs(settings: Any, tiny: Any, until: Any) -> None:
    server = ProviderServer(tiny, settings(insecure=True))
    await server.__aenter__()
    await until(lambda: server.health.report.health == "healthy")
    async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel, asyncio.timeout(20):
        call = asyncio.create_task(GrpcProvider(channel).describe(MachineId("held")))
        await tiny.held.wait()
        watch = channel.unary_stream(
            "/grpc.health.v1.Health/Watch",
            request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
            response_deserializer=health_pb2.HealthCheckResponse.FromString,
        )
        told: AsyncIterator[Any] = aiter(watch(health_pb2.HealthCheckRequest()))
        assert (await anext(told)).status == health_pb2.HealthCheckResponse.SERVING
        stopping = asyncio.create_task(server.__aexit__(None, None, None))
        assert (await anext(told)).status == health_pb2.HealthCheckResponse.NOT_SERVING
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await anext(told)
        assert raised.value.details() == "the provider is shutting down: watch again"
        assert await asyncio.to_thread(read_json, server, "/health") == {
            "status": "healthy",
            "checks": {"hypervisor": {"status": "healthy", "message": "the hypervisor answers"}},
            "summary": "shutting down",
        }
        with pytest.raises(urllib.error.HTTPError, match="503"):
            await asyncio.to_thread(read_json, server, "/readyz")
        assert not stopping.done()
        tiny.release.set()
        await asyncio.gather(call, stopping)


def read_json(server: ProviderServer, path: str) -> Any:
    with urllib.request.urlopen(f"http://127.0.0.1:{server.health_port}{path}", timeout=20) as answer:
        return json.load(answer)


async def test_an_open_event_stream_ends_with_unavailable_and_does_not_hold_up_the_end(
    settings: Any, tiny: Any
) -> None:
    hub = EventHub()
    tiny.events = hub.events
    async with (
        asyncio.timeout(20),
        ProviderServer(tiny, settings(insecure=True, drain_seconds=3600)) as server,
        grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel,
    ):
        events = GrpcProvider(channel).events()
        assert await anext(events) == MachineEvent(kind=MachineEventKind.RESYNC)
        await server.__aexit__(None, None, None)
        with pytest.raises(Unavailable, match="shutting down"):
            await anext(events)


async def test_a_provider_is_entered_before_the_first_call_and_its_tasks_end_after_the_last_one(
    settings: Any, tiny: Any
) -> None:
    story: list[str] = []
    go = asyncio.Event()

    class Opened(type(tiny)):  # type: ignore[misc]  # the class of a fixture
        async def __aenter__(self) -> None:
            story.append("entered")

        async def __aexit__(self, *_: object) -> None:
            await self.book.drain(timedelta(seconds=20))
            story.append("left")

    async def work() -> MachineId:
        await go.wait()
        story.append("task ended")
        return MachineId("m")

    provider = Opened()
    async with ProviderServer(provider, settings(insecure=True)):
        story.append("serving")
        ref = provider.book.start("create m", work())
        asyncio.get_running_loop().call_later(0.1, go.set)
    assert story == ["entered", "serving", "task ended", "left"]
    assert provider.book.state(ref) == TaskState(done=True, percent=100, machine=MachineId("m"))


async def test_a_provider_that_does_not_stop_does_not_hold_up_the_end(settings: Any, tiny: Any, logs: Any) -> None:
    class Stuck(type(tiny)):  # type: ignore[misc]  # the class of a fixture
        async def __aenter__(self) -> None: ...

        async def __aexit__(self, *_: object) -> None:
            await asyncio.Event().wait()

    async with asyncio.timeout(20), ProviderServer(Stuck(), settings(insecure=True, drain_seconds=0.2)):
        pass
    assert "the provider did not stop in time" in logs.getvalue()


async def test_sigterm_ends_serve(settings: Any, tiny: Any, logs: Any, until: Any) -> None:
    serving = asyncio.create_task(serve(tiny, settings(insecure=True)))
    await until(lambda: '"event": "serving"' in logs.getvalue())
    os.kill(os.getpid(), signal.SIGTERM)
    async with asyncio.timeout(20):
        await serving
    assert "SERVING IN PLAINTEXT" in logs.getvalue()
    assert '"event": "stopped"' in logs.getvalue()
