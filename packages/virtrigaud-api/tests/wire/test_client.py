"""GrpcProvider against a gRPC server on loopback: what goes wrong, and what it can do."""

import asyncio

import pytest
from scripted_provider import ScriptedProvider, served
from virtrigaud_api.contract import (
    Clones,
    DiskTransfer,
    Facet,
    GuestCommands,
    ImageInventory,
    Images,
    MachineId,
    MachineProvider,
    NotFound,
    Refused,
    SnapshotOrder,
    Snapshots,
    TaskCancellation,
    TaskRef,
    Unavailable,
    Unsupported,
    Watch,
    facets_of,
)
from virtrigaud_api.wire.certificates import plaintext_channel
from virtrigaud_api.wire.client import GrpcProvider
from virtrigaud_api.wire.faults import validation_to_message
from virtrigaud_api.wire.generated import provider_pb2 as pb2
from virtrigaud_api.wire.generated.provider_pb2_grpc import ProviderServicer

VM = MachineId("vm-42")


async def test_a_failed_validation_raises_the_error_that_the_provider_met(
    provider: GrpcProvider, scripted: ScriptedProvider
) -> None:
    scripted.answer = validation_to_message(Refused("login failed for user ops"))
    with pytest.raises(Refused, match=r"^cannot reach the hypervisor: login failed for user ops$"):
        await provider.validate()


async def test_an_absent_machine_is_none_and_an_unknown_task_is_not_found(
    provider: GrpcProvider, scripted: ScriptedProvider
) -> None:
    scripted.answer = pb2.DescribeResponse(exists=False)
    assert await provider.describe(VM) is None
    scripted.error = NotFound("no such task")
    with pytest.raises(NotFound):
        await provider.task(TaskRef("task-7"))


async def test_a_provider_that_nobody_runs_is_unavailable_at_once() -> None:
    async with plaintext_channel("127.0.0.1:1") as channel:
        with pytest.raises(Unavailable, match=r"^cannot describe machine vm-42: .*127\.0\.0\.1:1"):
            await GrpcProvider(channel).describe(VM)


async def test_a_closed_channel_is_unavailable() -> None:
    channel = plaintext_channel("127.0.0.1:1")
    await channel.close(grace=None)
    with pytest.raises(Unavailable, match=r"^cannot list machines: the connection to the provider is closed$"):
        await GrpcProvider(channel).machines()


async def test_a_cancelled_call_ends_as_cancelled_on_both_sides(
    provider: GrpcProvider, scripted: ScriptedProvider
) -> None:
    scripted.waits.clear()
    call = asyncio.ensure_future(provider.describe(VM))
    async with asyncio.timeout(30):
        await scripted.called.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await scripted.cancelled.wait()


async def test_a_channel_closed_under_a_call_is_unavailable_and_no_cancellation_of_the_caller(
    scripted: ScriptedProvider,
) -> None:
    scripted.waits.clear()
    async with served(scripted) as address:
        channel = plaintext_channel(address)
        call = asyncio.ensure_future(GrpcProvider(channel).describe(VM))
        async with asyncio.timeout(30):
            await scripted.called.wait()
            await channel.close(grace=None)
            with pytest.raises(Unavailable, match=r"^cannot describe machine vm-42: the connection .* is closed$"):
                await call


async def test_an_rpc_that_the_provider_does_not_have_is_unsupported() -> None:
    async with served(ProviderServicer()) as address, plaintext_channel(address) as channel:
        with pytest.raises(Unsupported, match=r"^cannot take snapshot s of machine vm-42: "):
            await GrpcProvider(channel).snapshot(VM, SnapshotOrder(name="s"))


async def test_it_has_the_port_and_every_facet(provider: GrpcProvider) -> None:
    port: MachineProvider = provider
    for protocol in (
        MachineProvider,
        Snapshots,
        Clones,
        Images,
        ImageInventory,
        DiskTransfer,
        Watch,
        TaskCancellation,
        GuestCommands,
    ):
        assert isinstance(port, protocol)
    assert facets_of(port) == frozenset(Facet)
