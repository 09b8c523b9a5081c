"""Ring 2: classes and networks are counted, checked, and held while machines refer to them."""

import pytest
from image_world import ImageWorld
from manifests import network, vm, vm_class, vm_image
from virtrigaud_api.contract import Unsupported
from virtrigaud_api.v1beta1 import Condition, VMClass, VMNetworkAttachment
from virtrigaud_api.v1beta1.keys import FINALIZER_VM_CLASS, FINALIZER_VM_NETWORK_ATTACHMENT
from virtrigaud_provider_memory import Verb

ON_LAN = {"networks": [{"name": "eth0", "networkRef": {"name": "lan"}}]}


def said(conditions: tuple[Condition, ...]) -> dict[str, tuple[str, str, str]]:
    return {condition.type: (condition.status.value, condition.reason, condition.message) for condition in conditions}


async def test_a_class_that_nobody_uses_is_ready_and_carries_no_finalizer() -> None:
    async with ImageWorld() as world:
        await world.furnish_with(vm_image())
        await world.settle()
        found = world.found(VMClass, "small")
        assert (found.metadata.finalizers, found.status.used_by_vms) == ((), 0)
        assert said(found.status.conditions)["Ready"] == ("True", "Valid", "no machine of the class was made yet")


async def test_a_class_counts_its_machines_and_names_the_providers_that_run_them() -> None:
    async with ImageWorld() as world:
        await world.furnish_with(vm_image())
        world.apply(vm(), vm("two"))
        await world.settle()
        found = world.found(VMClass, "small")
        status = found.status
        assert found.metadata.finalizers == (FINALIZER_VM_CLASS,)
        assert (status.used_by_vms, status.supported_providers) == (2, ("default/lab",))
        assert status.validation_results["default/lab"].valid
        assert said(status.conditions) == {
            "Ready": ("True", "Valid", "machines of the class run on Provider default/lab"),
            "Validated": ("True", "Valid", "the class contradicts nothing"),
            "Supported": ("True", "Supported", "machines of the class run on Provider default/lab"),
        }


async def test_l37_a_class_in_use_is_not_written_again() -> None:
    async with ImageWorld() as world:
        await world.furnish_with(vm_image())
        world.apply(vm())
        await world.settle()
        world.store.writes.clear()
        world.wake_all()
        await world.settle()
        assert world.store.writes == []


async def test_what_a_provider_can_not_do_of_a_class_is_named() -> None:
    async with ImageWorld() as world:
        await world.furnish_with(vm_image())
        world.hypervisor.faults.fail_next(Verb.CREATE, Unsupported)
        world.apply(vm())
        await world.settle()
        status = world.found(VMClass, "small").status
        why = "cannot create: this failure was ordered"
        assert status.supported_providers == ()
        assert (status.validation_results["default/lab"].valid, status.validation_results["default/lab"].message) == (
            False,
            why,
        )
        assert said(status.conditions)["Supported"] == ("False", "Unsupported", f"Provider default/lab: {why}")


async def test_a_class_that_is_deleted_while_in_use_names_its_users_and_goes_with_the_last() -> None:
    async with ImageWorld() as world:
        await world.furnish_with(vm_image())
        world.apply(*(vm(f"vm-{number}") for number in range(7)))
        await world.settle()
        world.store.delete(next(key for key in world.store.objects if key.kind == "VMClass"))
        await world.settle()
        first = ", ".join(f"VirtualMachine default/vm-{number}" for number in range(5))
        assert said(world.found(VMClass, "small").status.conditions)["Deleting"] == (
            "True",
            "InUse",
            f"the object stays while it is in use by {first} and 2 more",
        )
        for number in range(7):
            world.delete(f"vm-{number}")
        await world.settle()
        assert not any(key.kind == "VMClass" for key in world.store.objects)


@pytest.mark.parametrize("kind", ["VMClass", "VMNetworkAttachment", "VMImage"])
async def test_l34_a_machine_elsewhere_that_was_never_made_keeps_nothing_that_is_deleted(kind: str) -> None:
    async with ImageWorld() as world:
        await world.furnish_with(vm_image(), network())
        stranger = vm(
            providerRef={"name": "lab", "namespace": "default"},
            classRef={"name": "small", "namespace": "default"},
            imageRef={"name": "debian", "namespace": "default"},
            networks=[{"name": "eth0", "networkRef": {"name": "lan", "namespace": "default"}}],
        )
        stranger["metadata"]["namespace"] = "other"
        world.apply(stranger)
        await world.settle()
        world.store.delete(next(key for key in world.store.objects if key.kind == kind))
        await world.settle()
        assert not any(key.kind == kind for key in world.store.objects)


async def test_a_network_counts_its_machines_and_says_where_it_is() -> None:
    async with ImageWorld() as world:
        await world.furnish_with(vm_image(), network())
        world.apply(vm(**ON_LAN))
        await world.settle()
        found = world.found(VMNetworkAttachment, "lan")
        status, copy = found.status, found.status.provider_status["default/lab"]
        assert found.metadata.finalizers == (FINALIZER_VM_NETWORK_ATTACHMENT,)
        assert (status.connected_vms, status.available_on, status.ready) == (1, ("default/lab",), True)
        assert (copy.available, copy.id, copy.message) == (True, "default", "machines are connected")
        assert said(status.conditions) == {
            "Ready": ("True", "Valid", "machines are connected to it on Provider default/lab"),
            "Validated": ("True", "Valid", "every field can be honoured where it is used"),
        }


async def test_l19_a_network_with_a_field_that_nobody_honours_is_not_ready_and_names_it() -> None:
    async with ImageWorld() as world:
        lan = network(libvirt={"networkName": "default", "filterRef": {"filter": "f"}})
        await world.furnish_with(vm_image(), lan)
        world.apply(vm(**ON_LAN))
        await world.settle()
        status = world.found(VMNetworkAttachment, "lan").status
        why = "VMNetworkAttachment default/lan: spec.network.libvirt.filterRef is not supported; remove it"
        assert (status.ready, status.phase, status.message) == (False, "Failed", why)
        assert said(status.conditions)["Validated"] == ("False", "ValidationError", why)


async def test_a_disk_type_that_a_provider_does_not_have_is_known_before_a_machine_is_made() -> None:
    async with ImageWorld() as world:
        await world.furnish_with(vm_image())
        world.say_disk_types("thin", "thick")
        world.apply(vm_class(diskDefaults={"type": "ssd", "size": "10Gi"}), vm(classRef={"name": "small"}))
        world.hypervisor.faults.unreachable = True
        await world.settle()
        results = world.found(VMClass, "small").status.validation_results
        assert results["default/lab"].message == (
            "spec.diskDefaults.type ssd is not among the disk types of the provider: thin, thick"
        )
