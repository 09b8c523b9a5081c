"""What can be done for a VirtualMachine: a closed union of frozen values, each with its sentence.

The sentence is the log line, the Event and the line in a golden story. `plan` chooses one, `act` does
it. Here are those that change something; those that change nothing are in `rests`.
"""

from dataclasses import dataclass
from datetime import timedelta

from virtrigaud_api.contract import (
    BootImage,
    BootSource,
    ImportedDisk,
    MachineId,
    MachineSpec,
    MiB,
    PowerState,
    PowerVerb,
    SnapshotId,
)

from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.kinds.action import Deed
from virtrigaud_manager.kinds.object_actions import AddFinalizer, AwaitRemoval, Refuse, RemoveFinalizer
from virtrigaud_manager.kinds.virtual_machine.differences import Difference
from virtrigaud_manager.kinds.virtual_machine.groups import Group
from virtrigaud_manager.kinds.virtual_machine.hook_actions import AwaitHook, NoteHook, StartHook
from virtrigaud_manager.kinds.virtual_machine.rests import (
    AwaitAdoption,
    AwaitDependencies,
    AwaitImage,
    AwaitMaintenance,
    AwaitPower,
    AwaitRoom,
    AwaitSight,
    AwaitTask,
    AwaitUnprotected,
    Hold,
    ReportFailedTask,
    ReportMissing,
    ReportUnprovided,
    Settle,
)
from virtrigaud_manager.kinds.virtual_machine.sizes import resources


@dataclass(frozen=True, slots=True)
class Create(Deed):
    """Make the machine.

    Attributes:
        vanished: The id of the machine that was there before and is not any more.
    """

    provider: ObjectKey
    spec: MachineSpec
    digest: str
    vanished: MachineId | None = None

    @property
    def sentence(self) -> str:
        """Say what is done."""
        hardware = self.spec.hardware
        what = f"{resources(hardware.cpus, hardware.memory)}, {_boot(self.spec.boot)}"
        why = f", because {self.vanished} is not there any more" if self.vanished is not None else ""
        deed = "create and start" if self.spec.starts else "create"
        return f"{deed} machine {self.spec.name} on {self.provider}: {what}{why}"


@dataclass(frozen=True, slots=True)
class Reconfigure(Deed):
    """Bring the machine to the spec.

    Attributes:
        mends: What differs although nobody asked for it; empty when the spec changed.
        changed: The groups in which the spec changed.
    """

    machine: MachineId
    spec: MachineSpec
    digest: str
    cpus: int
    memory: MiB
    mends: tuple[Difference, ...] = ()
    changed: tuple[Group, ...] = ()

    @property
    def sentence(self) -> str:
        """Say what is done."""
        if self.mends:
            return f"put machine {self.machine} right: {'; '.join(map(str, self.mends))}"
        hardware = self.spec.hardware
        seen, wanted = resources(self.cpus, self.memory), resources(hardware.cpus, hardware.memory)
        groups = ", ".join(self.changed) or "settings"
        change = f"{seen}, wanted {wanted}" if seen != wanted else f"{groups} changed"
        return f"reconfigure machine {self.machine}: {change}"


@dataclass(frozen=True, slots=True)
class Power(Deed):
    """Change the power state."""

    machine: MachineId
    verb: PowerVerb
    grace: timedelta
    seen: PowerState
    wanted: str

    @property
    def sentence(self) -> str:
        """Say what is done."""
        return f"{self.verb} machine {self.machine}: {self.seen}, wanted {self.wanted}"


@dataclass(frozen=True, slots=True)
class Revert(Deed):
    """Bring the machine back to a snapshot."""

    machine: MachineId
    snapshot: SnapshotId
    source: ObjectKey
    uid: str

    @property
    def sentence(self) -> str:
        """Say what is done."""
        return f"revert machine {self.machine} to snapshot {self.snapshot} of {self.source}"


@dataclass(frozen=True, slots=True)
class Record(Deed):
    """Write receipts into the status at once, before anything else is done.

    Attributes:
        receipts: Keys of `status.provider` with their values; None takes the key away.
    """

    receipts: tuple[tuple[str, str | None], ...]
    why: str

    @property
    def sentence(self) -> str:
        """Say what is written down."""
        return f"note: {self.why}"


@dataclass(frozen=True, slots=True)
class Delete(Deed):
    """Remove the machine."""

    machine: MachineId

    @property
    def sentence(self) -> str:
        """Say what is done."""
        return f"delete machine {self.machine}"


Action = (
    AddFinalizer
    | Create
    | Reconfigure
    | Power
    | Record
    | Revert
    | StartHook
    | NoteHook
    | AwaitHook
    | Delete
    | RemoveFinalizer
    | AwaitRemoval
    | AwaitMaintenance
    | AwaitUnprotected
    | AwaitTask
    | ReportFailedTask
    | AwaitDependencies
    | AwaitRoom
    | AwaitImage
    | AwaitAdoption
    | AwaitSight
    | Refuse
    | ReportUnprovided
    | Hold
    | ReportMissing
    | AwaitPower
    | Settle
)


def _boot(boot: BootSource) -> str:
    match boot:
        case BootImage():
            return f"image {boot.template or boot.path or boot.url}"
        case ImportedDisk():
            return f"disk {boot.disk_id}"
