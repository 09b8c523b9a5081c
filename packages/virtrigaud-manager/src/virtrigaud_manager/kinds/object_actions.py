"""Actions that several kinds have, about the object itself: who holds it, for how long, and a spec that is refused.

Parts of their unions.
"""

from dataclasses import dataclass

from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.kinds.action import Deed, Rest
from virtrigaud_manager.kinds.users import named


@dataclass(frozen=True, slots=True)
class AddFinalizer(Deed):
    """Make sure that the object outlives what depends on it."""

    @property
    def sentence(self) -> str:
        """Say what is done."""
        return "add the finalizer"


@dataclass(frozen=True, slots=True)
class RemoveFinalizer(Deed):
    """Let the object go."""

    why: str

    @property
    def sentence(self) -> str:
        """Say what is done."""
        return f"remove the finalizer: {self.why}"


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
class Refuse(Rest):
    """Do nothing with a spec that can't be honoured."""

    faults: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Say what is refused."""
        return f"refuse the spec: {'; '.join(self.faults)}"
