"""The provider port over gRPC: what the manager holds of a provider in another process.

Every call has a deadline and raises only errors of the taxonomy, each with the verb, its object and
what the other side said; cancellation passes through. Connecting, retrying and the breaker are the
caller's: a provider that can't be reached fails the call at once.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, Final, TypeVar

import grpc
from google.protobuf.message import Message

from virtrigaud_api import tracing
from virtrigaud_api.contract import (
    Capabilities,
    CloneOrder,
    DiskInfo,
    Exported,
    ExportOrder,
    GuestCommand,
    ImageOrder,
    ImageState,
    Imported,
    ImportOrder,
    MachineEvent,
    MachineId,
    MachineSpec,
    MachineState,
    Owner,
    PowerVerb,
    PreparedImage,
    ProviderError,
    SnapshotId,
    SnapshotOrder,
    Submitted,
    TakenSnapshot,
    TaskRef,
    TaskState,
    Unavailable,
)
from virtrigaud_api.wire import (
    clones,
    disk_transfer,
    guest_commands,
    images,
    machine_states,
    machines,
    owners,
    snapshots,
    tasks,
)
from virtrigaud_api.wire.capabilities import capabilities_from_message
from virtrigaud_api.wire.descriptions import ReadDescriptions
from virtrigaud_api.wire.events import event_from_message
from virtrigaud_api.wire.faults import error_from_rpc, validation_from_message
from virtrigaud_api.wire.generated import provider_pb2 as pb2
from virtrigaud_api.wire.generated.provider_pb2_grpc import ProviderStub
from virtrigaud_api.wire.terms import Term, term_to_metadata

ASKING: Final = timedelta(seconds=30)
ASKING_FOR_A_TASK: Final = timedelta(seconds=10)
ACTING: Final = timedelta(minutes=2)
BUILDING: Final = timedelta(minutes=5)
TRANSFERRING: Final = timedelta(minutes=30)

_DESCRIBE: Final = f"/{pb2.DESCRIPTOR.services_by_name['Provider'].full_name}/Describe"
_CLOSED: Final = "the connection to the provider is closed"
_Answer = TypeVar("_Answer")


class GrpcProvider:
    """A provider behind a gRPC channel: the port and every facet.

    Which facets the provider really has is in `capabilities().facets`; a call to another one raises
    Unsupported. The channel belongs to the caller, who closes it.

    Args:
        server_name: The name that the channel verifies the server's certificate against, for messages.
        term: The term of leadership in which the caller makes changes.
    """

    def __init__(self, channel: grpc.aio.Channel, server_name: str | None = None, term: Term | None = None) -> None:
        self._server_name = server_name
        self._metadata = term_to_metadata(term) if term is not None else ()
        self._traced = tracing.are_recorded()
        # The generated stub is untyped; what each call answers is stated by the function that reads it.
        self._stub: Any = ProviderStub(channel)  # type: ignore[no-untyped-call]
        self._describe: Any = channel.unary_unary(_DESCRIBE, pb2.DescribeRequest.SerializeToString, None)
        self._descriptions = ReadDescriptions()

    async def capabilities(self) -> Capabilities:
        """Ask what the provider can do; unlike a provider itself, this tells its facets too."""
        doing = "read the provider's capabilities"
        answer = await self._call(self._stub.GetCapabilities, pb2.GetCapabilitiesRequest(), ASKING, doing)
        return capabilities_from_message(answer)

    async def validate(self) -> None:
        """Ask whether the hypervisor answers with the provider's credentials."""
        doing = "reach the hypervisor"
        answer = await self._call(self._stub.Validate, pb2.ValidateRequest(), ASKING, doing)
        if error := validation_from_message(answer, doing):
            raise error

    async def create(self, spec: MachineSpec) -> Submitted:
        """Make a machine, or return the one that this owner has already."""
        request = machines.spec_to_message(spec)
        request.tell_machine = True
        answer = await self._call(self._stub.Create, request, BUILDING, f"create machine {spec.owner}")
        return tasks.created_from_message(answer)

    async def describe(self, machine: MachineId) -> MachineState | None:
        """Look at a machine. None only when the provider says that it does not exist."""
        request = pb2.DescribeRequest(id=machine)
        answer = await self._call(self._describe, request, ASKING, f"describe machine {machine}")
        return self._descriptions.read(machine, answer)

    async def power(self, machine: MachineId, verb: PowerVerb, grace: timedelta) -> Submitted:
        """Change the power state."""
        request = machines.power_to_message(machine, verb, grace)
        request.tell_machine = True
        answer = await self._call(self._stub.Power, request, ACTING, f"{verb} machine {machine}")
        return tasks.submitted_from_message(answer, machine)

    async def reconfigure(self, machine: MachineId, spec: MachineSpec) -> Submitted:
        """Bring CPU, memory, disks and NICs to the spec."""
        request = machines.reconfigure_to_message(machine, spec)
        request.tell_machine = True
        answer = await self._call(self._stub.Reconfigure, request, BUILDING, f"reconfigure machine {machine}")
        return tasks.submitted_from_message(answer, machine)

    async def delete(self, machine: MachineId) -> Submitted:
        """Remove a machine; an absent one is success."""
        request = pb2.DeleteRequest(id=machine)
        answer = await self._call(self._stub.Delete, request, ACTING, f"delete machine {machine}")
        self._descriptions.forget(machine)
        return tasks.submitted_from_message(answer, machine)

    async def machines(self) -> Sequence[MachineState]:
        """List every machine of the hypervisor."""
        answer = await self._call(self._stub.ListVMs, pb2.ListVMsRequest(), ACTING, "list machines")
        return machine_states.machines_from_message(answer)

    async def task(self, ref: TaskRef) -> TaskState:
        """Tell how a task stands."""
        request = tasks.task_query_to_message(ref)
        answer = await self._call(self._stub.TaskStatus, request, ASKING_FOR_A_TASK, f"follow task {ref}")
        return tasks.task_state_from_message(answer)

    async def cancel_task(self, ref: TaskRef) -> None:
        """Ask a task to stop; an ended one stays as it is."""
        request = tasks.cancellation_to_message(ref)
        await self._call(self._stub.TaskCancel, request, ASKING_FOR_A_TASK, f"cancel task {ref}")

    async def find(self, owner: Owner) -> Submitted | None:
        """Return the machine of an owner, or the task that makes it."""
        request = owners.search_to_message(owner)
        return owners.found_from_message(
            await self._call(self._stub.FindMachine, request, ASKING, f"find the machine of {owner}")
        )

    async def snapshot(self, machine: MachineId, order: SnapshotOrder) -> TakenSnapshot:
        """Take a snapshot, or return the one of that name."""
        request = snapshots.order_to_message(machine, order)
        doing = f"take snapshot {order.name} of machine {machine}"
        return snapshots.taken_from_message(await self._call(self._stub.SnapshotCreate, request, BUILDING, doing))

    async def delete_snapshot(self, machine: MachineId, snapshot: SnapshotId) -> Submitted:
        """Delete a snapshot; an absent one counts as deleted."""
        request = snapshots.deletion_to_message(machine, snapshot)
        doing = f"delete snapshot {snapshot} of machine {machine}"
        answer = await self._call(self._stub.SnapshotDelete, request, ACTING, doing)
        return tasks.submitted_from_message(answer, machine)

    async def revert_to_snapshot(self, machine: MachineId, snapshot: SnapshotId) -> Submitted:
        """Bring the machine back to a snapshot."""
        request = snapshots.revert_to_message(machine, snapshot)
        doing = f"revert machine {machine} to snapshot {snapshot}"
        answer = await self._call(self._stub.SnapshotRevert, request, BUILDING, doing)
        return tasks.submitted_from_message(answer, machine)

    async def run_in_guest(self, machine: MachineId, command: GuestCommand) -> Submitted:
        """Run a program inside the guest."""
        request = guest_commands.command_to_message(machine, command)
        doing = f"run {command.arguments[0] if command.arguments else 'nothing'} in the guest of machine {machine}"
        answer = await self._call(self._stub.GuestRun, request, ACTING, doing)
        return tasks.submitted_from_message(answer, machine)

    async def clone(self, source: MachineId, order: CloneOrder) -> Submitted:
        """Copy a machine, or return the copy that the owner has already."""
        request = clones.order_to_message(source, order)
        doing = f"clone machine {source} to {order.owner}"
        return clones.cloned_from_message(await self._call(self._stub.Clone, request, BUILDING, doing))

    async def prepare_image(self, order: ImageOrder) -> PreparedImage:
        """Fetch, verify and store an image."""
        request = images.order_to_message(order)
        doing = f"prepare image {order.name}"
        return images.prepared_from_message(await self._call(self._stub.ImagePrepare, request, BUILDING, doing))

    async def image(self, order: ImageOrder) -> ImageState | None:
        """Look for an image. None only when the provider says that it does not exist."""
        request = images.query_to_message(order)
        answer = await self._call(self._stub.ImageDescribe, request, ASKING, f"look for image {order.name}")
        return images.state_from_message(answer)

    async def delete_image(self, name: str) -> Submitted:
        """Delete a prepared image; an absent one is success."""
        request = images.deletion_to_message(name)
        answer = await self._call(self._stub.ImageDelete, request, ACTING, f"delete image {name}")
        return Submitted(task=tasks.task_ref_from_message(answer))

    async def export_disk(self, order: ExportOrder) -> Exported:
        """Write a disk to a staging place."""
        request = disk_transfer.export_to_message(order)
        doing = f"export {_disk_of(order.machine, order.disk)}"
        answer = await self._call(self._stub.ExportDisk, request, TRANSFERRING, doing)
        return disk_transfer.exported_from_message(answer)

    async def import_disk(self, order: ImportOrder) -> Imported:
        """Make a disk from a staging place."""
        request = disk_transfer.import_to_message(order)
        doing = f"import disk {order.name}"
        answer = await self._call(self._stub.ImportDisk, request, TRANSFERRING, doing)
        return disk_transfer.imported_from_message(answer)

    async def disk_info(self, machine: MachineId, disk: str, snapshot: SnapshotId | None = None) -> DiskInfo:
        """Describe one disk; an empty `disk` means the root disk."""
        request = disk_transfer.disk_query_to_message(machine, disk, snapshot)
        doing = f"describe {_disk_of(machine, disk)}"
        answer = await self._call(self._stub.GetDiskInfo, request, ACTING, doing)
        return disk_transfer.disk_info_from_message(answer)

    async def events(self) -> AsyncGenerator[MachineEvent, None]:
        """Stream events from now on; a stream that the provider ends is Unavailable, for the reader to reconnect."""
        doing = "watch the provider's machines"
        try:
            stream = self._stub.Watch(pb2.WatchRequest())
            try:
                async for message in stream:
                    yield event_from_message(message)
            finally:
                stream.cancel()
        except (grpc.aio.AioRpcError, grpc.aio.UsageError, asyncio.CancelledError) as error:
            if _is_the_callers(error):
                raise
            raise self._told(error, doing) from error
        raise Unavailable(f"cannot {doing}: the provider ended the stream")

    async def _call(
        self, method: Callable[..., Awaitable[_Answer]], request: Message, deadline: timedelta, doing: str
    ) -> _Answer:
        try:
            metadata = (*self._metadata, *tracing.outgoing_context()) if self._traced else self._metadata
            return await method(request, timeout=deadline.total_seconds(), metadata=metadata)
        except (grpc.aio.AioRpcError, grpc.aio.UsageError, asyncio.CancelledError) as error:
            if _is_the_callers(error):
                raise
            raise self._told(error, doing) from error

    def _told(self, error: BaseException, doing: str) -> ProviderError:
        """Return an error of the taxonomy that says what was being done."""
        if isinstance(error, grpc.aio.AioRpcError):
            return error_from_rpc(error, doing, self._server_name)
        return Unavailable(f"cannot {doing}: {_CLOSED}")


def _is_the_callers(error: BaseException) -> bool:
    """Tell the caller's own cancellation from that of a call whose channel is closed."""
    task = asyncio.current_task()
    return isinstance(error, asyncio.CancelledError) and (task is None or task.cancelling() > 0)


def _disk_of(machine: MachineId, disk: str) -> str:
    return f"disk {disk} of machine {machine}" if disk else f"the root disk of machine {machine}"
