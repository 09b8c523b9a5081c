"""Ring 2: machines that are brought back to a snapshot."""

from datetime import timedelta

from manager_world import World
from manifests import vm
from virtrigaud_api.contract import NotFound, PowerState
from virtrigaud_provider_memory import Verb

BEFORE = {"revertToRef": {"name": "before"}}


async def furnished(world: World) -> None:
    world.furnish()
    world.apply(vm())
    await world.settle()
    world.take("before")


async def test_a_reverted_machine_has_what_the_snapshot_has_and_runs_again(world: World) -> None:
    await furnished(world)
    world.apply(vm(disks=[{"name": "data", "sizeGiB": 1}]))
    await world.settle()
    assert [disk.id for disk in (await world.machine()).disks] == ["root", "data"]
    world.apply(vm(snapshot=BEFORE))
    await world.settle()
    machine = await world.machine()
    assert ([disk.id for disk in machine.disks], machine.power) == (["root"], PowerState.ON)
    assert world.events.reasons[-4:] == ["PoweredOff", "Reverted", "Reconfigured", "PoweredOn"]
    assert world.ready()[:2] == ("True", "ReconcileSuccess")


async def test_a_reversion_that_takes_time_is_made_once() -> None:
    async with World(durations={"revert_to_snapshot": timedelta(milliseconds=20)}) as world:
        await furnished(world)
        world.apply(vm(snapshot=BEFORE))
        await world.until(lambda: world.events.reasons[-1] == "PoweredOn")
        world.wake()
        await world.settle()
        assert world.story.count("revert machine vm-1 to snapshot before of VMSnapshot default/before") == 1
        assert "virtrigaud.io/reverting" not in world.vm().status.provider


async def test_l10_a_reversion_whose_task_failed_is_said_and_tried_again(world: World) -> None:
    await furnished(world)
    world.hypervisor.faults.fail_next_task(Verb.REVERT_TO_SNAPSHOT, NotFound)
    world.apply(vm(snapshot=BEFORE))
    await world.until(lambda: "ReportFailedTask" in [note.action for _, note in world.events.posted])
    assert "this failure was ordered" in world.ready()[2]
    world.wake()
    await world.until(lambda: world.events.reasons[-1] == "PoweredOn")
    await world.settle()
    assert world.ready()[:2] == ("True", "ReconcileSuccess")
    assert (await world.machine()).raw["boots"] == "2"


async def test_l19_a_provider_without_snapshots_is_named_with_the_field(world: World) -> None:
    await furnished(world)
    await world.report_capabilities(supports_snapshots=None)
    world.apply(vm(snapshot=BEFORE))
    await world.settle()
    refusal = "spec.snapshot.revertToRef needs the capability 'snapshots', which Provider default/lab does not have"
    assert world.ready() == ("False", "Unsupported", refusal)
    assert (await world.machine()).raw["boots"] == "1"
