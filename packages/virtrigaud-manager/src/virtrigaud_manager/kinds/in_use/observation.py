"""What plans of objects that machines refer to need to know about them."""

from typing import Protocol

from virtrigaud_manager.cluster.object_key import ObjectKey


class InUse(Protocol):
    """An object that machines refer to, as it was observed."""

    @property
    def deleting(self) -> bool:
        """Tell whether the object is being deleted."""
        ...

    @property
    def finalized(self) -> bool:
        """Tell whether our finalizer is on the object."""
        ...

    @property
    def users(self) -> tuple[ObjectKey, ...]:
        """Return the VirtualMachines that refer to it."""
        ...
