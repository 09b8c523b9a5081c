"""What can be done for an object that machines refer to: a closed union of frozen values, each with its sentence."""

from dataclasses import dataclass

from virtrigaud_manager.kinds.action import Rest
from virtrigaud_manager.kinds.object_actions import AddFinalizer, AwaitRemoval, HoldForUsers, RemoveFinalizer


@dataclass(frozen=True, slots=True)
class Settle(Rest):
    """Nothing is left to do."""

    users: int

    @property
    def sentence(self) -> str:
        """Say how it stands."""
        return f"settled: {self.users} VirtualMachine{'s' if self.users != 1 else ''}"


Action = AddFinalizer | RemoveFinalizer | HoldForUsers | AwaitRemoval | Settle
