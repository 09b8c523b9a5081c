from collections.abc import Callable
from dataclasses import replace

import pytest
from memory_specs import NO_GRACE, made, running, spec_of
from virtrigaud_api.contract import (
    CloneOrder,
    Conflict,
    DataDisk,
    GiB,
    MachineEvent,
    MachineEventKind,
    Nic,
    Owner,
    PowerState,
    PowerVerb,
)
from virtrigaud_provider_memory import MemoryProvider

Hypervisor = Callable[..., MemoryProvider]


async def test_a_machine_of_nobody_is_listed_and_never_taken_over(hypervisor: Hypervisor) -> None:
    provider = hypervisor()
    foreign = provider.administrator.make("web")
    (state,) = await provider.machines()
    assert (state.id, state.name, state.owner) == (foreign, "web", None)
    with pytest.raises(Conflict, match=r"cannot make machine web for team-a/web: machine vm-1 .* was not made by us"):
        await provider.create(spec_of("web"))


async def test_a_machine_that_was_removed_is_gone_and_can_be_made_again(hypervisor: Hypervisor) -> None:
    provider = hypervisor()
    machine = await made(provider, spec_of())
    events = provider.events()
    await anext(events)
    provider.administrator.remove(machine)
    assert await anext(events) == MachineEvent(kind=MachineEventKind.GONE, machine=machine)
    assert await provider.describe(machine) is None
    assert await made(provider, spec_of()) != machine


async def test_a_machine_that_was_renamed_is_found_by_its_owner(hypervisor: Hypervisor) -> None:
    provider = hypervisor()
    machine = await made(provider, spec_of("web"))
    provider.administrator.rename(machine, "renamed")
    assert await made(provider, spec_of("web")) == machine
    state = await provider.describe(machine)
    assert state is not None
    assert state.name == "renamed"


@pytest.mark.parametrize("power", PowerState)
async def test_l17_every_power_state_is_shown_and_left_by_on_and_off(hypervisor: Hypervisor, power: PowerState) -> None:
    provider = hypervisor()
    machine = await running(provider, spec_of())
    for verb, after in ((PowerVerb.ON, PowerState.ON), (PowerVerb.OFF, PowerState.OFF)):
        provider.administrator.set_power(machine, power)
        seen = await provider.describe(machine)
        assert seen is not None
        assert seen.power is power
        await provider.power(machine, verb, NO_GRACE)
        seen = await provider.describe(machine)
        assert seen is not None
        assert seen.power is after


async def test_devices_that_a_person_changed_are_seen_and_told_apart(hypervisor: Hypervisor) -> None:
    provider = hypervisor()
    spec = replace(spec_of(), disks=(DataDisk(name="data", size=GiB(1)), DataDisk(name="logs", size=GiB(1))))
    machine = await made(provider, spec)
    provider.administrator.plug_disk(machine, "extra", GiB(5))
    provider.administrator.unplug_disk(machine, "data")
    provider.administrator.plug_nic(machine, Nic(name="wild", network="elsewhere", vlan=7))
    (state,) = await provider.machines()
    assert [(disk.id, disk.name, disk.is_root) for disk in state.disks] == [
        ("root", "", True),
        ("logs", "logs", False),
        ("extra", "", False),
    ]
    assert [(nic.name, nic.is_described, nic.vlan) for nic in state.nics][-1] == ("wild", False, 7)

    await provider.reconfigure(machine, spec)
    (state,) = await provider.machines()
    assert [disk.id for disk in state.disks] == ["root", "data", "logs", "extra"]
    assert state.nics[-1].name == "wild"


async def test_a_machine_that_lost_a_disk_is_copied_with_an_empty_one(hypervisor: Hypervisor) -> None:
    provider = hypervisor()
    machine = await made(provider, replace(spec_of(), disks=(DataDisk(name="data", size=GiB(1)),)))
    provider.administrator.unplug_disk(machine, "data")
    copy = (await provider.clone(machine, CloneOrder(owner=Owner("team-a", "copy", "u9"), name="copy"))).machine
    state = await provider.describe(copy) if copy is not None else None
    assert state is not None
    assert [disk.name for disk in state.disks] == ["", "data"]
