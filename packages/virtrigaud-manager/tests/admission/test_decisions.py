"""Ring 1: what admission says about a request, as a function of the objects and the cache."""

from typing import Any

import pytest
from manifests import Manifest, network, provider, quota, secret, vm, vm_class, vm_image
from memory_store import MemoryStore
from virtrigaud_api.v1beta1 import KINDS, KubeObject
from virtrigaud_manager.admission.asked import Asked, Operation
from virtrigaud_manager.admission.decisions import Decisions
from virtrigaud_manager.admission.verdict import ALLOWED, Refusal, Verdict
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind

MODELS = {model.names.kind: model for model in KINDS}
INFRA = {"name": "shared", "namespace": "infra"}


class Clock:
    """Tells the time that a test sets."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Desk:
    """A cluster, and the decisions about what is written into it."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.store = MemoryStore(lambda _: None)
        self.decisions = Decisions(self.store, self.clock)
        for manifest in (provider(), vm_class(), vm_image(), secret("lab-credentials"), secret("lab-tls")):
            self.store.put(manifest)

    def report(self, **capabilities: Any) -> None:
        key = ObjectKey(ObjectKind.PROVIDER, "default", "lab")
        self.store.set_status(key, {"reportedCapabilities": capabilities})

    def create(self, manifest: Manifest, *, dry_run: bool = False) -> Verdict:
        return self.decisions.decide(asked(Operation.CREATE, manifest, None, dry_run=dry_run))

    def update(self, before: Manifest, after: Manifest) -> Verdict:
        return self.decisions.decide(asked(Operation.UPDATE, after, before))

    def delete(self, manifest: Manifest) -> Verdict:
        return self.decisions.decide(asked(Operation.DELETE, None, manifest))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def asked(operation: Operation, new: Manifest | None, old: Manifest | None, *, dry_run: bool = False) -> Asked:
    document = new or old or {}
    metadata = document["metadata"]
    return Asked(
        uid="review-1",
        operation=operation,
        kind=document["kind"],
        namespace=metadata["namespace"],
        name=metadata["name"],
        dry_run=dry_run,
        new=read(new),
        old=read(old),
        document=new or {},
    )


def read(manifest: Manifest | None) -> KubeObject | None:
    return None if manifest is None else MODELS[manifest["kind"]].from_manifest(manifest)


def made(manifest: Manifest, **status: Any) -> Manifest:
    return {**manifest, "status": {"id": "vm-1", **status}}


def shared(make: Any, *allowed: str) -> Manifest:
    manifest: Manifest = make("shared", allowedNamespaces=list(allowed)) if make is not vm_image else vm_image("shared")
    manifest["metadata"]["namespace"] = "infra"
    manifest["spec"]["allowedNamespaces"] = list(allowed)
    return manifest


def network_of(name: str = "lan", **spec: Any) -> Manifest:
    manifest = network(name)
    manifest["spec"] |= spec
    return manifest


def test_what_can_be_made_is_allowed_without_a_word(desk: Desk) -> None:
    assert desk.create(vm()) == ALLOWED


REFERENCES = [
    ("spec.providerRef", "Provider", provider, {"providerRef": INFRA}),
    ("spec.classRef", "VMClass", vm_class, {"classRef": INFRA}),
    ("spec.imageRef", "VMImage", vm_image, {"imageRef": INFRA}),
    (
        "spec.networks[net0].networkRef",
        "VMNetworkAttachment",
        network_of,
        {"networks": [{"name": "net0", "networkRef": INFRA}]},
    ),
]


@pytest.mark.parametrize(("field", "kind", "make", "spec"), REFERENCES, ids=[kind for _, kind, *_ in REFERENCES])
def test_l34_a_reference_that_is_not_allowed_is_refused_by_its_field(
    desk: Desk, field: str, kind: str, make: Any, spec: Manifest
) -> None:
    desk.store.put(shared(make, "other"))
    refusal = Refusal(
        field, f"{kind} infra/shared does not allow namespace default; add it to its spec.allowedNamespaces"
    )
    assert desk.create(vm(**spec)).refusals == (refusal,)
    desk.store.put(shared(make, "default"))
    assert desk.create(vm(**spec)) == ALLOWED


def test_a_machine_that_lost_a_permission_can_still_be_changed_in_other_ways(desk: Desk) -> None:
    desk.store.put(shared(vm_class, "other"))
    before = vm(classRef=INFRA)
    assert desk.update(before, vm(classRef=INFRA, powerState="Off")) == ALLOWED


def test_what_is_missing_is_allowed_with_a_warning_because_it_may_come_later(desk: Desk) -> None:
    said = desk.create(
        vm(classRef={"name": "later"}, userData={"cloudInit": {"secretRef": {"name": "seed"}}}),
    )
    assert said == Verdict(
        warnings=(
            "spec.classRef: VMClass default/later does not exist yet; the machine waits for it",
            "Secret default/seed does not exist yet; the machine waits for it",
        )
    )


def test_l19_what_nobody_honours_is_a_warning_in_the_words_of_the_condition(desk: Desk) -> None:
    desk.store.put(vm_image("odd", registry={"image": "quay.io/x/y"}))
    said = desk.create(vm(imageRef={"name": "odd"}))
    assert said.allowed
    assert any("VMImage default/odd" in warning for warning in said.warnings)


def test_a_capability_that_the_provider_lacks_is_named_with_the_field(desk: Desk) -> None:
    desk.report(supportsSnapshots=True)
    assert desk.create(vm(powerState="Suspended")).refusals == (
        Refusal(
            "spec.powerState", "Suspended needs the capability 'suspend', which Provider default/lab does not have"
        ),
    )
    desk.report(supportsSuspend=True)
    assert desk.create(vm(powerState="Suspended")).allowed


def test_a_provider_that_has_told_nothing_stands_against_nothing(desk: Desk) -> None:
    assert desk.create(vm(powerState="Suspended")).allowed
    desk.store.put(vm())
    assert desk.create(snapshot()).allowed


def test_a_capability_that_was_lost_does_not_stand_against_other_changes(desk: Desk) -> None:
    desk.report(supportsSnapshots=True)
    assert desk.update(vm(powerState="Suspended"), vm(powerState="Suspended", resources={"cpu": 4})).allowed


def snapshot(**spec: Any) -> Manifest:
    return {
        "apiVersion": "infra.virtrigaud.io/v1beta1",
        "kind": "VMSnapshot",
        "metadata": {"name": "before", "namespace": "default"},
        "spec": {"vmRef": {"name": "web"}, **spec},
    }


def clone(type_: str) -> Manifest:
    spec = {"source": {"vmRef": {"name": "web"}}, "target": {"name": "copy"}, "options": {"type": type_}}
    return {**snapshot(), "kind": "VMClone", "spec": spec}


def test_snapshots_and_linked_clones_need_a_provider_that_makes_them(desk: Desk) -> None:
    desk.store.put(vm())
    desk.report(supportsReconfigureOnline=True)
    lacks = "which Provider default/lab does not have"
    assert desk.create(snapshot(snapshotConfig={"includeMemory": True})).refusals == (
        Refusal("spec.vmRef", f"needs the capability 'snapshots', {lacks}"),
        Refusal("spec.snapshotConfig.includeMemory", f"needs the capability 'memory snapshots', {lacks}"),
    )
    assert desk.create(clone("LinkedClone")).refusals == (
        Refusal("spec.options.type", f"needs the capability 'linked clones', {lacks}"),
    )
    assert desk.create(clone("FullClone")).allowed
    desk.report(supportsSnapshots=True, supportsMemorySnapshots=True, supportsLinkedClones=True)
    assert desk.create(snapshot(snapshotConfig={"includeMemory": True})).allowed
    assert desk.create(clone("LinkedClone")).allowed


def test_the_root_disk_of_a_machine_that_exists_stays(desk: Desk) -> None:
    before = made(vm(imageRef=None, importedDisk={"diskID": "a"}))
    after = vm(imageRef=None, importedDisk={"diskID": "b"})
    assert [refusal.field for refusal in desk.update(before, after).refusals] == ["spec.importedDisk"]
    assert desk.update(vm(imageRef=None, importedDisk={"diskID": "a"}), after).allowed


def test_a_change_that_the_guest_does_not_read_any_more_is_a_warning(desk: Desk) -> None:
    why = "the guest has read it at its first boot; only a machine that is made anew reads another"
    after = vm(userData={"cloudInit": {"inline": "#cloud-config"}}, networkData={"cloudInit": {"inline": "version: 2"}})
    assert desk.update(made(vm()), after).warnings == (f"spec.userData: {why}", f"spec.networkData: {why}")
    assert desk.update(vm(), after).warnings == ()


def test_a_protected_machine_is_not_deleted(desk: Desk) -> None:
    assert desk.delete(vm(deletionProtection=True)).message == (
        "spec.deletionProtection: is true, so VirtualMachine default/web stays; set it to false first"
    )
    assert desk.delete(vm()).allowed


def test_objects_beyond_the_quota_are_refused_also_before_the_cache_shows_the_last_ones(desk: Desk) -> None:
    desk.store.put(quota(machines="2"))
    said = [desk.create(vm(name)).allowed for name in ("a", "b", "c")]
    assert said == [True, True, False]


def test_a_dry_run_takes_no_room(desk: Desk) -> None:
    desk.store.put(quota(machines="1"))
    assert desk.create(vm("a"), dry_run=True).allowed
    assert desk.create(vm("b")).allowed


def test_room_that_was_kept_for_what_never_came_is_free_again_after_a_while(desk: Desk) -> None:
    desk.store.put(quota(machines="1"))
    assert desk.create(vm("a")).allowed
    assert not desk.create(vm("b")).allowed
    desk.clock.seconds = 16
    assert desk.create(vm("b")).allowed


def test_an_object_that_was_refused_by_somebody_else_can_be_tried_again_at_once(desk: Desk) -> None:
    desk.store.put(quota(machines="1"))
    assert desk.create(vm("a")).allowed
    assert desk.create(vm("a")).allowed


def test_only_a_change_that_takes_more_is_judged_by_the_quota(desk: Desk) -> None:
    before = vm(resources={"cpu": 4})
    desk.store.put(before)
    desk.store.put(quota(cpus="3"))
    assert desk.update(before, vm(resources={"cpu": 4}, powerState="Off")).allowed
    assert desk.update(before, vm(resources={"cpu": 3})).allowed
    assert desk.update(before, vm(resources={"cpu": 5})).message == (
        "spec: ResourceQuota team allows 3 virtual CPUs (virtrigaud.io/vcpus): 0 used, 5 asked for"
    )


def test_all_that_stands_against_a_machine_is_said_at_once(desk: Desk) -> None:
    desk.store.put(shared(vm_class))
    desk.store.put(quota(machines="0"))
    assert [refusal.field for refusal in desk.create(vm(classRef=INFRA)).refusals] == ["spec.classRef", "spec"]


def test_deleting_or_changing_what_machines_stand_on_is_a_warning(desk: Desk) -> None:
    for name in ("a", "b", "c", "d"):
        desk.store.put(vm(name))
    users = "4 VirtualMachines: default/a, default/b, default/c, ..."
    assert desk.delete(vm_class()).warnings == (f"VMClass default/small is used by {users}",)
    assert desk.update(vm_class(), vm_class(cpu=4)).warnings == (
        f"the size of machines of this class is changed, unless they have their own: {users}",
    )
    assert desk.update(vm_class(), vm_class()) == ALLOWED
    assert desk.delete(vm_class("unused")) == ALLOWED


def test_taking_a_permission_back_names_who_loses_it(desk: Desk) -> None:
    desk.store.put(vm(classRef=INFRA))
    assert desk.update(shared(vm_class, "default"), shared(vm_class)).warnings == (
        "spec.allowedNamespaces: can't be changed or made anew any more: 1 VirtualMachine: default/web",
    )


def test_a_provider_that_trusts_everybody_is_a_warning(desk: Desk) -> None:
    said = desk.create(provider("open", insecureSkipVerify=True, allowedNamespaces=["*"]))
    assert [warning.partition(":")[0] for warning in said.warnings] == [
        "spec.insecureSkipVerify",
        "spec.allowedNamespaces",
    ]
