"""Ring 1: what the cache takes in, what it refuses, and who is woken by it."""

from typing import Any

import pytest
from manifests import Manifest, provider, vm, vm_class, vm_image
from virtrigaud_api.v1beta1 import VirtualMachine, VMClass
from virtrigaud_manager.cluster.cache import Cache, Change
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.dependents import counted_by, names_of, woken_by
from virtrigaud_manager.quota.ledger import claim_of

VM = ObjectKey(ObjectKind.VIRTUAL_MACHINE, "default", "web")
SMALL = ObjectKey(ObjectKind.VM_CLASS, "default", "small")
DEBIAN = ObjectKey(ObjectKind.VM_IMAGE, "default", "debian")
LAB = ObjectKey(ObjectKind.PROVIDER, "default", "lab")


def at(document: Manifest, version: int, uid: str = "uid-1", **metadata: Any) -> Manifest:
    usual = {"uid": uid, "resourceVersion": str(version), "generation": 1}
    return {**document, "metadata": {**document["metadata"], **usual, **metadata}}


@pytest.fixture
def cache() -> Cache:
    return Cache(names_of, claim_of)


def put(cache: Cache, document: Manifest) -> Change | None:
    return cache.put(ObjectKind(document["kind"]), document)


def test_an_older_version_changes_nothing(cache: Cache) -> None:
    assert put(cache, at(vm_class(cpu=4), 9)) is not None
    assert put(cache, at(vm_class(cpu=2), 9)) is None
    assert put(cache, at(vm_class(cpu=2), 8)) is None
    found = cache.find(VMClass, "default", "small")
    assert found is not None
    assert found.spec.cpu == 4


def test_who_wrote_which_field_is_not_kept(cache: Cache) -> None:
    document = at(vm(), 1, managedFields=[{"manager": "kubectl", "fieldsV1": {"f:spec": {}}}])
    put(cache, document)
    found = cache.find(VirtualMachine, "default", "web")
    assert found is not None
    assert found.to_manifest()["metadata"] == at(vm(), 1)["metadata"]
    assert "managedFields" in document["metadata"], "the document is the caller's"


def test_objects_share_what_pydantic_notes_of_each_part_and_can_still_be_changed_alone(cache: Cache) -> None:
    for number, name in enumerate(("web", "db"), 1):
        put(cache, at(vm(name), number, uid=f"uid-{number}") | {"status": {"id": f"vm-{number}"}})
    web, db = (cache.find(VirtualMachine, "default", name) for name in ("web", "db"))
    assert web is not None
    assert db is not None
    assert web.status.__pydantic_fields_set__ is db.status.__pydantic_fields_set__
    assert web.status.__pydantic_extra__ is db.spec.__pydantic_extra__

    changed = web.status.model_copy(update={"message": "made"})
    assert changed.to_manifest() == {"id": "vm-1", "message": "made"}
    assert db.status.to_manifest() == {"id": "vm-2"}


def test_a_late_answer_does_not_bring_a_deleted_object_back(cache: Cache) -> None:
    put(cache, at(vm(), 1))
    assert cache.remove(VM, "uid-1") is not None
    assert put(cache, at(vm(), 2)) is None
    assert cache.get(VM) is None


def test_the_deletion_of_an_earlier_object_does_not_touch_its_successor(cache: Cache) -> None:
    put(cache, at(vm(), 5, uid="uid-2"))
    assert cache.remove(VM, "uid-1") is None
    assert cache.get(VM) is not None


def test_l15_what_names_something_is_found_whether_it_exists_or_not(cache: Cache) -> None:
    put(cache, at(vm(), 1))
    small = ObjectKey(ObjectKind.VM_CLASS, "default", "small")
    assert cache.referring(small) == (VM,)
    put(cache, at(vm(classRef={"name": "large"}), 2))
    assert cache.referring(small) == ()
    cache.remove(VM, "uid-1")
    assert cache.referring(ObjectKey(ObjectKind.VM_CLASS, "default", "large")) == ()


def test_an_object_that_can_not_be_read_is_left_alone(cache: Cache) -> None:
    broken = at(vm_class(), 1)
    broken["spec"] = {"cpu": "many"}
    assert put(cache, broken) is None
    assert cache.get(ObjectKey(ObjectKind.VM_CLASS, "default", "small")) is None


def test_of_a_secret_only_its_version_is_kept(cache: Cache) -> None:
    secret = at({"kind": "Secret", "metadata": {"name": "s", "namespace": "default"}, "data": {"k": "canary"}}, 3)
    put(cache, secret)
    assert "canary" not in repr(cache.get(ObjectKey(ObjectKind.SECRET, "default", "s")))


def woken(cache: Cache, document: Manifest) -> list[ObjectKey]:
    change = put(cache, document)
    assert change is not None
    return list(woken_by(change, cache))


def test_a_machine_looks_again_at_a_new_wish_and_not_at_its_own_status(cache: Cache) -> None:
    assert woken(cache, at(vm(), 1)) == [VM]
    assert woken(cache, at(vm(), 2) | {"status": {"id": "vm-1"}}) == []
    assert woken(cache, at(vm(), 3, finalizers=["ours"])) == []
    assert woken(cache, at(vm(), 4)) == [VM], "a lost finalizer"
    assert woken(cache, at(vm(), 5, generation=2)) == [VM]
    assert woken(cache, at(vm(), 6, generation=2, annotations={"virtrigaud.io/force-delete": "true"})) == [VM]
    assert woken(cache, at(vm(), 7, generation=2, deletionTimestamp="2026-01-01T00:00:00Z")) == [VM]


def test_a_class_wakes_the_machines_that_name_it_and_only_by_a_new_wish(cache: Cache) -> None:
    put(cache, at(vm(), 1))
    assert woken(cache, at(vm_class(), 2, uid="uid-2")) == [SMALL, VM]
    assert woken(cache, at(vm_class(), 3, uid="uid-2") | {"status": {"usedByVMs": 1}}) == []
    assert woken(cache, at(vm_class(cpu=4), 4, uid="uid-2", generation=2)) == [SMALL, VM]


def test_a_provider_wakes_its_machines_by_what_they_read_of_it_and_not_by_its_counters(cache: Cache) -> None:
    put(cache, at(vm(), 1))
    put(cache, at(provider(), 2, uid="uid-2"))
    assert woken(cache, at(provider(), 3, uid="uid-2") | {"status": {"connectedVMs": 1}}) == []
    able = {"status": {"connectedVMs": 1, "reportedCapabilities": {"supportsSnapshots": True}}}
    assert woken(cache, at(provider(), 4, uid="uid-2") | able) == [VM]


def test_l14_a_secret_and_a_deployment_wake_the_provider_that_they_belong_to(cache: Cache) -> None:
    put(cache, at(provider(), 1))
    for number, (kind, name) in enumerate(
        [("Secret", "lab-tls"), ("Secret", "lab-credentials"), ("Deployment", "virtrigaud-provider-default-lab")], 2
    ):
        document: Manifest = {"kind": kind, "metadata": {"name": name, "namespace": "default"}}
        assert woken(cache, at(document, number, uid=f"uid-{number}")) == [LAB]
        assert woken(cache, at(document, number + 10, uid=f"uid-{number}")) == [LAB]


def counted(change: Change | None) -> set[ObjectKey]:
    assert change is not None
    return set(counted_by(change))


def test_a_new_and_a_gone_machine_are_counted_by_what_they_use(cache: Cache) -> None:
    new = put(cache, at(vm(), 1))
    changed = put(cache, at(vm(), 2))
    gone = cache.remove(VM, "uid-1")
    used = {LAB, SMALL, DEBIAN}
    assert [counted(change) for change in (new, changed, gone)] == [used, set(), used]


def test_a_machine_that_was_made_is_news_to_its_class_only(cache: Cache) -> None:
    put(cache, at(vm(), 1))
    assert counted(put(cache, at(vm(), 2) | {"status": {"id": "vm-1"}})) == {SMALL}


def test_an_image_is_woken_at_once_by_a_machine_whose_provider_does_not_know_it(cache: Cache) -> None:
    put(cache, at(vm_image(), 1, uid="uid-2"))
    assert woken(cache, at(vm(), 2)) == [VM, DEBIAN]
    known = {"status": {"providerStatus": {"default/lab": {"available": False}}}}
    put(cache, at(vm_image(), 3, uid="uid-2") | known)
    assert woken(cache, at(vm(), 4, generation=2)) == [VM]


def test_machines_hear_of_an_image_only_what_concerns_them(cache: Cache) -> None:
    def image(version: int, **record: Any) -> list[ObjectKey]:
        status = {"status": {"providerStatus": {"default/lab": {"available": False, **record}}}}
        return woken(cache, at(vm_image(), version, uid="uid-2") | status)

    put(cache, at(vm(), 1))
    assert image(2) == [DEBIAN, VM]
    assert image(3, phase="Importing", percentage=3, message="importing, 3 %") == [VM]
    assert image(4, phase="Importing", percentage=24, message="importing, 24 %") == []
    assert image(5, phase="Importing", percentage=26, message="importing, 26 %") == [VM]
    assert image(6, available=True, phase="Ready", id="a") == [VM]
    assert image(7, available=True, phase="Ready", id="a", message="imported") == []
