"""Ring 1: which machine is adopted as what, and why the others are not."""

import hashlib
from typing import Any

import pytest
from manifests import vm_class
from virtrigaud_api.contract import MachineId, MachineState, MiB, Owner, PowerState
from virtrigaud_api.v1beta1 import VMClass
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.kinds.adoption.census import (
    Adoptable,
    Left,
    Surroundings,
    Taken,
    census,
    class_name,
    free_name,
)
from virtrigaud_manager.kinds.adoption.terms import Mode, Terms

ALL = Terms(Mode.OBSERVE)
NOTHING_ELSE = Surroundings(taken={}, adopted=frozenset(), names=frozenset(), classes=(), images=frozenset())


def state(id_: str = "vm-1", name: str = "web", **changes: Any) -> MachineState:
    usual: dict[str, Any] = {"owner": None, "power": PowerState.ON, "cpus": 2, "memory": MiB(4096)}
    return MachineState(id=MachineId(id_), name=name, **usual | changes)


def suffix(id_: str) -> str:
    return hashlib.sha256(id_.encode()).hexdigest()[:8]


@pytest.mark.parametrize(
    ("native", "name"),
    [
        ("web", "web"),
        ("Web Server_01.example", "web-server-01-example"),
        ("--odd--", "odd"),
        ("größe", "gre"),
        ("x" * 80, "x" * 63),
        ("日本", "vm-vm-1"),
        ("", "vm-vm-1"),
    ],
)
def test_a_machine_is_called_as_on_the_hypervisor_as_far_as_kubernetes_allows(native: str, name: str) -> None:
    assert free_name(state(name=native), set()) == name


def test_a_name_that_is_taken_gets_a_suffix_that_is_always_the_same() -> None:
    assert free_name(state("vm-9"), {"web"}) == f"web-{suffix('vm-9')}"
    long = free_name(state("vm-9", "x" * 80), {"x" * 63})
    assert (len(long), long[-9:]) == (63, f"-{suffix('vm-9')}")


def test_of_machines_with_one_name_each_gets_a_name_of_its_own() -> None:
    judged = census((state("b", "Web"), state("a", "web"), state("c", "WEB")), ALL, NOTHING_ELSE)
    names = [found.name for found in judged if isinstance(found, Adoptable)]
    assert names == ["web", f"web-{suffix('b')}", f"web-{suffix('c')}"]


def test_l06_machines_that_are_somebodys_or_something_else_are_left_alone() -> None:
    key = ObjectKey(ObjectKind.VIRTUAL_MACHINE, "default", "known")
    around = Surroundings(
        taken={MachineId("a"): key},
        adopted=frozenset(),
        names=frozenset(),
        classes=(),
        images=frozenset({"golden", "h"}),
    )
    machines = (
        state("a"),
        state("b", owner=Owner("default", "web", "uid-9")),
        state("c", raw={"template": "true"}),
        state("d", "golden"),
        state("h", "by-id"),
        state("e", cpus=0),
        state("f", memory=MiB(0)),
        state("g", power=PowerState.UNKNOWN),
    )
    judged = census(machines, ALL, around)
    assert judged[0] == Taken(machines[0], key)
    assert {found.state.id: found.why for found in judged if isinstance(found, Left)} == {
        "b": "it belongs to VirtualMachine default/web",
        "c": "it is a template",
        "d": "a VMImage is made from it",
        "h": "a VMImage is made from it",
        "e": "the provider does not tell how large it is",
        "f": "the provider does not tell how large it is",
        "g": "its power state is unknown",
    }


def test_a_class_of_the_same_size_is_found_and_otherwise_one_is_named() -> None:
    classes = tuple(VMClass.from_manifest(vm_class(name)) for name in ("small", "medium"))
    assert class_name(2, MiB(4096), classes) == "medium"
    assert class_name(2, MiB(4097), classes) == "adopted-2cpu-4097mb"
