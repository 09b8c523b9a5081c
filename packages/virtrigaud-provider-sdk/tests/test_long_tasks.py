"""Work that takes longer than a call: it outlives deadlines, clients, and over the wire it can be cancelled."""

import asyncio
from typing import Any

import grpc
import pytest
from virtrigaud_api.wire import machines, tasks
from virtrigaud_api.wire.client import GrpcProvider
from virtrigaud_api.wire.generated import provider_pb2 as pb2
from virtrigaud_api.wire.generated.provider_pb2_grpc import ProviderStub
from virtrigaud_provider_sdk import (
    BootImage,
    Hardware,
    MachineId,
    MachineSpec,
    MiB,
    NotFound,
    Owner,
    Submitted,
    TaskBook,
    TaskRef,
    TaskState,
    WrongState,
    task_key,
)

OWNER = Owner("shop", "web", "uid-1")
SPEC = MachineSpec(owner=OWNER, name="web", hardware=Hardware(cpus=1, memory=MiB(128)), boot=BootImage(path="/x"))
WEB = MachineId("m-web")
DEADLINE_SECONDS = 0.5


@pytest.fixture
def builder(tiny: Any) -> Any:
    """A provider that builds a machine for as long as it is held."""

    class Builder(type(tiny)):  # type: ignore[misc]  # the class of a fixture
        def __init__(self) -> None:
            super().__init__()
            self.book = TaskBook()
            self.built = 0

        async def create(self, spec: MachineSpec) -> Submitted:
            return Submitted(task=self.book.start(task_key("create", spec.owner), self._build()))

        async def task(self, ref: TaskRef) -> TaskState:
            return self.book.state(ref)

        async def cancel_task(self, ref: TaskRef) -> None:
            self.book.cancel(ref)

        async def _build(self) -> MachineId:
            await self._hold()
            self.built += 1
            return WEB

    return Builder()


async def test_l39_a_task_goes_on_when_the_deadline_and_the_client_that_started_it_are_gone(
    builder: Any, plaintext: Any, ended: Any
) -> None:
    async with plaintext(builder) as (server, _):
        async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as short:
            create = ProviderStub(short).Create  # type: ignore[no-untyped-call]
            answer = await create(machines.spec_to_message(SPEC), timeout=DEADLINE_SECONDS)
            ref = tasks.created_from_message(answer).task
            assert ref is not None
            await builder.held.wait()
            await asyncio.sleep(DEADLINE_SECONDS)
        async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
            provider = GrpcProvider(channel)
            assert await provider.task(ref) == TaskState(done=False)
            assert (await provider.create(SPEC)).task == ref
            builder.release.set()
            state = await ended(provider, ref)
    assert state == TaskState(done=True, percent=100, machine=WEB)
    assert builder.built == 1


async def test_a_task_is_cancelled_over_the_wire(builder: Any, plaintext: Any, ended: Any) -> None:
    async with plaintext(builder) as (_, channel):
        provider = GrpcProvider(channel)
        ref = (await provider.create(SPEC)).task
        assert ref is not None
        await builder.held.wait()
        await provider.cancel_task(ref)
        state = await ended(provider, ref)
        assert builder.cancelled.is_set()
        assert type(state.error) is WrongState
        assert state.error.message == f"task {ref} was cancelled on request"
        with pytest.raises(NotFound, match="cannot cancel task t-0: task t-0 is not known"):
            await provider.cancel_task(TaskRef("t-0"))
        with pytest.raises(grpc.aio.AioRpcError) as nameless:
            await ProviderStub(channel).TaskCancel(pb2.TaskCancelRequest())  # type: ignore[no-untyped-call]
    assert nameless.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert nameless.value.details() == "TaskCancelRequest.task: expected a task, got none"
    assert builder.built == 0
