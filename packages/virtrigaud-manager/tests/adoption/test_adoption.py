"""Ring 2: machines of nobody become VirtualMachines that are observed, promoted, released; and never by chance."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from adoption_world import AdoptionWorld
from manifests import Manifest, provider, vm, vm_class, vm_image
from virtrigaud_api.contract import PowerState, PowerVerb, Unavailable
from virtrigaud_api.v1beta1 import VMClass
from virtrigaud_api.v1beta1.keys import (
    ANNOTATION_MACHINE_ID,
    ANNOTATION_RELEASE,
    FINALIZER_VIRTUAL_MACHINE,
    LABEL_ADOPTED,
)
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind


@pytest.fixture
async def world() -> AsyncIterator[AdoptionWorld]:
    async with AdoptionWorld() as made:
        made.furnish()
        yield made


async def power_of(world: AdoptionWorld, name: str) -> PowerState:
    return next(state.power for state in await world.hypervisor.machines() if state.name == name)


def posing(machine: str, name: str = "web", namespace: str = "default", **spec: Any) -> Manifest:
    """Write an object that claims a machine."""
    manifest = vm(
        name, imageRef=None, importedDisk={"diskID": "d"}, providerRef={"name": "lab", "namespace": "default"}
    )
    manifest["spec"] |= spec
    manifest["metadata"] |= {
        "namespace": namespace,
        "labels": {LABEL_ADOPTED: "true"},
        "annotations": {ANNOTATION_MACHINE_ID: machine},
    }
    return manifest


async def test_a_machine_of_nobody_gets_an_object_that_describes_it_and_is_left_as_it_is(world: AdoptionWorld) -> None:
    id_ = world.hypervisor.administrator.make("Old_Web", cpus=3, memory=2048)
    world.terms("true")
    await world.settle()
    found = world.vm("old-web")
    assert found.status.id == id_
    assert (found.metadata.labels, found.spec.class_ref.name) == ({LABEL_ADOPTED: "true"}, "adopted-3cpu-2048mb")
    assert (found.spec.power_state, found.spec.deletion_policy, found.spec.management_policy) == (
        "Off",
        "Retain",
        "Observe",
    )
    made = world.store.find(VMClass, "default", "adopted-3cpu-2048mb")
    assert made is not None
    assert (made.spec.cpu, made.spec.memory.mib, made.metadata.labels) == (3, 2048, {LABEL_ADOPTED: "true"})
    assert world.ready("old-web") == (
        "True",
        "ReconcileSuccess",
        "the machine is off: 3 CPUs, 2048 MiB; it is only observed",
    )
    assert world.told().message == "1 have a VirtualMachine, 0 are left alone"
    assert (world.told().discovered_vms, world.told().adopted_vms, world.told().failed_adoptions) == (0, 1, 0)


async def test_a_dry_run_says_what_would_be_done_and_does_nothing(world: AdoptionWorld) -> None:
    world.apply(vm_class("small", cpu=1, memory="512Mi"))
    world.hypervisor.administrator.make("web")
    world.hypervisor.administrator.make("db", cpus=8)
    world.terms("dry-run", '{"maxCPU": 4}')
    writes = len(world.store.writes)
    await world.settle()
    assert world.outcomes() == {
        "web": ("Adoptable", "as VirtualMachine default/web of class small"),
        "db": ("LeftAlone", "it has 8 CPUs, the filter wants 4 or less"),
    }
    assert world.told().message == "dry run: 1 would be adopted, 0 have a VirtualMachine, 1 are left alone"
    assert len(world.store.writes) == writes


async def test_looking_again_at_the_same_machines_says_the_same(world: AdoptionWorld) -> None:
    world.hypervisor.administrator.make("web")
    world.terms("true")
    await world.settle()
    said, writes = world.told(), len(world.store.writes)
    world.now = world.now.replace(hour=13)
    world.look()
    await world.settle()
    assert (world.told(), len(world.store.writes)) == (said, writes)


async def test_an_observed_machine_is_never_changed_whatever_its_object_says(world: AdoptionWorld) -> None:
    id_ = world.hypervisor.administrator.make("web")
    world.terms("true")
    await world.settle()
    world.store.respec(world.key(), powerState="On", resources={"cpu": 4})
    await world.settle()
    assert await power_of(world, "web") is PowerState.OFF
    await world.hypervisor.power(id_, PowerVerb.ON, timedelta())
    world.wake()
    await world.settle()
    assert world.vm().status.power_state == "On"
    assert FINALIZER_VIRTUAL_MACHINE not in world.vm().metadata.finalizers
    world.delete()
    world.terms("false")
    await world.settle()
    assert not world.exists()
    assert await power_of(world, "web") is PowerState.ON


async def test_a_promoted_machine_is_kept_as_its_object_says(world: AdoptionWorld) -> None:
    world.hypervisor.administrator.make("web")
    world.terms("true")
    await world.settle()
    world.store.respec(world.key(), managementPolicy="Manage")
    await world.settle()
    assert world.ready()[2] == "the machine is off: 1 CPU, 512 MiB"
    assert len((await world.hypervisor.machines())[0].nics) == 1
    world.store.respec(world.key(), powerState="On", resources={"cpu": 2})
    await world.settle()
    assert await power_of(world, "web") is PowerState.ON
    assert world.cpus() == 2


async def test_machines_may_be_managed_from_the_first_moment(world: AdoptionWorld) -> None:
    world.hypervisor.administrator.make("web")
    world.terms("managed")
    await world.settle()
    assert world.vm().spec.management_policy == "Manage"
    assert FINALIZER_VIRTUAL_MACHINE in world.vm().metadata.finalizers
    assert world.ready()[:2] == ("True", "ReconcileSuccess")


async def test_a_released_machine_is_touched_no_more_and_outlives_its_object(world: AdoptionWorld) -> None:
    world.hypervisor.administrator.make("web")
    world.terms("managed")
    await world.settle()
    world.store.respec(world.key(), deletionPolicy="Delete")
    world.store.annotate(world.key(), **{ANNOTATION_RELEASE: "true"})
    world.store.respec(world.key(), powerState="On")
    await world.settle()
    assert await power_of(world, "web") is PowerState.OFF
    world.terms("managed", '{"ignore": ["web"]}')
    world.delete()
    await world.settle()
    assert not world.exists()
    assert await power_of(world, "web") is PowerState.OFF


async def test_a_machine_that_lost_its_object_is_adopted_again(world: AdoptionWorld) -> None:
    world.hypervisor.administrator.make("web")
    world.terms("true")
    await world.settle()
    first = world.vm().metadata.uid
    world.delete()
    await world.settle()
    assert world.vm().metadata.uid != first
    assert world.ready()[:2] == ("True", "ReconcileSuccess")


async def test_a_vanished_machine_is_reported_and_never_made_anew(world: AdoptionWorld) -> None:
    id_ = world.hypervisor.administrator.make("web")
    world.terms("managed")
    await world.settle()
    world.hypervisor.administrator.remove(id_)
    world.wake()
    await world.settle()
    assert world.ready() == (
        "False",
        "Missing",
        f"machine {id_} is not there any more; it was adopted, so it is not made again",
    )
    assert list(await world.hypervisor.machines()) == []


async def test_l06_machines_of_ours_are_not_adopted(world: AdoptionWorld) -> None:
    world.apply(vm_class(), vm_image(), vm("mine"))
    await world.settle()
    world.terms("true")
    await world.settle()
    assert world.told().machines == ()
    assert (world.told().adopted_vms, world.told().message) == (0, "1 have a VirtualMachine, 0 are left alone")


@pytest.mark.parametrize(
    ("namespace", "mode", "why"),
    [
        ("other", "true", "machines of Provider default/lab are adopted in namespace default only"),
        (
            "default",
            "dry-run",
            "Provider default/lab does not adopt machines; set its annotation virtrigaud.io/adopt-vms",
        ),
    ],
)
async def test_l06_an_annotation_alone_takes_no_machine_over(
    world: AdoptionWorld, namespace: str, mode: str, why: str
) -> None:
    id_ = world.hypervisor.administrator.make("victim")
    world.apply(provider(allowedNamespaces=["*"]))
    world.store.annotate(ObjectKey(ObjectKind.PROVIDER, "default", "lab"), **{"virtrigaud.io/adopt-vms": mode})
    manifest = posing(id_, namespace=namespace, powerState="On")
    world.apply(manifest)
    await world.settle()
    key = ObjectKey(ObjectKind.VIRTUAL_MACHINE, namespace, "web")
    document = world.store.objects[key]
    assert document["status"]["message"] == why
    assert "id" not in document["status"]
    assert await power_of(world, "victim") is PowerState.OFF


async def test_l06_of_two_objects_that_name_a_machine_the_first_has_it(world: AdoptionWorld) -> None:
    id_ = world.hypervisor.administrator.make("web")
    world.terms("true")
    await world.settle()
    world.apply(posing(id_, "thief", powerState="On"))
    await world.settle()
    assert world.vm("thief").status.message == f"machine {id_} is that of VirtualMachine default/web"
    assert world.vm().status.id == id_
    assert await power_of(world, "web") is PowerState.OFF


async def test_what_the_cluster_refuses_is_said_and_holds_up_nobody_else(world: AdoptionWorld) -> None:
    for name in ("a", "b"):
        world.hypervisor.administrator.make(name)
    world.store.refusing[world.key("a")] = "exceeded quota"
    world.terms("true")
    await world.settle()
    assert not world.exists("a")
    assert world.vm("b").status.id is not None
    assert world.outcomes()["a"] == ("Failed", "VirtualMachine default/a: exceeded quota")
    assert world.told().failed_adoptions == 1
    world.store.refusing.clear()
    world.look()
    await world.settle()
    assert world.vm("a").status.id is not None
    assert world.told().failed_adoptions == 0


async def test_terms_that_can_not_be_read_are_said_and_nothing_is_adopted(world: AdoptionWorld) -> None:
    world.hypervisor.administrator.make("web")
    world.terms("true", '{"namePattern": "("}')
    await world.settle()
    assert world.told().message == "virtrigaud.io/adopt-filter: namePattern is no regular expression: missing ): ("
    assert not world.exists()
    assert world.events.reasons == ["AdoptionRefused"]


async def test_a_provider_that_can_not_be_asked_is_said_and_asked_again(world: AdoptionWorld) -> None:
    world.hypervisor.administrator.make("web")
    world.links.cut = Unavailable("connection refused")
    world.terms("true")
    await world.settle()
    assert world.told().message == "connection refused"
    world.links.cut = None
    world.look()
    await world.settle()
    assert world.vm().status.id is not None


async def test_many_machines_cost_one_listing_a_step_and_no_further_write(world: AdoptionWorld) -> None:
    for number in range(30):
        world.hypervisor.administrator.make(f"vm-{number:02}")
    world.terms("true")
    await world.settle()
    assert world.told().adopted_vms == 30
    writes = len(world.store.writes)
    world.look()
    await world.settle()
    assert len(world.store.writes) == writes
