"""What can be done about machines of nobody: a closed union of frozen values, each with its sentence."""

from dataclasses import dataclass

from virtrigaud_api.contract import ProviderError

from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.kinds.action import Deed, Rest
from virtrigaud_manager.kinds.adoption.census import Adoptable
from virtrigaud_manager.kinds.adoption.terms import Mode


@dataclass(frozen=True, slots=True)
class Adopt(Deed):
    """Make a VirtualMachine for a machine, and its class where there is none."""

    provider: ObjectKey
    found: Adoptable
    mode: Mode
    makes_class: bool

    @property
    def sentence(self) -> str:
        """Say what is done."""
        namespace, how = self.provider.namespace, "manage" if self.mode is Mode.MANAGE else "observe"
        made = " that is made for it" if self.makes_class else ""
        return (
            f"adopt machine {self.found.state.id} as VirtualMachine {namespace}/{self.found.name} of class "
            f"{self.found.class_name}{made}, to {how} it"
        )


@dataclass(frozen=True, slots=True)
class Leave(Rest):
    """Do nothing: adoption is off."""

    @property
    def sentence(self) -> str:
        """Say that nothing is done."""
        return "adoption is off"


@dataclass(frozen=True, slots=True)
class RefuseTerms(Rest):
    """Do nothing with annotations that can't be read."""

    why: str

    @property
    def sentence(self) -> str:
        """Say what is refused."""
        return f"refuse: {self.why}"


@dataclass(frozen=True, slots=True)
class AwaitMachines(Rest):
    """Wait until the provider can be asked."""

    error: ProviderError

    @property
    def sentence(self) -> str:
        """Say what is waited for."""
        return f"wait: {self.error}"


@dataclass(frozen=True, slots=True)
class Tell(Rest):
    """Say what was found, and what became or would become of it."""

    would_be: int
    taken: int
    left: int

    @property
    def sentence(self) -> str:
        """Say how it stands."""
        return f"machines: {self.taken} with a VirtualMachine, {self.would_be} to be adopted, {self.left} left alone"


Action = Adopt | Leave | RefuseTerms | AwaitMachines | Tell
