"""Ring 2: power states, restarts and reverts between a cluster in memory and the memory provider."""

from manager_world import World
from manifests import vm
from virtrigaud_api.contract import PowerState


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
