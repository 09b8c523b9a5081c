"""What can be done for a Provider: a closed union of frozen values, each with its sentence."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.kinds.action import Deed, Rest
from virtrigaud_manager.kinds.object_actions import AddFinalizer, Refuse, RemoveFinalizer


@dataclass(frozen=True, slots=True)
class Apply(Deed):
    """Make an object that a Provider wants and does not have."""

    key: ObjectKey
    manifest: dict[str, Any]

    @property
    def sentence(self) -> str:
        """Say what is done."""
        return f"apply {self.key}"


@dataclass(frozen=True, slots=True)
class Update(Deed):
    """Make an object that is there what it shall be.

    Attributes:
        writers: Who else has set something in it.
    """

    key: ObjectKey
    document: dict[str, Any]
    writers: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Say what is done."""
        return f"put {self.key} right after {', '.join(self.writers)}" if self.writers else f"update {self.key}"


@dataclass(frozen=True, slots=True)
class Remove(Deed):
    """Delete an object that the Provider does not want any more."""

    key: ObjectKey
    uid: str

    @property
    def sentence(self) -> str:
        """Say what is done."""
        return f"delete {self.key}"


@dataclass(frozen=True, slots=True)
class IssueAuthority(Deed):
    """Make the authority of the providers, or follow it on."""

    why: str

    @property
    def sentence(self) -> str:
        """Say what is done."""
        return f"see to the authority of providers: {self.why}"


@dataclass(frozen=True, slots=True)
class IssueClient(Deed):
    """Issue the certificate that the manager shows to providers."""

    why: str

    @property
    def sentence(self) -> str:
        """Say what is done."""
        return f"issue the manager's certificate: {self.why}"


@dataclass(frozen=True, slots=True)
class IssueServer(Deed):
    """Issue the certificate that the Provider's process shows."""

    why: str

    @property
    def sentence(self) -> str:
        """Say what is done."""
        return f"issue the provider's certificate: {self.why}"


@dataclass(frozen=True, slots=True)
class Check(Rest):
    """Ask the hypervisor whether it is well, and the provider what it can do."""

    timeout: timedelta

    @property
    def sentence(self) -> str:
        """Say what is done."""
        return "check the health of the hypervisor"


@dataclass(frozen=True, slots=True)
class AwaitSecrets(Rest):
    """Wait until the Secrets are there."""

    missing: tuple[ObjectKey, ...]

    @property
    def sentence(self) -> str:
        """Say what is waited for."""
        return f"wait: {'; '.join(f'{key} does not exist' for key in self.missing)}"


@dataclass(frozen=True, slots=True)
class AwaitRuntime(Rest):
    """Wait until a pod answers."""

    until_issue: timedelta | None

    @property
    def sentence(self) -> str:
        """Say what is waited for."""
        return "wait for the provider's process"


@dataclass(frozen=True, slots=True)
class Settle(Rest):
    """Nothing is left to do before the next check, or the next certificate; None: none is wanted."""

    until_next: timedelta | None

    @property
    def sentence(self) -> str:
        """Say how it stands."""
        return "settled"


@dataclass(frozen=True, slots=True)
class AwaitUsers(Rest):
    """Keep a Provider that is being deleted, until nobody refers to it any more."""

    message: str
    until_next: timedelta | None

    @property
    def sentence(self) -> str:
        """Say what is waited for."""
        return f"wait: {self.message}"


Action = (
    AddFinalizer
    | Apply
    | Update
    | Remove
    | RemoveFinalizer
    | IssueAuthority
    | IssueClient
    | IssueServer
    | Check
    | Refuse
    | AwaitSecrets
    | AwaitRuntime
    | AwaitUsers
    | Settle
)
