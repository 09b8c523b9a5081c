"""Which machines of a provider are adopted, as what, and why others are not. Pure: the heart of the plan.

The same machines, objects and terms give the same answer at any time, so that a crash between two adoptions
changes nothing.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from virtrigaud_api.contract import MachineId, MachineState, MiB, PowerState
from virtrigaud_api.v1beta1 import VMClass

from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.kinds.adoption.terms import Terms

LONGEST_NAME: Final = 63

_SUFFIX_LENGTH: Final = 8
_SEPARATORS: Final = re.compile(r"[_.\s]")
_OTHERS: Final = re.compile(r"[^a-z0-9-]")


@dataclass(frozen=True, slots=True)
class Adoptable:
    """A machine that is adopted next.

    Attributes:
        name: Of the VirtualMachine.
        class_name: Of the VMClass, which may have to be made.
    """

    state: MachineState
    name: str
    class_name: str


@dataclass(frozen=True, slots=True)
class Left:
    """A machine that is not adopted."""

    state: MachineState
    why: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A machine that a VirtualMachine stands for."""

    state: MachineState
    by: ObjectKey


Judged = Adoptable | Left | Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What there is beside the machines.

    Attributes:
        taken: Which VirtualMachine stands for which machine.
        adopted: Machines whose VirtualMachine was made by adoption.
        names: Names of VirtualMachines in the Provider's namespace.
        classes: VMClasses of that namespace.
        images: Names, paths and ids that VMImages have for what machines are made from.
    """

    taken: Mapping[MachineId, ObjectKey] = field(default_factory=dict)
    adopted: frozenset[MachineId] = frozenset()
    names: frozenset[str] = frozenset()
    classes: tuple[VMClass, ...] = ()
    images: frozenset[str] = frozenset()


def census(machines: tuple[MachineState, ...], terms: Terms, around: Surroundings) -> tuple[Judged, ...]:
    """Judge each machine, in the order of their ids."""
    return tuple(_judged(sorted(machines, key=lambda state: state.id), terms, around))


def _judged(machines: list[MachineState], terms: Terms, around: Surroundings) -> Iterator[Judged]:
    names = set(around.names)
    for state in machines:
        by = around.taken.get(state.id)
        if by is not None:
            yield Taken(state, by)
            continue
        why = _why_not(state, around) or terms.why_not(state)
        if why is not None:
            yield Left(state, why)
            continue
        name = free_name(state, names)
        names.add(name)
        yield Adoptable(state, name, class_name(state.cpus, state.memory, around.classes))


def _why_not(state: MachineState, around: Surroundings) -> str | None:
    if state.owner is not None:
        return f"it belongs to VirtualMachine {state.owner}"
    if state.raw.get("template", "").lower() in ("true", "1", "yes"):
        return "it is a template"
    if {state.id, state.name} & around.images:
        return "a VMImage is made from it"
    if state.cpus < 1 or state.memory < 1:
        return "the provider does not tell how large it is"
    if state.power is PowerState.UNKNOWN:
        return "its power state is unknown"
    return None


def free_name(state: MachineState, taken: set[str]) -> str:
    """Name the VirtualMachine: as the machine where that is a DNS label and free, else with a stable suffix."""
    plain = _label(state.name) or _label(f"vm-{state.id}")
    if plain not in taken:
        return plain
    return f"{plain[: LONGEST_NAME - _SUFFIX_LENGTH - 1].strip('-')}-{_suffix(state.id)}"


def class_name(cpus: int, memory: MiB, classes: tuple[VMClass, ...]) -> str:
    """Name the class of a machine: one of the same size if there is any, else the one that is made for it."""
    fitting = sorted(
        found.metadata.name for found in classes if found.spec.cpu == cpus and found.spec.memory.mib == memory
    )
    return fitting[0] if fitting else f"adopted-{cpus}cpu-{memory}mb"


def _label(text: str) -> str:
    lower = _SEPARATORS.sub("-", text.lower())
    return _OTHERS.sub("", lower)[:LONGEST_NAME].strip("-")


def _suffix(machine: MachineId) -> str:
    return hashlib.sha256(machine.encode()).hexdigest()[:_SUFFIX_LENGTH]
