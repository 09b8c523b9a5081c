"""Rings 1 and 2: maintenance of a hypervisor, and a Provider that is held, as its users read about it."""

from manifests import vm, vm_class, vm_image
from provider_world import KEY, ProviderWorld
from virtrigaud_api.contract import Capabilities, Facet
from virtrigaud_api.v1beta1.keys import ANNOTATION_MAINTENANCE
from virtrigaud_api.v1beta1.provider_status import ProviderCapability
from virtrigaud_manager.kinds.provider.capabilities import sorts_of


async def with_a_machine(world: ProviderWorld) -> None:
    await world.started()
    world.apply(vm_class(), vm_image(), vm())
    await world.settle()


async def test_in_maintenance_the_hypervisor_is_looked_at_and_nothing_is_changed() -> None:
    async with ProviderWorld() as world:
        await with_a_machine(world)
        before = await world.machines()
        world.store.annotate(KEY, **{ANNOTATION_MAINTENANCE: "true"})
        await world.settle()
        assert world.said_of("Maintenance")[:2] == ("True", "Maintenance")
        assert world.said_of("ProviderAvailable")[0] == "True"
        assert world.ready()[0] == "True"
        world.apply(vm(powerState="Off"))
        await world.settle()
        status, reason, message = world.ready()
        assert (status, reason) == ("False", "Maintenance")
        assert message == "Provider default/lab is in maintenance; put off: power off machine vm-1: On, wanted Off"
        assert await world.machines() == before


async def test_the_end_of_maintenance_is_acted_upon_at_once() -> None:
    async with ProviderWorld() as world:
        await world.started()
        world.store.annotate(KEY, **{ANNOTATION_MAINTENANCE: "true"})
        world.apply(vm_class(), vm_image(), vm())
        await world.settle()
        assert (await world.machines(), world.ready()[1]) == ([], "Maintenance")
        world.store.annotate(KEY, **{ANNOTATION_MAINTENANCE: None})
        await world.settle()
        assert world.ready()[0] == "True"
        assert world.said_of("Maintenance")[:2] == ("False", "InOperation")
        assert world.said.reasons == ["RemoteAvailable", "Maintenance", "InOperation"]


async def test_a_held_provider_names_who_needs_it_and_works_on() -> None:
    async with ProviderWorld() as world:
        await world.started()
        world.apply(vm_class(), vm_image(), *(vm(name) for name in ("a", "b", "c", "d")))
        await world.settle()
        world.store.delete(KEY)
        await world.settle()
        expected = (
            "VirtualMachine default/a, VirtualMachine default/b, VirtualMachine default/c and 1 more refer to it; "
            'delete or move them first, or set the annotation virtrigaud.io/force-delete: "true"'
        )
        assert world.said_of("Deleting") == ("True", "InUse", expected)
        assert world.said_of("ProviderAvailable")[0] == "True"
        assert world.said.reasons == ["RemoteAvailable", "InUse"]


async def test_l34_a_machine_elsewhere_that_was_never_made_does_not_hold_a_provider() -> None:
    async with ProviderWorld() as world:
        await world.started()
        stranger = vm(providerRef={"name": "lab", "namespace": "default"})
        stranger["metadata"]["namespace"] = "other"
        world.apply(stranger)
        await world.settle()
        world.store.delete(KEY)
        await world.settle()
        assert KEY not in world.store.objects


def test_l18_the_sorts_of_things_that_a_provider_can_do_follow_from_its_answers() -> None:
    assert sorts_of(Capabilities()) == (ProviderCapability.VIRTUAL_MACHINES,)
    able = Capabilities(
        facets=frozenset({Facet.SNAPSHOTS, Facet.CLONES, Facet.IMAGES}), disk_types=("thin",), network_types=("bridge",)
    )
    assert sorts_of(able) == (
        ProviderCapability.VIRTUAL_MACHINES,
        ProviderCapability.SNAPSHOTS,
        ProviderCapability.CLONING,
        ProviderCapability.TEMPLATES,
        ProviderCapability.DISK_MANAGEMENT,
        ProviderCapability.NETWORK_MANAGEMENT,
    )
