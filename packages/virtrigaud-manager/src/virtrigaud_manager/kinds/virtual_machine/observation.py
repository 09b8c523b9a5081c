"""Everything that one reconcile of a VirtualMachine knows, as one frozen value.

`observe` makes it, `plan` and `report` read it. Failing to see something is itself a value here, so that
no later line can take a failed read for "not there".
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from virtrigaud_api.contract import (
    MachineId,
    MachineSpec,
    MachineState,
    Owner,
    PowerState,
    ProviderError,
    SnapshotId,
    TaskRef,
)
from virtrigaud_api.v1beta1 import VirtualMachine, VirtualMachineStatus, keys
from virtrigaud_api.v1beta1.lifecycle import Lifecycle
from virtrigaud_api.v1beta1.power_state import DesiredPowerState
from virtrigaud_api.v1beta1.provider_status import ReportedCapabilities
from virtrigaud_api.v1beta1.virtual_machine import DeletionPolicy, ManagementPolicy

from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.hooks.order import HookState
from virtrigaud_manager.kinds.virtual_machine.actions import Action

RECEIPT_PROVIDER = f"{keys.KEY_DOMAIN}/provider"
"""Key in `status.provider`: the Provider on which the machine was made, as namespace/name."""

RECEIPT_SPEC = f"{keys.KEY_DOMAIN}/applied-spec"
"""Key in `status.provider`: the digest of the spec that the provider took last."""

RECEIPT_REBOOT = keys.ANNOTATION_REBOOT
"""Key in `status.provider`: the nonce of the last reboot that was carried out."""

RECEIPT_RESTART = f"{keys.KEY_DOMAIN}/restart"
"""Key in `status.provider`: which half of a restart is under way."""

RECEIPT_RESTARTED_FOR = f"{keys.KEY_DOMAIN}/restarted-for"
"""Key in `status.provider`: the digest of the spec for whose change the machine was restarted last."""

RECEIPT_POWER = f"{keys.KEY_DOMAIN}/reached-power"
"""Key in `status.provider`: the wanted power state that was reached last, where drift of it is only reported."""

RECEIPT_ORIGIN = f"{keys.KEY_DOMAIN}/origin"
"""Key in `status.provider`: what the machine was made from, and what its guest was told, as digests."""

RECEIPT_REVERTING = f"{keys.KEY_DOMAIN}/reverting"
"""Key in `status.provider`: the uid of the VMSnapshot that the stopped machine is being reverted to."""

RECEIPT_REVERTED = f"{keys.KEY_DOMAIN}/reverted"
"""Key in `status.provider`: the uid of the VMSnapshot that the machine was reverted to, as long as it is asked for."""

RECEIPT_IMAGE = f"{keys.KEY_DOMAIN}/image"
"""Key in `status.provider`: the import of a VMImage that the machine rests on, as namespace/name/import."""

RECEIPT_IMAGE_ID = f"{keys.KEY_DOMAIN}/image-id"
"""Key in `status.provider`: the hypervisor's name for that import."""

RECEIPT_IMAGE_PATH = f"{keys.KEY_DOMAIN}/image-path"
"""Key in `status.provider`: where that import is."""

IMAGE_RECEIPTS = frozenset({RECEIPT_IMAGE, RECEIPT_IMAGE_ID, RECEIPT_IMAGE_PATH})

RECEIPT_PRE_STOP = f"{keys.KEY_DOMAIN}/pre-stop"
"""Key in `status.provider`: the hook before the stop that is under way was run."""

RECEIPT_POST_START = f"{keys.KEY_DOMAIN}/post-start"
"""Key in `status.provider`: whether the hook after the last or the next start is due, or was run."""

RECEIPTS = IMAGE_RECEIPTS | {
    RECEIPT_PROVIDER,
    RECEIPT_SPEC,
    RECEIPT_REBOOT,
    RECEIPT_RESTART,
    RECEIPT_RESTARTED_FOR,
    RECEIPT_POWER,
    RECEIPT_ORIGIN,
    RECEIPT_REVERTING,
    RECEIPT_REVERTED,
    RECEIPT_PRE_STOP,
    RECEIPT_POST_START,
}


@dataclass(frozen=True, slots=True)
class Seen:
    """The machine is there."""

    state: MachineState


@dataclass(frozen=True, slots=True)
class Absent:
    """The provider says that the machine does not exist."""


@dataclass(frozen=True, slots=True)
class NeverMade:
    """No machine is known to have been made."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """It could not be found out whether the machine is there."""

    error: ProviderError


Sight = Seen | Absent | NeverMade | Unseen


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the provider shall hear.

    Attributes:
        digest: Of all that can change after the creation.
        origin: Of what can't: see `origin`.
        receipts: What is noted about the image that the machine is made from.
    """

    spec: MachineSpec
    digest: str
    origin: str = ""
    receipts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """A thing that the VirtualMachine names and that can't be used."""

    what: ObjectKey
    why: str = "does not exist"

    def __str__(self) -> str:
        return f"{self.what} {self.why}"


@dataclass(frozen=True, slots=True)
class Lacking:
    """The spec names things that can't be used."""

    missing: tuple[Missing, ...]


@dataclass(frozen=True, slots=True)
class Imageless:
    """The image is not on the provider yet."""

    why: str


@dataclass(frozen=True, slots=True)
class Unsuitable:
    """The spec asks for something that can't be right or that nobody does."""

    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unprovided:
    """The spec asks for something that this provider can't do."""

    faults: tuple[str, ...]


Wish = Wanted | Lacking | Imageless | Unsuitable | Unprovided


@dataclass(frozen=True, slots=True)
class RevertTo:
    """The machine is to be as it was at a snapshot that is ready."""

    key: ObjectKey
    uid: str
    snapshot: SnapshotId


@dataclass(frozen=True, slots=True)
class RevertToMissing:
    """The snapshot is not there, or not ready."""

    missing: Missing


@dataclass(frozen=True, slots=True)
class RevertToOther:
    """The snapshot is not one of this machine."""

    fault: str


Reversion = RevertTo | RevertToMissing | RevertToOther


@dataclass(frozen=True, slots=True)
class NoTask:
    """Nothing is under way."""


@dataclass(frozen=True, slots=True)
class TaskRunning:
    """Work is under way at the provider.

    Attributes:
        action: What started it; None when an earlier process did.
    """

    ref: TaskRef
    action: Action | None


@dataclass(frozen=True, slots=True)
class TaskFailed:
    """Work ended badly."""

    ref: TaskRef
    action: Action | None
    error: ProviderError


Work = NoTask | TaskRunning | TaskFailed


@dataclass(frozen=True, slots=True)
class Held:
    """An action that failed in a way that trying again can't mend.

    Attributes:
        until: When it is tried again all the same.
        capabilities: What the provider could do then.
    """

    action: Action
    error: ProviderError
    until: datetime
    capabilities: ReportedCapabilities | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What is known about one VirtualMachine and its machine.

    Attributes:
        status: As it was reported last, published or not.
        provider: The Provider that has the machine, or shall have it.
        machine: The machine's id, once it is known.
        removed: The machine that this process has deleted.
        watched: The provider streams events, so nothing needs to be polled.
        capabilities: What the provider reports that it can do.
        reversion: The snapshot that is asked for, whether or not the machine was reverted to it.
        hook: The hook that runs, or that ended and is not noted yet.
        excess: Which limits of the namespace's quotas stand against making the machine.
        maintenance: Nothing may be changed on the hypervisor for now.
        not_handed_over: Why the machine that the object names for adoption can't be its own.
    """

    vm: VirtualMachine
    status: VirtualMachineStatus
    now: datetime
    provider: ObjectKey
    machine: MachineId | None
    sight: Sight
    wish: Wish
    work: Work = NoTask()
    reversion: Reversion | None = None
    hook: HookState | None = None
    held: Held | None = None
    removed: MachineId | None = None
    watched: bool = False
    capabilities: ReportedCapabilities | None = None
    excess: tuple[str, ...] = ()
    maintenance: bool = False
    not_handed_over: str = ""

    @property
    def deleting(self) -> bool:
        """Tell whether the object is being deleted."""
        return self.vm.metadata.deletion_timestamp is not None

    @property
    def finalized(self) -> bool:
        """Tell whether our finalizer is on the object."""
        return keys.FINALIZER_VIRTUAL_MACHINE in self.vm.metadata.finalizers

    @property
    def forced(self) -> bool:
        """Tell whether the user gave the machine up."""
        return self.vm.metadata.annotations.get(keys.ANNOTATION_FORCE_DELETE) == keys.ANNOTATION_TRUE

    @property
    def protected(self) -> bool:
        """Tell whether the machine must not be deleted."""
        return self.vm.spec.deletion_protection

    @property
    def released(self) -> bool:
        """Tell whether the user let the machine go its own way."""
        return self.vm.metadata.annotations.get(keys.ANNOTATION_RELEASE) == keys.ANNOTATION_TRUE

    @property
    def observed_only(self) -> bool:
        """Tell whether the machine is shown and never touched."""
        return self.released or self.vm.spec.management_policy is ManagementPolicy.OBSERVE

    @property
    def why_retained(self) -> str | None:
        """Say why the machine stays when the object goes; None when it goes too."""
        if self.released:
            return f"{keys.ANNOTATION_RELEASE} is set: the machine stays"
        if self.observed_only:
            return "spec.managementPolicy is Observe: the machine stays"
        if self.vm.spec.deletion_policy is DeletionPolicy.RETAIN:
            return "spec.deletionPolicy is Retain: the machine stays"
        return None

    @property
    def adopted(self) -> bool:
        """Tell whether somebody else brings the machine."""
        return self.vm.metadata.labels.get(keys.LABEL_ADOPTED) == keys.ANNOTATION_TRUE

    @property
    def applied(self) -> str | None:
        """Return the digest of the spec that the provider took last."""
        return self.status.provider.get(RECEIPT_SPEC)

    @property
    def applied_power(self) -> str | None:
        """Return the wanted power state that was reached last, where it was noted."""
        return self.status.provider.get(RECEIPT_POWER)

    @property
    def state(self) -> MachineState | None:
        """Return the machine as it was seen."""
        return self.sight.state if isinstance(self.sight, Seen) else None

    @property
    def wanted_power(self) -> DesiredPowerState:
        """Return the wanted power state; On when nothing is said."""
        return self.vm.spec.power_state or DesiredPowerState.ON

    @property
    def grace(self) -> timedelta:
        """Return how long the guest may take to shut down."""
        return (self.vm.spec.lifecycle or Lifecycle()).graceful_shutdown_timeout.timedelta

    @property
    def owner(self) -> Owner:
        """Return whose machine it is."""
        return owner_of(self.vm)

    @property
    def running(self) -> bool:
        """Tell whether the machine was seen running."""
        return self.state is not None and self.state.power is PowerState.ON


def owner_of(vm: VirtualMachine) -> Owner:
    """Return the owner that a VirtualMachine's machine carries."""
    return Owner(vm.metadata.namespace, vm.metadata.name, vm.metadata.uid)
