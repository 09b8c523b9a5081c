"""What can be done for a VirtualMachine: a closed union of frozen values, each with its sentence.

The sentence is the log line, the Event and the line in a golden story. `plan` chooses one, `act` does
it. Actions that change nothing (await, wait, refuse, hold, settle) are values too: a pass always ends in
a word about what it waits for.
"""

from dataclasses import dataclass
from datetime import timedelta

from virtrigaud_api.contract import (
    BootImage,
    BootSource,
    ImportedDisk,
    MachineId,
    MachineSpec,
    MachineState,
    MiB,
    PowerState,
    PowerVerb,
    ProviderError,
    SnapshotId,
    TaskRef,
)

from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.kinds.action import Deed, Rest
from virtrigaud_manager.kinds.virtual_machine.differences import Difference
from virtrigaud_manager.kinds.virtual_machine.groups import Group
from virtrigaud_manager.kinds.virtual_machine.hook_actions import AwaitHook, NoteHook, StartHook


@dataclass(frozen=True, slots=True)
class AddFinalizer(Deed):
    """Make sure that the object outlives its machine."""

    @property
    def sentence(self) -> str:
        """Say what is done."""
        return "add the finalizer"


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
        return f"create machine {self.spec.name} on {self.provider}: {what}{why}"


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


@dataclass(frozen=True, slots=True)
class RemoveFinalizer(Deed):
    """Let the object go."""

    why: str

    @property
    def sentence(self) -> str:
        """Say what is done."""
        return f"remove the finalizer: {self.why}"


@dataclass(frozen=True, slots=True)
class AwaitRemoval(Rest):
    """Wait until others let the object go."""

    @property
    def sentence(self) -> str:
        """Say what is waited for."""
        return "wait: others keep the object"


@dataclass(frozen=True, slots=True)
class AwaitMaintenance(Rest):
    """Put off what would change something on a hypervisor that is in maintenance."""

    provider: ObjectKey
    put_off: str

    @property
    def sentence(self) -> str:
        """Say what is waited for."""
        return f"wait: {self.provider} is in maintenance; put off: {self.put_off}"


@dataclass(frozen=True, slots=True)
class AwaitUnprotected(Rest):
    """Keep a machine that is protected against deletion."""

    @property
    def sentence(self) -> str:
        """Say what is waited for."""
        return "wait: spec.deletionProtection is true, so the machine stays; set it to false to let it go"


@dataclass(frozen=True, slots=True)
class AwaitTask(Rest):
    """Let the provider work."""

    ref: TaskRef

    @property
    def sentence(self) -> str:
        """Say what is waited for."""
        return f"await task {self.ref}"


@dataclass(frozen=True, slots=True)
class ReportFailedTask(Rest):
    """Say why work at the provider failed, and forget the task."""

    ref: TaskRef
    error: ProviderError

    @property
    def sentence(self) -> str:
        """Say what is done."""
        return f"report failed task {self.ref}"


@dataclass(frozen=True, slots=True)
class AwaitDependencies(Rest):
    """Wait until everything that the spec names is there."""

    missing: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Say what is waited for."""
        return f"wait: {'; '.join(self.missing)}"


@dataclass(frozen=True, slots=True)
class AwaitRoom(Rest):
    """Wait until the quotas of the namespace have room for the machine."""

    excess: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Say what is waited for."""
        return f"wait: {'; '.join(self.excess)}"


@dataclass(frozen=True, slots=True)
class AwaitImage(Rest):
    """Wait until the image is on the provider."""

    why: str

    @property
    def sentence(self) -> str:
        """Say what is waited for."""
        return f"wait: {self.why}"


@dataclass(frozen=True, slots=True)
class AwaitAdoption(Rest):
    """Wait until whoever brings the machine says which it is, and it can be that one."""

    why: str = ""

    @property
    def sentence(self) -> str:
        """Say what is waited for."""
        return f"wait: {self.why}" if self.why else "wait for the id of the machine that is adopted"


@dataclass(frozen=True, slots=True)
class AwaitSight(Rest):
    """Wait until the machine can be seen again."""

    error: ProviderError

    @property
    def sentence(self) -> str:
        """Say what is waited for."""
        return f"wait: {self.error}"


@dataclass(frozen=True, slots=True)
class Refuse(Rest):
    """Do nothing with a spec that can't be honoured."""

    faults: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Say what is refused."""
        return f"refuse the spec: {'; '.join(self.faults)}"


@dataclass(frozen=True, slots=True)
class ReportUnprovided(Rest):
    """Do nothing with a spec that the provider can't honour, until it says that it can."""

    faults: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Say what is reported."""
        return f"wait for another provider or spec: {'; '.join(self.faults)}"


@dataclass(frozen=True, slots=True)
class Hold(Rest):
    """Do not try again what failed for good."""

    error: ProviderError

    @property
    def sentence(self) -> str:
        """Say what is waited for."""
        return f"hold: {self.error}"


@dataclass(frozen=True, slots=True)
class ReportMissing(Rest):
    """Say that a machine which we did not make is gone; it is not made again."""

    machine: MachineId

    @property
    def sentence(self) -> str:
        """Say what is reported."""
        return f"report machine {self.machine} missing"


@dataclass(frozen=True, slots=True)
class AwaitPower(Rest):
    """Wait until the power state can be told."""

    machine: MachineId

    @property
    def sentence(self) -> str:
        """Say what is waited for."""
        return f"wait: the power state of machine {self.machine} is unknown"


@dataclass(frozen=True, slots=True)
class Settle(Rest):
    """Nothing is left to do."""

    state: MachineState

    @property
    def sentence(self) -> str:
        """Say how the machine is."""
        restart = ", restart pending" if self.state.pending_restart else ""
        addresses = "".join(f", {address}" for address in self.state.addresses)
        return f"settled: {self.state.power}, {resources(self.state.cpus, self.state.memory)}{addresses}{restart}"


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


def resources(cpus: int, memory: MiB) -> str:
    """Say how big a machine is."""
    return f"{cpus} CPU{'s' if cpus != 1 else ''}, {memory} MiB"


def _boot(boot: BootSource) -> str:
    match boot:
        case BootImage():
            return f"image {boot.template or boot.path or boot.url}"
        case ImportedDisk():
            return f"disk {boot.disk_id}"
