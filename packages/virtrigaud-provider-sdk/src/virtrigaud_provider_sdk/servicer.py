"""The gRPC service over the port: each call is read from its message, handed to the provider, and answered.

Everything around a call (errors, deadlines, logs) is in `interceptors`; every message is read and
written by `virtrigaud_api.wire`.
"""

# ruff: noqa: N802, D102 - the methods have the names and the meaning of the service in provider.proto

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace
from typing import TypeVar

from virtrigaud_api.contract import (
    Clones,
    DiskTransfer,
    Facet,
    GuestCommands,
    ImageInventory,
    Images,
    MachineId,
    MachineProvider,
    OwnerSearch,
    ProviderError,
    Snapshots,
    Submitted,
    TaskCancellation,
    Unsupported,
    Watch,
    advertised,
)
from virtrigaud_api.wire import (
    clones,
    disk_transfer,
    events,
    guest_commands,
    images,
    machine_states,
    machines,
    owners,
    snapshots,
    tasks,
)
from virtrigaud_api.wire.capabilities import capabilities_to_message
from virtrigaud_api.wire.descriptions import WrittenDescriptions
from virtrigaud_api.wire.faults import validation_to_message
from virtrigaud_api.wire.generated import provider_pb2 as pb2
from virtrigaud_api.wire.generated.provider_pb2_grpc import ProviderServicer

from virtrigaud_provider_sdk.interceptors.call import Context
from virtrigaud_provider_sdk.redaction import REDACTION

F = TypeVar("F")
E = TypeVar("E", bound=ProviderError)


class MachineServicer(ProviderServicer):
    """Answers the service `provider.v1.Provider` for one provider."""

    def __init__(self, provider: MachineProvider) -> None:
        self._provider = provider
        self._descriptions = WrittenDescriptions()
        self._snapshots = provider if isinstance(provider, Snapshots) else None
        self._clones = provider if isinstance(provider, Clones) else None
        self._images = provider if isinstance(provider, Images) else None
        self._inventory = provider if isinstance(provider, ImageInventory) else None
        self._disks = provider if isinstance(provider, DiskTransfer) else None
        self._watch = provider if isinstance(provider, Watch) else None
        self._guest_commands = provider if isinstance(provider, GuestCommands) else None
        self._cancellation = provider if isinstance(provider, TaskCancellation) else None
        self._owners = provider if isinstance(provider, OwnerSearch) else None

    async def GetCapabilities(
        self, request: pb2.GetCapabilitiesRequest, context: Context
    ) -> pb2.GetCapabilitiesResponse:
        return capabilities_to_message(advertised(self._provider, await self._provider.capabilities()))

    async def Validate(self, request: pb2.ValidateRequest, context: Context) -> pb2.ValidateResponse:
        try:
            await self._provider.validate()
        except ProviderError as error:
            return validation_to_message(_redacted(error))
        return validation_to_message(None)

    async def Create(self, request: pb2.CreateRequest, context: Context) -> pb2.CreateResponse:
        submitted = await self._provider.create(machines.spec_from_message(request))
        if request.tell_machine:
            submitted = await self._told(submitted, submitted.machine)
        return tasks.created_to_message(submitted)

    async def Describe(self, request: pb2.DescribeRequest, context: Context) -> bytes:
        machine = machines.machine_id(request.id, "DescribeRequest.id")
        return self._descriptions.write(machine, await self._provider.describe(machine))

    async def Power(self, request: pb2.PowerRequest, context: Context) -> pb2.TaskResponse:
        machine, verb, grace = machines.power_from_message(request)
        submitted = await self._provider.power(machine, verb, grace)
        return tasks.submitted_to_message(await self._told(submitted, machine) if request.tell_machine else submitted)

    async def Reconfigure(self, request: pb2.ReconfigureRequest, context: Context) -> pb2.TaskResponse:
        machine, wanted = machines.reconfigure_from_message(request)
        submitted = await self._provider.reconfigure(machine, wanted)
        return tasks.submitted_to_message(await self._told(submitted, machine) if request.tell_machine else submitted)

    async def Delete(self, request: pb2.DeleteRequest, context: Context) -> pb2.TaskResponse:
        machine = machines.machine_id(request.id, "DeleteRequest.id")
        submitted = await self._provider.delete(machine)
        self._descriptions.forget(machine)
        return tasks.submitted_to_message(submitted)

    async def ListVMs(self, request: pb2.ListVMsRequest, context: Context) -> pb2.ListVMsResponse:
        return machine_states.machines_to_message(await self._provider.machines())

    async def FindMachine(self, request: pb2.FindMachineRequest, context: Context) -> pb2.FindMachineResponse:
        facet = _present(self._owners, Facet.OWNER_SEARCH)
        return owners.found_to_message(await facet.find(owners.search_from_message(request)))

    async def TaskStatus(self, request: pb2.TaskStatusRequest, context: Context) -> pb2.TaskStatusResponse:
        state = await self._provider.task(tasks.task_query_from_message(request))
        if state.error is not None:
            _redacted(state.error)
        return tasks.task_state_to_message(state)

    async def TaskCancel(self, request: pb2.TaskCancelRequest, context: Context) -> pb2.TaskCancelResponse:
        facet = _present(self._cancellation, Facet.TASK_CANCELLATION)
        await facet.cancel_task(tasks.cancellation_from_message(request))
        return pb2.TaskCancelResponse()

    async def HardwareUpgrade(self, request: pb2.HardwareUpgradeRequest, context: Context) -> pb2.TaskResponse:
        raise Unsupported("providers of this implementation upgrade no virtual hardware in place")

    async def SnapshotCreate(self, request: pb2.SnapshotCreateRequest, context: Context) -> pb2.SnapshotCreateResponse:
        facet = _present(self._snapshots, Facet.SNAPSHOTS)
        return snapshots.taken_to_message(await facet.snapshot(*snapshots.order_from_message(request)))

    async def SnapshotDelete(self, request: pb2.SnapshotDeleteRequest, context: Context) -> pb2.TaskResponse:
        facet = _present(self._snapshots, Facet.SNAPSHOTS)
        return tasks.submitted_to_message(await facet.delete_snapshot(*snapshots.snapshot_from_message(request)))

    async def SnapshotRevert(self, request: pb2.SnapshotRevertRequest, context: Context) -> pb2.TaskResponse:
        facet = _present(self._snapshots, Facet.SNAPSHOTS)
        return tasks.submitted_to_message(await facet.revert_to_snapshot(*snapshots.snapshot_from_message(request)))

    async def GuestRun(self, request: pb2.GuestRunRequest, context: Context) -> pb2.TaskResponse:
        facet = _present(self._guest_commands, Facet.GUEST_COMMANDS)
        submitted = await facet.run_in_guest(*guest_commands.command_from_message(request))
        return tasks.submitted_to_message(submitted)

    async def Clone(self, request: pb2.CloneRequest, context: Context) -> pb2.CloneResponse:
        facet = _present(self._clones, Facet.CLONES)
        return clones.cloned_to_message(await facet.clone(*clones.order_from_message(request)))

    async def ImagePrepare(self, request: pb2.ImagePrepareRequest, context: Context) -> pb2.ImagePrepareResponse:
        facet = _present(self._images, Facet.IMAGES)
        return images.prepared_to_message(await facet.prepare_image(images.order_from_message(request)))

    async def ImageDescribe(self, request: pb2.ImageDescribeRequest, context: Context) -> pb2.ImageDescribeResponse:
        facet = _present(self._inventory, Facet.IMAGE_INVENTORY)
        return images.state_to_message(await facet.image(images.query_from_message(request)))

    async def ImageDelete(self, request: pb2.ImageDeleteRequest, context: Context) -> pb2.TaskResponse:
        facet = _present(self._inventory, Facet.IMAGE_INVENTORY)
        return tasks.submitted_to_message(await facet.delete_image(images.deletion_from_message(request)))

    async def ExportDisk(self, request: pb2.ExportDiskRequest, context: Context) -> pb2.ExportDiskResponse:
        facet = _present(self._disks, Facet.DISK_TRANSFER)
        return disk_transfer.exported_to_message(await facet.export_disk(disk_transfer.export_from_message(request)))

    async def ImportDisk(self, request: pb2.ImportDiskRequest, context: Context) -> pb2.ImportDiskResponse:
        facet = _present(self._disks, Facet.DISK_TRANSFER)
        return disk_transfer.imported_to_message(await facet.import_disk(disk_transfer.import_from_message(request)))

    async def GetDiskInfo(self, request: pb2.GetDiskInfoRequest, context: Context) -> pb2.GetDiskInfoResponse:
        facet = _present(self._disks, Facet.DISK_TRANSFER)
        asked = disk_transfer.disk_query_from_message(request)
        return disk_transfer.disk_info_to_message(await facet.disk_info(*asked))

    async def Watch(self, request: pb2.WatchRequest, context: Context) -> AsyncIterator[pb2.MachineEvent]:
        stream = _present(self._watch, Facet.WATCH).events()
        async with AsyncExitStack() as closing:
            if isinstance(stream, AsyncGenerator):
                await closing.enter_async_context(aclosing(stream))
            async for event in stream:
                yield events.event_to_message(event)

    async def _told(self, submitted: Submitted, machine: MachineId | None) -> Submitted:
        """Add how the machine is after a verb that is done; what can't be seen now is left for the caller to ask."""
        if submitted.task is not None or submitted.state is not None or machine is None:
            return submitted
        try:
            return replace(submitted, state=await self._provider.describe(machine))
        except ProviderError:
            return submitted


def _present(facet: F | None, name: Facet) -> F:
    """Return a facet of the provider.

    Raises:
        Unsupported: The provider does not have it.
    """
    if facet is None:
        raise Unsupported(f"this provider does not have the facet '{name}'")
    return facet


def _redacted(error: E) -> E:
    """Cut secrets out of a message that the errors interceptor does not see."""
    error.message = REDACTION.text(error.message)
    return error
