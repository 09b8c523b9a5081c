"""Snapshots of a machine: its body, kept as the frozen value that it is. Pure."""

from dataclasses import replace

from virtrigaud_api.contract import NotFound, PowerState, SnapshotId, SnapshotOrder, Unsupported, WrongState

from virtrigaud_provider_memory.guest import has_agent
from virtrigaud_provider_memory.power import started, stopped
from virtrigaud_provider_memory.world import Machine, Snapshot


def snapshot_named(machine: Machine, snapshot: SnapshotId) -> Snapshot | None:
    """Return the machine's snapshot of this id."""
    return next((taken for taken in machine.snapshots if taken.id == snapshot), None)


def check_order(machine: Machine, order: SnapshotOrder) -> None:
    """Check that a snapshot can be taken.

    Raises:
        WrongState: Memory or quiesce was asked for and the machine is not running.
        Unsupported: Quiesce was asked for and the guest has no agent.
    """
    if not (order.memory or order.quiesce):
        return
    if machine.body.power is not PowerState.ON:
        what = "memory" if order.memory else "quiesce"
        raise WrongState(
            f"cannot take snapshot {order.name} of machine {machine.name} with {what}: it is {machine.body.power}"
        )
    if order.quiesce and not has_agent(machine):
        raise Unsupported(f"cannot quiesce machine {machine.name}: its guest tools are not installed")


def with_snapshot(machine: Machine, order: SnapshotOrder, now: float) -> Machine:
    """Return the machine with the snapshot taken, or as it is when it has one of that name."""
    snapshot = SnapshotId(order.name)
    if snapshot_named(machine, snapshot) is not None:
        return machine
    check_order(machine, order)
    body = machine.body if order.memory else stopped(machine).body
    return replace(machine, snapshots=(*machine.snapshots, Snapshot(id=snapshot, order=order, taken=now, body=body)))


def without_snapshot(machine: Machine, snapshot: SnapshotId) -> Machine:
    """Return the machine without the snapshot."""
    return replace(machine, snapshots=tuple(taken for taken in machine.snapshots if taken.id != snapshot))


def reverted(machine: Machine, snapshot: SnapshotId, now: float) -> Machine:
    """Return the machine as it was: running when the snapshot holds memory, else powered off.

    Raises:
        NotFound: The snapshot does not exist.
    """
    taken = snapshot_named(machine, snapshot)
    if taken is None:
        raise NotFound(f"machine {machine.name} has no snapshot {snapshot}")
    back = replace(machine, body=taken.body)
    return started(back, now) if taken.order.memory else back
