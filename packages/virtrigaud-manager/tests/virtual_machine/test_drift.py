"""Ring 2: what people change on the hypervisor is seen, and put right or only reported, for each group of facts."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from manager_world import World
from manifests import network, vm
from virtrigaud_api.contract import GiB, MachineId, MachineSpec, MiB, Nic, PowerState, Submitted
from virtrigaud_provider_memory.administrator import Administrator

SPEC: dict[str, Any] = {
    "networks": [{"name": "lan", "networkRef": {"name": "lan"}}],
    "disks": [{"name": "data", "sizeGiB": 2}],
    "tags": ["blue"],
    "placement": {"host": "rack-1"},
    "driftPolicy": {"placement": "Enforce"},
}

WILD = "lan on network wild, model virtio, vlan 7, wanted network default, model virtio, vlan none (spec.networks[lan])"

Deed = Callable[[Administrator, MachineId], None]

TAMPERING: dict[str, tuple[Deed, str]] = {
    "resources": (
        lambda person, machine: person.resize(machine, cpus=1, memory=MiB(4096)),
        "1 CPU, wanted 2 (VMClass default/small spec.cpu)",
    ),
    "disks": (
        lambda person, machine: person.unplug_disk(machine, "data"),
        "no disk data, wanted 2 GiB (spec.disks[data])",
    ),
    "networks": (
        lambda person, machine: person.plug_nic(machine, Nic(name="lan", network="wild", model="virtio", vlan=7)),
        WILD,
    ),
    "tags": (
        lambda person, machine: person.tag(machine, "red", "green"),
        "tags green, red, wanted tags blue (spec.tags)",
    ),
    "placement": (
        lambda person, machine: person.move(machine, "rack-9"),
        "on rack-9, wanted rack-1 (spec.placement.host)",
    ),
    "power": (
        lambda person, machine: person.set_power(machine, PowerState.OFF),
        "Off, wanted On (spec.powerState)",
    ),
}


async def settled(world: World, **spec: Any) -> MachineId:
    """Make the usual machine, and return its id."""
    world.furnish()
    world.apply(network(), vm(**SPEC | spec))
    await world.settle()
    assert world.ready()[0] == "True"
    return (await world.machine()).id


async def tamper(world: World, deed: Deed, machine: MachineId) -> None:
    deed(world.hypervisor.administrator, machine)
    world.wake()
    await world.settle()


def drift(world: World) -> tuple[str, str]:
    status, _, message = world.condition("DriftDetected")
    return status, message


@pytest.mark.parametrize("group", TAMPERING)
async def test_what_is_enforced_is_put_right(world: World, group: str) -> None:
    machine = await settled(world)
    before = await world.machine()
    deed, _ = TAMPERING[group]
    await tamper(world, deed, machine)
    assert replace(await world.machine(), raw={}) == replace(before, raw={})
    assert drift(world)[0] == "False"
    assert world.ready()[0] == "True"


@pytest.mark.parametrize("group", TAMPERING)
async def test_what_is_only_reported_is_left_alone(world: World, group: str) -> None:
    machine = await settled(world, driftPolicy={group: "Report"})
    deed, says = TAMPERING[group]
    await tamper(world, deed, machine)
    changed = await world.machine()
    assert drift(world) == ("True", f"{says}. Only reported by spec.driftPolicy: {group}")
    assert world.ready()[0] == "True"
    world.store.writes.clear()
    world.wake()
    await world.settle()
    assert await world.machine() == changed
    assert world.store.writes == []


@pytest.mark.parametrize("group", ["resources", "networks", "tags", "placement"])
async def test_a_change_by_the_user_leaves_the_drift_of_another_group_alone(world: World, group: str) -> None:
    policy = {group: "Report"}
    machine = await settled(world, driftPolicy=policy)
    deed, says = TAMPERING[group]
    await tamper(world, deed, machine)
    world.apply(
        vm(**SPEC | {"driftPolicy": policy, "disks": [{"name": "data", "sizeGiB": 3, "expandPolicy": "Online"}]})
    )
    await world.settle()
    assert (await world.machine()).disks[1].size_bytes == 3 << 30
    assert drift(world)[1].startswith(says)


async def test_a_change_by_the_user_is_applied_although_drift_is_only_reported(world: World) -> None:
    policy = {"resources": "Report", "power": "Report", "placement": "Report"}
    machine = await settled(world, driftPolicy=policy)
    await tamper(world, TAMPERING["resources"][0], machine)
    world.apply(vm(**SPEC | {"driftPolicy": policy, "resources": {"cpu": 3}, "powerState": "Off"}))
    await world.settle()
    state = await world.machine()
    assert (state.cpus, state.power) == (3, PowerState.OFF)
    assert drift(world)[0] == "False"


async def test_a_disk_that_nobody_described_is_reported_and_left_alone(world: World) -> None:
    machine = await settled(world)
    await tamper(world, lambda person, found: person.plug_disk(found, "extra", GiB(5)), machine)
    says = "disk extra of 5 GiB, wanted none (spec.disks)"
    left = "What nobody described is left alone, and no disk is made smaller"
    assert drift(world) == ("True", f"{says}. {left}")
    assert world.ready()[0] == "True"

    world.apply(vm(**SPEC | {"tags": ["other"]}))
    await world.settle()
    assert [disk.id for disk in (await world.machine()).disks] == ["root", "data", "extra"]


async def test_a_disk_that_somebody_made_larger_stays_so_and_hinders_nothing(world: World) -> None:
    machine = await settled(world)
    await tamper(world, lambda person, found: person.plug_disk(found, "data", GiB(9)), machine)
    assert drift(world)[1].startswith("disk data of 9 GiB, wanted 2 GiB (spec.disks[data].sizeGiB)")
    world.apply(vm(**SPEC | {"tags": ["other"]}))
    await world.settle()
    assert world.ready()[0] == "True"
    assert (await world.machine()).disks[1].size_bytes == 9 << 30


async def test_a_disk_that_the_user_makes_smaller_is_refused(world: World) -> None:
    await settled(world)
    world.apply(vm(**SPEC | {"disks": [{"name": "data", "sizeGiB": 1}]}))
    await world.settle()
    assert world.ready() == ("False", "ValidationError", "disk data has 2 GiB and can't shrink to 1 GiB")


async def test_what_the_provider_can_not_mend_is_tried_once_and_said() -> None:
    async with World() as world:
        machine = await settled(world)
        calls: list[MachineSpec] = []

        async def in_vain(_: MachineId, spec: MachineSpec) -> Submitted:
            calls.append(spec)
            return Submitted()

        world.hypervisor.reconfigure = in_vain  # type: ignore[method-assign]
        await tamper(world, TAMPERING["tags"][0], machine)
        for _ in range(3):
            world.wake()
            await world.settle()
        assert len(calls) == 1
        says = "tags green, red, wanted tags blue (spec.tags)"
        assert world.ready() == (
            "False",
            "Unsupported",
            f"Provider default/lab took the change, and the machine is not as described all the same: {says}",
        )
        assert drift(world) == ("True", says)


async def test_a_size_that_the_hypervisor_can_not_tell_is_no_difference(world: World) -> None:
    await settled(world)
    states = world.hypervisor.describe

    async def without_sizes(found: MachineId) -> Any:
        state = await states(found)
        return state and replace(state, disks=tuple(replace(disk, size_bytes=0) for disk in state.disks))

    world.hypervisor.describe = without_sizes  # type: ignore[method-assign]
    world.restart()
    world.wake()
    await world.settle()
    assert drift(world)[0] == "False"
    assert world.ready()[0] == "True"


async def test_a_provider_that_tells_only_the_outline_is_not_accused(world: World) -> None:
    machine = await settled(world)
    states = world.hypervisor.describe

    async def outline(found: MachineId) -> Any:
        state = await states(found)
        return state and replace(state, cpus=0, memory=MiB(0), nics=(), disks=(), tags=(), is_complete=False)

    world.hypervisor.describe = outline  # type: ignore[method-assign]
    world.restart()
    world.wake()
    await world.settle()
    assert drift(world)[0] == "False"
    assert (await world.machine()).id == machine
    assert world.condition("ResourcesMatch")[:2] == ("Unknown", "NotKnown")


async def test_drift_that_stays_is_told_once(world: World) -> None:
    machine = await settled(world, driftPolicy={"tags": "Report"})
    for _ in range(2):
        await tamper(world, TAMPERING["tags"][0], machine)
    await tamper(world, lambda person, found: person.tag(found), machine)
    assert [(note.reason, note.message) for _, note in world.events.posted[1:]] == [
        ("DriftDetected", "tags green, red, wanted tags blue (spec.tags). Only reported by spec.driftPolicy: tags"),
        ("DriftDetected", "no tags, wanted tags blue (spec.tags). Only reported by spec.driftPolicy: tags"),
    ]
