"""What can be done for an object that machines refer to: a closed union of frozen values, each with its sentence."""

from dataclasses import dataclass

from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.kinds.action import Deed, Rest
from virtrigaud_manager.kinds.users import named


@dataclass(frozen=True, slots=True)
class AddFinalizer(Deed):
    """Hold the object for as long as it is in use."""

    @property
    def sentence(self) -> str:
        """Say what is done."""
        return "add the finalizer"


@dataclass(frozen=True, slots=True)
class RemoveFinalizer(Deed):
    """Let the object go."""

    @property
    def sentence(self) -> str:
        """Say what is done."""
        return "remove the finalizer: nobody uses it"


@dataclass(frozen=True, slots=True)
class HoldForUsers(Rest):
    """Keep an object that is in use, although it is being deleted."""

    users: tuple[ObjectKey, ...]

    @property
    def sentence(self) -> str:
        """Say who holds it."""
        return f"wait: in use by {named(self.users)}"


@dataclass(frozen=True, slots=True)
class AwaitRemoval(Rest):
    """Wait until others let the object go."""

    @property
    def sentence(self) -> str:
        """Say what is waited for."""
        return "wait: others keep the object"


@dataclass(frozen=True, slots=True)
class Settle(Rest):
    """Nothing is left to do."""

    users: int

    @property
    def sentence(self) -> str:
        """Say how it stands."""
        return f"settled: {self.users} VirtualMachine{'s' if self.users != 1 else ''}"


Action = AddFinalizer | RemoveFinalizer | HoldForUsers | AwaitRemoval | Settle
