"""What can be done for a Provider: a closed union of frozen values, each with its sentence."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.kinds.action import Deed, Rest


@dataclass(frozen=True, slots=True)
class Apply(Deed):
    """Make the Service or the Deployment what it shall be."""

    key: ObjectKey
    manifest: dict[str, Any]

    @property
    def sentence(self) -> str:
        """Say what is done."""
        return f"apply {self.key}"


@dataclass(frozen=True, slots=True)
class Check(Rest):
    """Ask the hypervisor whether it is well, and the provider what it can do."""

    timeout: timedelta

    @property
    def sentence(self) -> str:
        """Say what is done."""
        return "check the health of the hypervisor"


@dataclass(frozen=True, slots=True)
class Refuse(Rest):
    """Do nothing with a spec that can't be honoured."""

    faults: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Say what is refused."""
        return f"refuse the spec: {'; '.join(self.faults)}"


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

    @property
    def sentence(self) -> str:
        """Say what is waited for."""
        return "wait for the provider's process"


@dataclass(frozen=True, slots=True)
class Settle(Rest):
    """Nothing is left to do before the next check; None: none is wanted."""

    until_check: timedelta | None

    @property
    def sentence(self) -> str:
        """Say how it stands."""
        return "settled"


Action = Apply | Check | Refuse | AwaitSecrets | AwaitRuntime | Settle
