"""What can be done for a VMImage: a closed union of frozen values, each with its sentence."""

from dataclasses import dataclass

from virtrigaud_api.contract import ImageOrder, ProviderError, TaskRef

from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.kinds.action import Deed, Rest
from virtrigaud_manager.kinds.object_actions import AddFinalizer, AwaitRemoval, HoldForUsers


@dataclass(frozen=True, slots=True)
class RemoveFinalizer(Deed):
    """Let the object go.

    Attributes:
        left: Imported images that stay on their providers, where nobody asked for that.
    """

    why: str
    left: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """Say what is done."""
        left = f"; left behind: {', '.join(self.left)}" if self.left else ""
        return f"remove the finalizer: {self.why}{left}"


@dataclass(frozen=True, slots=True)
class Announce(Rest):
    """Write down under which name the image will be imported, before it is."""

    provider: ObjectKey
    name: str

    @property
    def sentence(self) -> str:
        """Say what is announced."""
        return f"announce image {self.name} on {self.provider}"


@dataclass(frozen=True, slots=True)
class Prepare(Deed):
    """Import the image."""

    provider: ObjectKey
    order: ImageOrder

    @property
    def sentence(self) -> str:
        """Say what is done."""
        return f"import image {self.order.name} on {self.provider}"


@dataclass(frozen=True, slots=True)
class Cancel(Deed):
    """Stop an import that takes too long, or that nobody wants any more."""

    provider: ObjectKey
    task: TaskRef
    why: str

    @property
    def sentence(self) -> str:
        """Say what is done."""
        return f"cancel the import on {self.provider}: {self.why}"


@dataclass(frozen=True, slots=True)
class DeleteCopy(Deed):
    """Delete an imported image that nothing needs any more."""

    provider: ObjectKey
    name: str

    @property
    def sentence(self) -> str:
        """Say what is done."""
        return f"delete image {self.name} on {self.provider}"


@dataclass(frozen=True, slots=True)
class NoteFailure(Rest):
    """Say why work at a provider failed, and count it."""

    provider: ObjectKey
    task: TaskRef
    error: ProviderError

    @property
    def sentence(self) -> str:
        """Say what failed."""
        return f"failed on {self.provider}: {self.error}"


@dataclass(frozen=True, slots=True)
class AwaitCopies(Rest):
    """Wait for what some providers still have to do."""

    waits: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Say what is waited for."""
        return f"wait: {'; '.join(self.waits)}"


@dataclass(frozen=True, slots=True)
class Settle(Rest):
    """Nothing is left to do."""

    on: tuple[ObjectKey, ...]

    @property
    def sentence(self) -> str:
        """Say where the image is."""
        return f"settled: {', '.join(map(str, self.on)) or 'nobody needs it'}"


Action = (
    AddFinalizer
    | RemoveFinalizer
    | Announce
    | Prepare
    | Cancel
    | DeleteCopy
    | NoteFailure
    | HoldForUsers
    | AwaitRemoval
    | AwaitCopies
    | Settle
)
