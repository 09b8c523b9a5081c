"""The provider's health is its hypervisor's, told over gRPC and HTTP."""

import asyncio
import json
import threading
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from virtrigaud_provider_sdk import Refused, Unavailable
from virtrigaud_provider_sdk.health import HealthReport, HypervisorHealth
from virtrigaud_provider_sdk.probes import MOST_CONNECTIONS, Probes

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
NAMES = ("", "provider.v1.Provider", "provider")


async def status(channel: grpc.aio.Channel, name: str = "") -> int:
    check = channel.unary_unary(
        "/grpc.health.v1.Health/Check",
        request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
        response_deserializer=health_pb2.HealthCheckResponse.FromString,
    )
    answer: health_pb2.HealthCheckResponse = await check(health_pb2.HealthCheckRequest(service=name))
    return answer.status


async def statuses(channel: grpc.aio.Channel) -> list[int]:
    return [await status(channel, name) for name in NAMES]


async def fetch(server: Any, path: str) -> tuple[int, str, str]:
    """Return status, content type and body."""

    def get() -> tuple[int, str, str]:
        url = f"http://127.0.0.1:{server.health_port}{path}"
        try:
            with urllib.request.urlopen(url, timeout=20) as answer:
                return answer.status, answer.headers["Content-Type"], answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers["Content-Type"], error.read().decode()

    return await asyncio.to_thread(get)


async def test_l22_health_follows_the_hypervisor_down_and_up_again(plaintext: Any, tiny: Any, until: Any) -> None:
    tiny.invalid_because = Unavailable("cannot connect to the hypervisor: connection refused")
    async with plaintext(validate_seconds=0.05) as (server, channel):
        assert await statuses(channel) == [NOT_SERVING] * 3
        await until(lambda: server.health.report.health == "unhealthy")
        assert await fetch(server, "/readyz") == (503, "text/plain; charset=utf-8", "not ready\n")
        assert await fetch(server, "/healthz") == (200, "text/plain; charset=utf-8", "ok\n")
        code, content_type, body = await fetch(server, "/health")
        reason = "Unavailable: cannot connect to the hypervisor: connection refused"
        assert (code, content_type) == (503, "application/json")
        assert json.loads(body) == {
            "status": "unhealthy",
            "checks": {"hypervisor": {"status": "unhealthy", "message": reason}},
            "summary": reason,
        }

        tiny.invalid_because = None
        await until(lambda: server.health.report.health == "healthy")
        assert await statuses(channel) == [SERVING] * 3
        assert await fetch(server, "/readyz") == (200, "text/plain; charset=utf-8", "ready\n")
        assert json.loads((await fetch(server, "/health"))[2])["status"] == "healthy"

        tiny.invalid_because = Refused("the password was refused")
        await until(lambda: server.health.report.health == "unhealthy")
        assert await statuses(channel) == [NOT_SERVING] * 3


async def test_a_validate_that_breaks_counts_as_unhealthy_and_is_asked_again(
    plaintext: Any, tiny: Any, until: Any, logs: Any
) -> None:
    tiny.invalid_because = ZeroDivisionError("inner detail")
    async with plaintext(validate_seconds=0.05) as (server, _):
        await until(lambda: server.health.report.health == "unhealthy")
        assert "inner detail" not in server.health.report.reason
        assert "ZeroDivisionError: inner detail" in logs.getvalue()
        tiny.invalid_because = None
        await until(lambda: server.health.report.health == "healthy")


async def test_a_watcher_of_the_grpc_health_is_told_changes(plaintext: Any, tiny: Any, until: Any) -> None:
    async with plaintext(validate_seconds=0.05) as (_, channel):
        await until(lambda: is_status(channel, SERVING))
        watch = channel.unary_stream(
            "/grpc.health.v1.Health/Watch",
            request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
            response_deserializer=health_pb2.HealthCheckResponse.FromString,
        )
        told: AsyncIterator[Any] = aiter(watch(health_pb2.HealthCheckRequest(service="provider")))
        assert (await anext(told)).status == SERVING
        tiny.invalid_because = Unavailable("gone")
        assert (await anext(told)).status == NOT_SERVING


async def is_status(channel: grpc.aio.Channel, wanted: int) -> bool:
    return await status(channel) == wanted


async def test_an_unknown_health_service_is_not_found(plaintext: Any) -> None:
    async with plaintext() as (_, channel):
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await status(channel, "somebody else")
    assert raised.value.code() is grpc.StatusCode.NOT_FOUND


async def test_a_blocked_event_loop_is_not_alive(tiny: Any) -> None:
    async def told(report: HealthReport) -> None:
        del report

    health = HypervisorHealth(tiny, interval=timedelta(seconds=1), told=told)
    probes = Probes(health, "127.0.0.1", 0, liveness=timedelta())
    probes.start()
    server = SimpleNamespace(health_port=probes.port)
    assert await fetch(server, "/healthz") == (503, "text/plain; charset=utf-8", "the event loop is blocked\n")
    await probes.stop()


async def test_metrics_are_served_as_prometheus_reads_them(plaintext: Any, until: Any) -> None:
    async with plaintext() as (server, _):
        await until(lambda: server.health.report.health == "healthy")
        code, content_type, body = await fetch(server, "/metrics")
    assert code == 200
    assert content_type.startswith("text/plain; version=")
    assert "virtrigaud_provider_hypervisor_up 1.0\n" in body


async def test_other_paths_are_not_found(plaintext: Any) -> None:
    async with plaintext() as (server, _):
        assert (await fetch(server, "/"))[0] == 404
        assert (await fetch(server, "/healthz?verbose=1"))[0] == 200


async def test_probes_that_send_nothing_do_not_keep_others_waiting(plaintext: Any) -> None:
    async with plaintext() as (server, _):
        idle = [await asyncio.open_connection("127.0.0.1", server.health_port) for _ in range(20)]
        assert (await fetch(server, "/healthz"))[0] == 200
        for _, writer in idle:
            writer.close()


async def test_a_crowd_of_slow_clients_keeps_no_probe_waiting(plaintext: Any, until: Any) -> None:
    async with plaintext() as (server, _):
        threads = threading.active_count()
        slow = [await asyncio.open_connection("127.0.0.1", server.health_port) for _ in range(4 * MOST_CONNECTIONS)]
        for _, writer in slow:
            writer.write(b"GET /healthz HTTP/1.1\r\nX-Slow: ")
        assert (await fetch(server, "/healthz"))[0] == 200
        await until(lambda: threading.active_count() <= threads + MOST_CONNECTIONS)
        reader, _ = slow[0]
        async with asyncio.timeout(20):
            assert b" 200 " not in await reader.read()
        for _, writer in slow:
            writer.close()


async def test_reflection_names_the_services_and_their_messages(plaintext: Any) -> None:
    def read(port: int) -> tuple[set[str], set[str]]:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            database = ProtoReflectionDescriptorDatabase(channel)
            service = DescriptorPool(database).FindServiceByName("provider.v1.Provider")
            return set(database.get_services()), set(service.methods_by_name)

    async with plaintext() as (server, _):
        services, methods = await asyncio.to_thread(read, server.port)
    assert services == {"provider.v1.Provider", "grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"}
    assert {"Create", "Describe", "Watch"} < methods
