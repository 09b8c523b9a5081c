"""Everything that one reconcile of a VMClass knows, as one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from virtrigaud_api.v1beta1 import VMClass, keys

from virtrigaud_manager.cluster.object_key import ObjectKey


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a provider can run machines of the class.

    Attributes:
        why_not: What it can't do; empty when it can.
        warnings: What it does not honour at once.
    """

    why_not: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What is known about one VMClass.

    Attributes:
        users: VirtualMachines that refer to it.
        verdicts: By Provider of these machines, as far as that is known.
    """

    vm_class: VMClass
    now: datetime
    users: tuple[ObjectKey, ...]
    verdicts: Mapping[ObjectKey, Verdict]

    @property
    def deleting(self) -> bool:
        """Tell whether the object is being deleted."""
        return self.vm_class.metadata.deletion_timestamp is not None

    @property
    def finalized(self) -> bool:
        """Tell whether our finalizer is on the object."""
        return keys.FINALIZER_VM_CLASS in self.vm_class.metadata.finalizers
