"""What a pass over a VirtualMachine ends with when nothing is to be done: what it waits for, and why.

Part of the union in `actions`.
"""

from dataclasses import dataclass

from virtrigaud_api.contract import MachineId, MachineState, ProviderError, TaskRef

from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.kinds.action import Rest
from virtrigaud_manager.kinds.virtual_machine.sizes import resources


@dataclass(frozen=True, slots=True)
class AwaitMaintenance(Rest):
    """Put off what would change something on a hypervisor that is in maintenance."""

    provider: ObjectKey
    put_off: str

    @property
    def sentence(self) -> str:
        """Say what is waited for."""
        return f"wait: {self.provider} is in maintenance; put off: {self.put_off}"


@dataclass(frozen=True, slots=True)
class AwaitUnprotected(Rest):
    """Keep a machine that is protected against deletion."""

    @property
    def sentence(self) -> str:
        """Say what is waited for."""
        return "wait: spec.deletionProtection is true, so the machine stays; set it to false to let it go"


@dataclass(frozen=True, slots=True)
class AwaitTask(Rest):
    """Let the provider work."""

    ref: TaskRef

    @property
    def sentence(self) -> str:
        """Say what is waited for."""
        return f"await task {self.ref}"


@dataclass(frozen=True, slots=True)
class ReportFailedTask(Rest):
    """Say why work at the provider failed, and forget the task."""

    ref: TaskRef
    error: ProviderError

    @property
    def sentence(self) -> str:
        """Say what is done."""
        return f"report failed task {self.ref}"


@dataclass(frozen=True, slots=True)
class AwaitDependencies(Rest):
    """Wait until everything that the spec names is there."""

    missing: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Say what is waited for."""
        return f"wait: {'; '.join(self.missing)}"


@dataclass(frozen=True, slots=True)
class AwaitRoom(Rest):
    """Wait until the quotas of the namespace have room for the machine."""

    excess: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Say what is waited for."""
        return f"wait: {'; '.join(self.excess)}"


@dataclass(frozen=True, slots=True)
class AwaitImage(Rest):
    """Wait until the image is on the provider."""

    why: str

    @property
    def sentence(self) -> str:
        """Say what is waited for."""
        return f"wait: {self.why}"


@dataclass(frozen=True, slots=True)
class AwaitAdoption(Rest):
    """Wait until whoever brings the machine says which it is, and it can be that one."""

    why: str = ""

    @property
    def sentence(self) -> str:
        """Say what is waited for."""
        return f"wait: {self.why}" if self.why else "wait for the id of the machine that is adopted"


@dataclass(frozen=True, slots=True)
class AwaitSight(Rest):
    """Wait until the machine can be seen again."""

    error: ProviderError

    @property
    def sentence(self) -> str:
        """Say what is waited for."""
        return f"wait: {self.error}"


@dataclass(frozen=True, slots=True)
class ReportUnprovided(Rest):
    """Do nothing with a spec that the provider can't honour, until it says that it can."""

    faults: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Say what is reported."""
        return f"wait for another provider or spec: {'; '.join(self.faults)}"


@dataclass(frozen=True, slots=True)
class Hold(Rest):
    """Do not try again what failed for good."""

    error: ProviderError

    @property
    def sentence(self) -> str:
        """Say what is waited for."""
        return f"hold: {self.error}"


@dataclass(frozen=True, slots=True)
class ReportMissing(Rest):
    """Say that a machine which we did not make is gone; it is not made again."""

    machine: MachineId

    @property
    def sentence(self) -> str:
        """Say what is reported."""
        return f"report machine {self.machine} missing"


@dataclass(frozen=True, slots=True)
class AwaitPower(Rest):
    """Wait until the power state can be told."""

    machine: MachineId

    @property
    def sentence(self) -> str:
        """Say what is waited for."""
        return f"wait: the power state of machine {self.machine} is unknown"


@dataclass(frozen=True, slots=True)
class Settle(Rest):
    """Nothing is left to do."""

    state: MachineState

    @property
    def sentence(self) -> str:
        """Say how the machine is."""
        restart = ", restart pending" if self.state.pending_restart else ""
        addresses = "".join(f", {address}" for address in self.state.addresses)
        return f"settled: {self.state.power}, {resources(self.state.cpus, self.state.memory)}{addresses}{restart}"
