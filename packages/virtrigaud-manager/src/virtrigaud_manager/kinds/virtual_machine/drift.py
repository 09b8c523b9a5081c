"""Where a machine is not as it is described: field by field, with what was seen and what is wanted. Pure.

`plan` asks it what has to be put right, `facts` says it to people. What a provider does not tell is no
difference: nobody can say that it differs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from virtrigaud_api.contract import Hardware, MachineState, PowerState
from virtrigaud_api.v1beta1 import VirtualMachine
from virtrigaud_api.v1beta1.power_state import DesiredPowerState

from virtrigaud_manager.kinds.virtual_machine.observation import Observation, Wanted

_SATISFYING = {
    DesiredPowerState.ON: (PowerState.ON,),
    DesiredPowerState.OFF: (PowerState.OFF,),
    DesiredPowerState.OFF_GRACEFUL: (PowerState.OFF,),
    DesiredPowerState.SUSPENDED: (PowerState.SUSPENDED, PowerState.OFF),
}


class Group(StrEnum):
    """A group of facts that are observed and put right together; the fields of `spec.driftPolicy`."""

    POWER = "power"
    RESOURCES = "resources"


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact of a machine that is not as described.

    Attributes:
        field: The field that describes it, as the user finds it.
    """

    group: Group
    field: str
    seen: str
    wanted: str

    def __str__(self) -> str:
        """Say it to a person."""
        return f"{self.seen}, wanted {self.wanted} ({self.field})"


def differences(o: Observation) -> tuple[Difference, ...]:
    """Compare the machine with what is wanted of it; nothing when one of them is not known."""
    if o.state is None:
        return ()
    power = tuple(_power(o, o.state))
    if not isinstance(o.wish, Wanted):
        return power
    return (*power, *_resources(o.vm, o.state, o.wish.spec.hardware))


def drift(o: Observation) -> tuple[Difference, ...]:
    """Return the differences that nobody asked for: the provider took the spec, and the machine is another."""
    if not isinstance(o.wish, Wanted) or o.applied != o.wish.digest:
        return ()
    pending = o.state is not None and o.state.pending_restart
    return tuple(d for d in differences(o) if not (pending and d.group is Group.RESOURCES))


def _power(o: Observation, state: MachineState) -> Iterator[Difference]:
    if state.power not in (*_SATISFYING[o.wanted_power], PowerState.UNKNOWN):
        yield Difference(Group.POWER, "spec.powerState", state.power, o.wanted_power)


def _resources(vm: VirtualMachine, state: MachineState, hardware: Hardware) -> Iterator[Difference]:
    override = vm.spec.resources
    if state.cpus not in (hardware.cpus, 0):
        field = "spec.resources.cpu" if override and override.cpu else f"{_class(vm)} spec.cpu"
        yield Difference(Group.RESOURCES, field, _cpus(state.cpus), str(hardware.cpus))
    if state.memory not in (hardware.memory, 0):
        field = "spec.resources.memoryMiB" if override and override.memory_mib else f"{_class(vm)} spec.memory"
        yield Difference(Group.RESOURCES, field, f"{state.memory} MiB", f"{hardware.memory} MiB")


def _class(vm: VirtualMachine) -> str:
    reference = vm.spec.class_ref
    return f"VMClass {reference.namespace or vm.metadata.namespace}/{reference.name}"


def _cpus(count: int) -> str:
    return f"{count} CPU{'s' if count != 1 else ''}"
