"""Ring 2: a protected machine outlives the deletion of its object until the protection is taken off."""

from manager_world import World
from manifests import vm
from virtrigaud_api.contract import PowerState
from virtrigaud_api.v1beta1.keys import ANNOTATION_FORCE_DELETE


async def test_a_protected_machine_stays_until_its_protection_is_taken_off(world: World) -> None:
    world.furnish()
    world.apply(vm(deletionProtection=True))
    await world.settle()
    world.delete()
    await world.settle()
    assert (await world.machine()).power is PowerState.ON
    assert world.condition("Deleting") == (
        "True",
        "DeletionProtected",
        "spec.deletionProtection is true, so the machine stays; set it to false to let it go",
    )
    assert world.vm().status.phase == "Deleting"
    world.store.respec(world.key(), deletionProtection=False)
    await world.settle()
    assert not world.exists()
    assert await world.machines() == []


async def test_neither_force_nor_retain_lets_a_protected_object_go(world: World) -> None:
    world.furnish()
    world.apply(vm(deletionProtection=True, deletionPolicy="Retain"))
    await world.settle()
    world.store.annotate(world.key(), **{ANNOTATION_FORCE_DELETE: "true"})
    world.delete()
    await world.settle()
    assert world.exists()
    assert (await world.machine()).power is PowerState.ON


async def test_protection_changes_nothing_about_the_life_of_a_machine(world: World) -> None:
    world.furnish()
    world.apply(vm(deletionProtection=True))
    await world.settle()
    writes = len(world.store.writes)
    world.wake()
    await world.settle()
    assert world.ready()[:2] == ("True", "ReconcileSuccess")
    assert len(world.store.writes) == writes
