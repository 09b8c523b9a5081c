"""Ring 2: nothing is made beyond a quota, and what waits is made as soon as there is room."""

from manager_world import World
from manifests import quota, vm, vm_class


async def test_a_machine_beyond_the_quota_waits_and_says_what_is_used(world: World) -> None:
    world.furnish()
    world.apply(quota(cpus="3"), vm("first"))
    await world.settle()
    world.apply(vm("second"))
    await world.settle()
    assert world.ready("first")[:2] == ("True", "ReconcileSuccess")
    assert world.ready("second") == (
        "False",
        "QuotaExceeded",
        "ResourceQuota team allows 3 virtual CPUs (virtrigaud.io/vcpus): 2 used, 2 asked for",
    )
    assert world.vm("second").metadata.finalizers == ()
    assert len(await world.machines()) == 1


async def test_a_machine_that_goes_makes_room_for_the_one_that_waits(world: World) -> None:
    world.furnish()
    world.apply(quota(machines="1"), vm("first"), vm("second"))
    await world.settle()
    assert world.ready("second")[1] == "QuotaExceeded"
    world.delete("first")
    await world.settle()
    assert world.ready("second")[:2] == ("True", "ReconcileSuccess")


async def test_a_machine_that_becomes_smaller_makes_room(world: World) -> None:
    world.furnish()
    world.apply(quota(memory="6Gi"), vm("first"), vm("second"))
    await world.settle()
    assert world.ready("second")[1] == "QuotaExceeded"
    world.apply(vm("first", resources={"memoryMiB": 2048}))
    await world.settle()
    assert world.ready("second")[:2] == ("True", "ReconcileSuccess")


async def test_a_quota_that_is_raised_or_removed_lets_the_machine_in(world: World) -> None:
    world.furnish()
    world.apply(quota(machines="0"), vm())
    await world.settle()
    assert world.ready()[1] == "QuotaExceeded"
    world.apply(quota(machines="1"))
    await world.settle()
    assert world.ready()[:2] == ("True", "ReconcileSuccess")


async def test_machines_that_are_there_stay_when_a_quota_is_lowered(world: World) -> None:
    world.furnish()
    world.apply(vm())
    await world.settle()
    world.apply(quota(machines="0"))
    await world.settle()
    world.wake()
    await world.settle()
    assert world.ready()[:2] == ("True", "ReconcileSuccess")


async def test_many_machines_at_once_fill_a_quota_and_do_not_go_beyond_it(world: World) -> None:
    world.furnish()
    world.apply(quota(cpus="7"), vm_class("large", cpu=3))
    names = [f"vm-{number}" for number in range(6)]
    world.apply(
        *(vm(name, classRef={"name": "large" if number == 1 else "small"}) for number, name in enumerate(names))
    )
    await world.settle()
    assert {name: world.ready(name)[1] for name in names} == {
        "vm-0": "ReconcileSuccess",
        "vm-1": "ReconcileSuccess",
        "vm-2": "ReconcileSuccess",
        "vm-3": "QuotaExceeded",
        "vm-4": "QuotaExceeded",
        "vm-5": "QuotaExceeded",
    }


async def test_the_quota_of_another_namespace_limits_nobody_here(world: World) -> None:
    world.furnish()
    world.apply(quota(namespace="other", machines="0"), vm())
    await world.settle()
    assert world.ready()[:2] == ("True", "ReconcileSuccess")


async def test_waiting_costs_no_write(world: World) -> None:
    world.furnish()
    world.apply(quota(machines="0"), vm())
    await world.settle()
    writes = len(world.store.writes)
    world.wake()
    await world.settle()
    assert len(world.store.writes) == writes
