"""Ring 2: machines that are made and started with one call, and those that something has to happen to before."""

import pytest
from manager_world import World
from manifests import vm
from virtrigaud_api.contract import PowerState
from virtrigaud_api.v1beta1.keys import ANNOTATION_REBOOT

AFTER_START = {"lifecycle": {"postStart": {"exec": {"command": ["/bin/true"]}}}}
BEFORE = {"snapshot": {"revertToRef": {"name": "before"}}}
POWER_REPORTED = {"driftPolicy": {"power": "Report"}}
ADD_FINALIZER = "add the finalizer"
CREATE = "machine web on Provider default/lab: 2 CPUs, 4096 MiB, image debian-12"


async def made(world: World, **spec: object) -> list[str]:
    """Make a machine, and return what was done for it but for the last rest."""
    world.furnish()
    world.apply(vm(**spec))
    await world.settle()
    return world.story[1:-1]


async def made_anew(world: World) -> list[str]:
    """Let the one machine vanish, and return what was done about it but for the last rest."""
    world.story.clear()
    world.hypervisor.administrator.remove((await world.machine()).id)
    world.wake()
    await world.settle()
    return world.story[:-1]


async def test_a_machine_that_shall_run_costs_one_step(world: World) -> None:
    assert await made(world) == [f"create and start {CREATE}"]
    assert (await world.machine()).power is PowerState.ON
    ((_, note),) = world.events.posted
    assert (note.reason, note.message) == ("Created", f"create and start {CREATE}")


@pytest.mark.parametrize("power", ["Off", "OffGraceful", "Suspended"])
async def test_a_machine_that_shall_not_run_is_never_started(world: World, power: str) -> None:
    assert await made(world, powerState=power) == [f"create {CREATE}"]
    machine = await world.machine()
    assert (machine.power, machine.raw.get("boots")) == (PowerState.OFF, None)


async def test_a_machine_with_a_hook_after_its_start_is_made_first_and_started_then(world: World) -> None:
    done = await made(world, **AFTER_START)
    assert done[:2] == [f"create {CREATE}", "power on machine vm-1: Off, wanted On"]
    assert len(world.hypervisor.administrator.commands) == 1


async def test_a_machine_that_is_to_be_reverted_is_not_started_before(world: World) -> None:
    await made(world, powerState="Off")
    world.take("before")
    world.apply(vm(**BEFORE))
    world.hypervisor.administrator.remove((await world.machine()).id)
    world.story.clear()
    world.wake()
    await world.settle()
    assert world.story[0] == f"create {CREATE}, because vm-1 is not there any more"
    assert (await world.machine()).power is PowerState.OFF


async def test_a_machine_made_anew_is_started_at_once(world: World) -> None:
    await made(world)
    assert await made_anew(world) == [f"create and start {CREATE}, because vm-1 is not there any more"]


async def test_a_machine_made_anew_runs_where_drift_of_power_is_only_reported(world: World) -> None:
    await made(world, **POWER_REPORTED, **AFTER_START)
    await made_anew(world)
    assert (await world.machine()).power is PowerState.ON
    assert len(world.hypervisor.administrator.commands) == 2


async def test_a_machine_made_anew_has_had_the_reboot_that_was_asked_for_before(world: World) -> None:
    await made(world)
    (machine,) = await world.machines()
    world.hypervisor.administrator.remove(machine.id)
    world.store.annotate(world.key(), **{ANNOTATION_REBOOT: "first"})
    await world.settle()
    world.wake()
    await world.settle()
    assert (await world.machine()).raw["boots"] == "1"
