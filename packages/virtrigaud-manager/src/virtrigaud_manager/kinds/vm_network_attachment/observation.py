"""Everything that one reconcile of a VMNetworkAttachment knows, as one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from virtrigaud_api.v1beta1 import VMNetworkAttachment, keys

from virtrigaud_manager.cluster.object_key import ObjectKey


@dataclass(frozen=True, slots=True)
class Use:
    """The network on one provider.

    Attributes:
        native: What the hypervisor calls it.
        faults: What of the spec can't be had there.
        is_proven: A machine that is connected to it was made there.
    """

    native: str | None
    faults: tuple[str, ...]
    is_proven: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What is known about one VMNetworkAttachment.

    Attributes:
        users: VirtualMachines that refer to it.
        uses: By Provider of these machines.
    """

    network: VMNetworkAttachment
    now: datetime
    users: tuple[ObjectKey, ...]
    uses: Mapping[ObjectKey, Use]

    @property
    def deleting(self) -> bool:
        """Tell whether the object is being deleted."""
        return self.network.metadata.deletion_timestamp is not None

    @property
    def finalized(self) -> bool:
        """Tell whether our finalizer is on the object."""
        return keys.FINALIZER_VM_NETWORK_ATTACHMENT in self.network.metadata.finalizers
