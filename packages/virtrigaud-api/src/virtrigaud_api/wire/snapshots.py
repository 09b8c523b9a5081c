"""The snapshots facet as protobuf messages, both ways."""

from virtrigaud_api.contract import InvalidSpec, MachineId, SnapshotId, SnapshotOrder, TakenSnapshot
from virtrigaud_api.wire.generated import provider_pb2 as pb2
from virtrigaud_api.wire.machines import machine_id
from virtrigaud_api.wire.tasks import task_ref_from_message, task_ref_to_message


def order_to_message(machine: MachineId, order: SnapshotOrder) -> pb2.SnapshotCreateRequest:
    """Return the request that takes a snapshot."""
    return pb2.SnapshotCreateRequest(
        vm_id=machine,
        name_hint=order.name,
        include_memory=order.memory,
        description=order.description,
        quiesce=order.quiesce,
    )


def order_from_message(message: pb2.SnapshotCreateRequest) -> tuple[MachineId, SnapshotOrder]:
    """Read the request that takes a snapshot.

    Raises:
        InvalidSpec: It names no machine or no snapshot.
    """
    order = SnapshotOrder(
        name=_snapshot_id(message.name_hint, "SnapshotCreateRequest.name_hint"),
        description=message.description,
        memory=message.include_memory,
        quiesce=message.quiesce,
    )
    return machine_id(message.vm_id, "SnapshotCreateRequest.vm_id"), order


def taken_to_message(taken: TakenSnapshot) -> pb2.SnapshotCreateResponse:
    """Return what SnapshotCreate answers."""
    return pb2.SnapshotCreateResponse(snapshot_id=taken.id, task=task_ref_to_message(taken.task))


def taken_from_message(message: pb2.SnapshotCreateResponse) -> TakenSnapshot:
    """Read what SnapshotCreate answers."""
    return TakenSnapshot(id=SnapshotId(message.snapshot_id), task=task_ref_from_message(message))


def deletion_to_message(machine: MachineId, snapshot: SnapshotId) -> pb2.SnapshotDeleteRequest:
    """Return the request that deletes a snapshot."""
    return pb2.SnapshotDeleteRequest(vm_id=machine, snapshot_id=snapshot)


def revert_to_message(machine: MachineId, snapshot: SnapshotId) -> pb2.SnapshotRevertRequest:
    """Return the request that reverts to a snapshot."""
    return pb2.SnapshotRevertRequest(vm_id=machine, snapshot_id=snapshot)


def snapshot_from_message(
    message: pb2.SnapshotDeleteRequest | pb2.SnapshotRevertRequest,
) -> tuple[MachineId, SnapshotId]:
    """Read which snapshot of which machine is to be deleted or reverted to.

    Raises:
        InvalidSpec: It names no machine or no snapshot.
    """
    request = message.DESCRIPTOR.name
    machine = machine_id(message.vm_id, f"{request}.vm_id")
    return machine, _snapshot_id(message.snapshot_id, f"{request}.snapshot_id")


def _snapshot_id(text: str, field: str) -> SnapshotId:
    if not text:
        raise InvalidSpec(f"{field}: expected the name of a snapshot, got none")
    return SnapshotId(text)
