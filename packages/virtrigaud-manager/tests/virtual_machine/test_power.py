"""Ring 2: power states, restarts and reverts between a cluster in memory and the memory provider."""

from datetime import UTC, datetime, timedelta
from typing import Any

from manager_world import World
from manifests import vm
from virtrigaud_api.contract import PowerState
from virtrigaud_api.v1beta1.keys import ANNOTATION_REBOOT
from virtrigaud_manager.look_again import NEVER, After


async def test_l17_a_machine_is_suspended_and_goes_on(world: World) -> None:
    world.furnish()
    world.apply(vm())
    await world.settle()
    world.apply(vm(powerState="Suspended"))
    await world.settle()
    assert (await world.machine()).power is PowerState.SUSPENDED
    assert world.ready() == ("True", "ReconcileSuccess", "the machine is suspended: 2 CPUs, 4096 MiB")
    assert world.condition("PowerStateMatches") == ("True", "AsDescribed", "Suspended, as described")
    world.apply(vm())
    await world.settle()
    assert (await world.machine()).power is PowerState.ON
    assert world.events.reasons == ["Created", "Suspended", "PoweredOn"]


async def test_l19_suspended_is_refused_by_name_where_the_provider_cannot_and_the_machine_goes_on() -> None:
    async with World(suspend=False) as world:
        world.furnish()
        await world.report_capabilities()
        world.apply(vm())
        await world.settle()
        world.apply(vm(powerState="Suspended"))
        await world.settle()
        refusal = "spec.powerState Suspended needs the capability 'suspend', which Provider default/lab does not have"
        assert world.ready() == ("False", "Unsupported", refusal)
        assert world.condition("PowerStateMatches") == ("False", "Differs", "On, wanted Suspended (spec.powerState)")
        assert (await world.machine()).power is PowerState.ON
        world.apply(vm())
        await world.settle()
        assert world.ready()[:2] == ("True", "ReconcileSuccess")


async def test_a_provider_that_does_not_say_what_it_can_is_asked() -> None:
    async with World(suspend=False) as world:
        world.furnish()
        world.apply(vm())
        await world.settle()
        world.apply(vm(powerState="Suspended"))
        await world.settle()
        refusal = "cannot suspend machine web: machines can't be suspended here"
        assert world.ready() == ("False", "Unsupported", refusal)
        assert (await world.machine()).power is PowerState.ON


WITHIN_WINDOW: dict[str, Any] = {
    "type": "WithinWindow",
    "windows": [{"schedule": "0 2 * * SUN", "duration": "2h", "timeZone": "Europe/Berlin"}],
}


async def boots(world: World) -> str:
    """How often the guest was started from the beginning."""
    return (await world.machine()).raw["boots"]


async def reboot(world: World, nonce: str) -> None:
    world.store.annotate(world.key(), **{ANNOTATION_REBOOT: nonce})
    await world.settle()


async def test_each_nonce_reboots_once_and_costs_two_writes_more_than_its_status(world: World) -> None:
    world.furnish()
    world.apply(vm())
    await world.settle()
    world.store.writes.clear()
    await reboot(world, "one")
    assert await boots(world) == "2"
    assert world.store.writes == ["status VirtualMachine default/web"] * 3
    assert world.events.reasons == ["Created", "Restarting", "ShutDown", "PoweredOn"]
    for _ in range(2):
        world.wake()
        await world.settle()
    await reboot(world, "one")
    assert await boots(world) == "2"
    await reboot(world, "two " * 1000)
    assert await boots(world) == "3"
    assert len(world.vm().status.provider[ANNOTATION_REBOOT]) <= 64
    assert world.ready()[:2] == ("True", "ReconcileSuccess")


async def test_a_guest_that_does_not_react_to_a_reboot_is_stopped_hard_after_its_grace() -> None:
    async with World(guest_ignores_shutdown=True) as world:
        world.furnish()
        world.apply(vm(lifecycle={"gracefulShutdownTimeout": "100ms"}))
        await world.settle()
        world.store.annotate(world.key(), **{ANNOTATION_REBOOT: "one"})
        await world.until(lambda: world.events.reasons[-1:] == ["PoweredOn"])
        assert await boots(world) == "2"


async def test_a_manifest_that_was_copied_with_its_annotation_does_not_reboot_the_machine_that_it_makes(
    world: World,
) -> None:
    world.furnish()
    manifest = vm()
    manifest["metadata"]["annotations"] = {ANNOTATION_REBOOT: "one"}
    world.apply(manifest)
    await world.settle()
    assert await boots(world) == "1"
    await reboot(world, "two")
    assert await boots(world) == "2"


async def test_l16_what_waits_for_a_restart_is_said_with_who_restarts_it() -> None:
    async with World(reconfigure_online=False) as world:
        world.furnish()
        world.apply(vm())
        await world.settle()
        assert world.condition("RestartRequired")[:2] == ("False", "NoRestartPending")
        world.apply(vm(resources={"cpu": 4}))
        assert await world.settle() == NEVER
        nobody = "2 CPUs, wanted 4 (spec.resources.cpu); somebody has to restart it (spec.restartPolicy.type is Never)"
        assert world.condition("RestartRequired") == ("True", "PendingRestart", nobody)
        await reboot(world, "one")
        assert world.condition("RestartRequired")[:2] == ("False", "NoRestartPending")
        assert (world.cpus(), await boots(world)) == (4, "2")


async def test_l38_the_machine_is_looked_at_again_exactly_when_its_window_opens() -> None:
    async with World(reconfigure_online=False) as world:
        world.furnish()
        world.apply(vm(restartPolicy=WITHIN_WINDOW))
        assert await world.settle() == NEVER
        world.apply(vm(restartPolicy=WITHIN_WINDOW, resources={"cpu": 4}))
        assert await world.settle() == After(timedelta(hours=13))
        waits = "2 CPUs, wanted 4 (spec.resources.cpu); the next window opens at 2026-02-01T02:00:00+01:00"
        assert world.condition("RestartRequired") == ("True", "PendingRestart", waits)
        world.store.writes.clear()
        world.now = datetime(2026, 2, 1, 0, 59, tzinfo=UTC)
        world.wake()
        assert await world.settle() == After(timedelta(minutes=1))
        assert world.store.writes == []
        world.now = datetime(2026, 2, 1, 1, tzinfo=UTC)
        world.wake()
        assert await world.settle() == NEVER
        assert (world.cpus(), await boots(world)) == (4, "2")
