"""What happens around a call: statuses, deadlines, cancellation, back-pressure, log lines and metrics."""

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import grpc
import pytest
from prometheus_client import REGISTRY
from virtrigaud_api.wire.client import GrpcProvider
from virtrigaud_api.wire.generated import provider_pb2 as pb2
from virtrigaud_provider_sdk import (
    TAXONOMY,
    BootImage,
    Busy,
    Hardware,
    InvalidSpec,
    MachineId,
    MachineSpec,
    MiB,
    NotFound,
    Owner,
    PowerVerb,
    ProviderError,
    ProviderFault,
    TaskRef,
    Unavailable,
)
from virtrigaud_provider_sdk.limits import CallLimits

DESCRIBE = "/provider.v1.Provider/Describe"


def describing(channel: grpc.aio.Channel) -> Any:
    return channel.unary_unary(
        DESCRIBE,
        request_serializer=pb2.DescribeRequest.SerializeToString,
        response_deserializer=pb2.DescribeResponse.FromString,
    )


def spec(name: str = "web", uid: str = "uid-1") -> MachineSpec:
    hardware = Hardware(cpus=1, memory=MiB(128))
    return MachineSpec(owner=Owner("shop", name, uid), name=name, hardware=hardware, boot=BootImage(path="/x.qcow2"))


def rpc_lines(logs: Any) -> list[Mapping[str, Any]]:
    lines = [json.loads(line) for line in logs.getvalue().splitlines()]
    return [line for line in lines if line["event"] == "rpc"]


@pytest.mark.parametrize("kind", TAXONOMY)
async def test_an_error_of_the_taxonomy_arrives_as_itself(kind: type[ProviderError], plaintext: Any, tiny: Any) -> None:
    tiny.fails_with = kind("the storage pool is gone")
    async with plaintext() as (_, channel):
        with pytest.raises(kind) as raised:
            await GrpcProvider(channel).describe(MachineId("m"))
    assert type(raised.value) is kind
    assert raised.value.message == "cannot describe machine m: the storage pool is gone"


async def test_what_nobody_foresaw_is_a_fault_with_a_reference_and_its_traceback_stays_in_the_log(
    plaintext: Any, tiny: Any, logs: Any
) -> None:
    tiny.fails_with = ZeroDivisionError("inner detail")
    async with plaintext() as (_, channel):
        with pytest.raises(ProviderFault) as raised:
            await GrpcProvider(channel).describe(MachineId("m"))
    reference = raised.value.message.rpartition(" ")[2]
    assert raised.value.message == (
        "cannot describe machine m: Describe failed for a reason that nobody foresaw; "
        f"the provider's log has it under reference {reference}"
    )
    line = next(line for line in map(json.loads, logs.getvalue().splitlines()) if line.get("reference") == reference)
    assert "ZeroDivisionError: inner detail" in line["exception"]


async def test_a_malformed_payload_is_an_invalid_spec_that_names_the_field(plaintext: Any) -> None:
    async with plaintext() as (_, channel):
        create = channel.unary_unary(
            "/provider.v1.Provider/Create", request_serializer=pb2.CreateRequest.SerializeToString
        )
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await create(pb2.CreateRequest(name="web", class_json="{not json"))
        with pytest.raises(grpc.aio.AioRpcError) as nameless:
            await describing(channel)(pb2.DescribeRequest())
    assert raised.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "class_json" in (raised.value.details() or "")
    assert nameless.value.code() is grpc.StatusCode.INVALID_ARGUMENT


BAD_REQUESTS = {
    "a power operation of another version": (
        "Power",
        pb2.PowerRequest(id="m", op=99),  # type: ignore[arg-type]  # what a newer manager would send
        "PowerRequest.op: expected a power operation, got 99",
    ),
    "no power operation": (
        "Power",
        pb2.PowerRequest(id="m"),
        "PowerRequest.op: expected a power operation, got 0",
    ),
    "a firmware that nobody knows": (
        "Create",
        pb2.CreateRequest(name="web", class_json='{"CPU":1,"MemoryMiB":64,"Firmware":"coreboot"}'),
        "class_json.Firmware: expected BIOS, UEFI or EFI",
    ),
    "an owner without a name": (
        "Create",
        pb2.CreateRequest(name="web", class_json='{"CPU":1,"MemoryMiB":64}', owner=pb2.Owner(uid="uid-1")),
        "CreateRequest.owner: expected the name of the owner, got none",
    ),
    "a machine without a name": (
        "Create",
        pb2.CreateRequest(class_json='{"CPU":1,"MemoryMiB":64}'),
        "CreateRequest.name: expected the name of a machine, got none",
    ),
    "no machine": ("Delete", pb2.DeleteRequest(), "DeleteRequest.id: expected the name of a machine, got none"),
    "no task": ("TaskStatus", pb2.TaskStatusRequest(), "TaskStatusRequest.task: expected a task, got none"),
}


@pytest.mark.parametrize(("verb", "request_", "details"), BAD_REQUESTS.values(), ids=BAD_REQUESTS)
async def test_what_a_request_must_not_say_is_an_invalid_argument_with_a_sentence(
    verb: str, request_: Any, details: str, plaintext: Any
) -> None:
    async with plaintext() as (_, channel):
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await channel.unary_unary(f"/provider.v1.Provider/{verb}")(request_.SerializeToString())
    assert (raised.value.code(), raised.value.details()) == (grpc.StatusCode.INVALID_ARGUMENT, details)


async def test_a_message_that_is_no_protobuf_and_one_that_is_too_big_are_refused_and_the_server_goes_on(
    plaintext: Any, logs: Any, until: Any
) -> None:
    async with plaintext() as (_, channel):
        raw = channel.unary_unary(DESCRIBE)
        with pytest.raises(grpc.aio.AioRpcError) as unreadable:
            await raw(b"\xff\xff\xff")
        assert unreadable.value.code() is grpc.StatusCode.INVALID_ARGUMENT
        assert unreadable.value.details() == "the request of 3 bytes is no message of this method"
        await until(lambda: len(rpc_lines(logs)) == 1)
        assert [(line["verb"], line["code"]) for line in rpc_lines(logs)] == [("Describe", "InvalidArgument")]
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await raw(pb2.DescribeRequest(id="x" * (17 * 2**20)).SerializeToString())
        assert raised.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert await GrpcProvider(channel).describe(MachineId("absent")) is None


async def test_the_clients_deadline_ends_the_call_and_cancels_the_provider(plaintext: Any, tiny: Any) -> None:
    async with plaintext() as (_, channel):
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await describing(channel)(pb2.DescribeRequest(id="held"), timeout=0.3)
        assert raised.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        async with asyncio.timeout(20):
            await tiny.cancelled.wait()


async def test_a_client_that_goes_away_cancels_the_provider(plaintext: Any, tiny: Any) -> None:
    async with plaintext() as (_, channel):
        call = asyncio.create_task(GrpcProvider(channel).describe(MachineId("held")))
        async with asyncio.timeout(20):
            await tiny.held.wait()
            call.cancel()
            await tiny.cancelled.wait()


async def test_a_client_without_a_deadline_gets_one(plaintext: Any, tiny: Any) -> None:
    async with plaintext(limits=CallLimits(longest=timedelta(seconds=0.3))) as (_, channel):
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await describing(channel)(pb2.DescribeRequest(id="held"))
    assert raised.value.code() is grpc.StatusCode.UNAVAILABLE
    assert raised.value.details() == "Describe did not end within 0.3 seconds and was cancelled"
    assert tiny.cancelled.is_set()


async def test_a_flood_of_one_verb_waits_then_is_sent_back_and_leaves_room_for_others(
    plaintext: Any, tiny: Any, until: Any
) -> None:
    waiting = ("virtrigaud_provider_rpc_waiting", {"provider_type": "tiny", "method": "Describe"})
    async with plaintext(limits=CallLimits(running=2, waiting=1)) as (_, channel):
        provider = GrpcProvider(channel)
        served = [asyncio.create_task(provider.describe(MachineId("held"))) for _ in range(3)]
        await until(lambda: REGISTRY.get_sample_value(*waiting) == 1)
        with pytest.raises(Busy, match="2 calls of Describe run and 1 wait"):
            await provider.describe(MachineId("another"))
        assert list(await provider.machines()) == []
        tiny.release.set()
        assert [state is not None for state in await asyncio.gather(*served)] == [True, True, True]
        assert await provider.describe(MachineId("another")) is not None
    assert REGISTRY.get_sample_value(*waiting) == 0


async def test_who_goes_away_while_waiting_for_a_place_takes_none(plaintext: Any, tiny: Any, until: Any) -> None:
    waiting = ("virtrigaud_provider_rpc_waiting", {"provider_type": "tiny", "method": "Describe"})
    async with plaintext(limits=CallLimits(running=1, waiting=9)) as (_, channel):
        provider = GrpcProvider(channel)
        first = asyncio.create_task(provider.describe(MachineId("held")))
        await tiny.held.wait()
        impatient = [asyncio.create_task(provider.describe(MachineId("held"))) for _ in range(3)]
        await until(lambda: REGISTRY.get_sample_value(*waiting) == 3)
        for call in impatient[:2]:
            call.cancel()
        await until(lambda: REGISTRY.get_sample_value(*waiting) == 1)
        tiny.release.set()
        assert await first is not None
        assert await impatient[2] is not None
        assert await provider.describe(MachineId("another")) is not None


async def test_one_line_a_call_says_verb_machine_owner_code_time_and_peer(plaintext: Any, logs: Any) -> None:
    async with plaintext() as (_, channel):
        provider = GrpcProvider(channel)
        await provider.create(spec())
        await provider.power(MachineId("m-1"), PowerVerb.ON, timedelta())
        with pytest.raises(NotFound):
            await provider.task(TaskRef("t-1"))
    lines = [
        {key: value for key, value in line.items() if key not in {"timestamp", "ms", "peer", "event"}}
        for line in rpc_lines(logs)
    ]
    assert lines == [
        {"verb": "Create", "name": "web", "owner": "shop/web", "code": "OK", "level": "info"},
        {"verb": "Power", "machine": "m-1", "code": "OK", "level": "info"},
        {"verb": "TaskStatus", "task": "t-1", "code": "NotFound", "error": "task t-1 is not known", "level": "warning"},
    ]
    assert all(line["ms"] >= 0 and line["peer"].startswith("ipv4:127.0.0.1:") for line in rpc_lines(logs))


async def test_calls_are_counted_by_verb_and_code(plaintext: Any, tiny: Any, until: Any) -> None:
    def count(code: str) -> float:
        labels = {"provider_type": "tiny", "method": "Describe", "code": code}
        return REGISTRY.get_sample_value("virtrigaud_provider_rpc_requests_total", labels) or 0

    before = {code: count(code) for code in ("OK", "InvalidArgument", "DeadlineExceeded")}
    async with plaintext() as (_, channel):
        await GrpcProvider(channel).describe(MachineId("m"))
        tiny.fails_with = InvalidSpec("no")
        with pytest.raises(InvalidSpec):
            await GrpcProvider(channel).describe(MachineId("m"))
        tiny.fails_with = None
        with pytest.raises(grpc.aio.AioRpcError):
            await describing(channel)(pb2.DescribeRequest(id="held"), timeout=0.3)
        await until(lambda: count("DeadlineExceeded") == before["DeadlineExceeded"] + 1)
    assert {code: count(code) - before[code] for code in before} == dict.fromkeys(before, 1)


async def test_a_call_that_met_an_unreachable_hypervisor_makes_health_look_again(
    plaintext: Any, tiny: Any, until: Callable[..., Any]
) -> None:
    async with plaintext(validate_seconds=3600) as (server, channel):
        await until(lambda: server.health.report.health == "healthy")
        tiny.fails_with = tiny.invalid_because = Unavailable("connection refused")
        with pytest.raises(Unavailable):
            await GrpcProvider(channel).describe(MachineId("m"))
        await until(lambda: server.health.report.health == "unhealthy")
        assert server.health.report.reason == "Unavailable: connection refused"
