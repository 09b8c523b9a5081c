"""Rings 1 and 2: what is used of a quota is told to people, once each time that it changes."""

from manager_world import World
from manifests import quota, vm, vm_class
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.dependents import tallied_by
from virtrigaud_manager.quota.usage import tell_usage

TEAM = ObjectKey(ObjectKind.RESOURCE_QUOTA, "default", "team")


def used(world: World) -> dict[str, str]:
    said: dict[str, str] = world.store.objects[TEAM].get("status", {}).get("used", {})
    return said


async def test_what_is_used_is_told_in_the_keys_of_the_quota(world: World) -> None:
    world.furnish()
    world.apply(quota(machines="9", cpus="9", memory="64Gi"), vm("a"), vm("b", resources={"cpu": 3}))
    await tell_usage(world.store, TEAM)
    assert used(world) == {
        "count/virtualmachines.infra.virtrigaud.io": "2",
        "virtrigaud.io/vcpus": "5",
        "virtrigaud.io/memory": "8Gi",
    }


async def test_what_kubernetes_counts_itself_is_left_to_it(world: World) -> None:
    world.furnish()
    world.apply(quota(machines="9", cpus="9"), vm())
    counted = {"hard": {"count/virtualmachines.infra.virtrigaud.io": "9"}, "used": {"pods": "4"}}
    world.store.set_status(TEAM, counted)
    await tell_usage(world.store, TEAM)
    assert used(world) == {"pods": "4", "virtrigaud.io/vcpus": "2"}


async def test_what_is_told_already_is_not_written_again(world: World) -> None:
    world.furnish()
    world.apply(quota(cpus="9"), vm())
    for _ in range(3):
        await tell_usage(world.store, TEAM)
    assert world.store.writes.count(f"usage {TEAM}") == 1


async def test_a_quota_about_other_things_and_one_that_is_gone_are_left_alone(world: World) -> None:
    world.apply(quota(pods="4"), vm())
    await tell_usage(world.store, TEAM)
    world.store.delete(TEAM)
    await tell_usage(world.store, TEAM)
    assert [write for write in world.store.writes if write.startswith("usage")] == []


async def test_machines_that_come_and_go_and_classes_that_grow_have_the_quota_told_anew(world: World) -> None:
    woken: list[ObjectKey] = []
    world.furnish()
    world.apply(quota(cpus="9"))
    world.store.on_change(lambda change: woken.extend(tallied_by(change, world.store.cache)))
    world.apply(vm())
    assert woken == [TEAM]
    world.apply(vm_class(cpu=4))
    assert woken == [TEAM, TEAM]
    world.delete()
    assert woken == [TEAM, TEAM, TEAM]
