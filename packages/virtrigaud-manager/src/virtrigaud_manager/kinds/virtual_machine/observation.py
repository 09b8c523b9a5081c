"""Everything that one reconcile of a VirtualMachine knows, as one frozen value.

`observe` makes it, `plan` and `report` read it. Failing to see something is itself a value here, so that
no later line can take a failed read for "not there".
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from virtrigaud_api.contract import (
    MachineId,
    MachineState,
    Owner,
    PowerState,
    ProviderError,
)
from virtrigaud_api.v1beta1 import VirtualMachine, VirtualMachineStatus, keys
from virtrigaud_api.v1beta1.lifecycle import Lifecycle
from virtrigaud_api.v1beta1.power_state import DesiredPowerState
from virtrigaud_api.v1beta1.provider_status import ReportedCapabilities
from virtrigaud_api.v1beta1.virtual_machine import DeletionPolicy, ManagementPolicy

from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.hooks.order import HookState
from virtrigaud_manager.kinds.virtual_machine.receipt_keys import RECEIPT_POWER, RECEIPT_SPEC
from virtrigaud_manager.kinds.virtual_machine.wish import Reversion, Wish
from virtrigaud_manager.kinds.virtual_machine.work import Held, NoTask, Work


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
