"""Facet of providers that can take, delete and revert to snapshots."""

from dataclasses import dataclass
from typing import NewType, Protocol, runtime_checkable

from virtrigaud_api.contract.names import MachineId, TaskRef
from virtrigaud_api.contract.tasks import Submitted

SnapshotId = NewType("SnapshotId", str)
"""The provider's stable name of a snapshot within its machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotOrder:
    """Take a snapshot.

    Attributes:
        name: Makes the call idempotent: the same name on the same machine is the same snapshot.
        memory: Include the memory of a running guest.
        quiesce: Ask the guest agent to freeze its file systems meanwhile.
    """

    name: str
    description: str = ""
    memory: bool = False
    quiesce: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenSnapshot:
    """What `snapshot` answers: the snapshot, and the task that takes it."""

    id: SnapshotId
    task: TaskRef | None = None


@runtime_checkable
class Snapshots(Protocol):
    """Facet of a provider that keeps snapshots."""

    async def snapshot(self, machine: MachineId, order: SnapshotOrder) -> TakenSnapshot:
        """Take a snapshot, or return the one of that name.

        Raises:
            NotFound: The machine does not exist.
            Unsupported: Memory or quiesce was asked for and can't be had.
            WrongState: Memory or quiesce was asked for and the machine is not running.
        """
        ...

    async def delete_snapshot(self, machine: MachineId, snapshot: SnapshotId) -> Submitted:
        """Delete a snapshot; one that is absent, or whose machine is, counts as deleted."""
        ...

    async def revert_to_snapshot(self, machine: MachineId, snapshot: SnapshotId) -> Submitted:
        """Bring the machine back to a snapshot.

        Raises:
            NotFound: The machine or the snapshot does not exist.
        """
        ...
