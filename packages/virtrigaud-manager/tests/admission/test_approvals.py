"""Ring 1: which new VirtualMachines are approved before they are stored, and what their finalizer says of it."""

from dataclasses import replace
from typing import Any

import pytest
from manifests import Manifest, provider, quota, secret, vm, vm_class, vm_image
from memory_store import MemoryStore
from virtrigaud_api.v1beta1 import VirtualMachine
from virtrigaud_manager.admission.asked import Asked, Operation
from virtrigaud_manager.admission.decisions import Approval, Decisions
from virtrigaud_manager.admission.verdict import ALLOWED, Verdict

FINALIZER = "virtualmachine.infra.virtrigaud.io/finalizer"
ADDED = {"op": "add", "path": "/metadata/finalizers", "value": [FINALIZER]}


class Desk:
    """A cluster, and the decisions about what is created in it."""

    def __init__(self) -> None:
        self.store = MemoryStore(lambda _: None)
        self.decisions = Decisions(self.store, lambda: 0.0)
        for manifest in (provider(), vm_class(), vm_image(), secret("lab-credentials"), secret("lab-tls")):
            self.store.put(manifest)

    def approve(self, manifest: Manifest) -> Approval | None:
        """Ask about an object that may still be completed."""
        return self.decisions.approve(asked(manifest))

    def validate(self, manifest: Manifest) -> Verdict:
        """Ask about an object that is complete."""
        return self.decisions.decide(replace(asked(manifest), new=VirtualMachine.from_manifest(manifest)))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def asked(manifest: Manifest) -> Asked:
    metadata = manifest["metadata"]
    return Asked(
        uid="review-1",
        operation=Operation.CREATE,
        kind=manifest["kind"],
        namespace=metadata["namespace"],
        name=metadata["name"],
        dry_run=False,
        new=None,
        old=None,
        document=manifest,
    )


def elsewhere(manifest: Manifest) -> Manifest:
    return {**manifest, "metadata": manifest["metadata"] | {"namespace": "infra"}}


@pytest.mark.parametrize(
    ("finalizers", "patch"),
    [
        (None, [{"op": "add", "path": "/metadata/finalizers", "value": [FINALIZER]}]),
        (["other/one"], [{"op": "add", "path": "/metadata/finalizers", "value": ["other/one", FINALIZER]}]),
        ([FINALIZER], []),
    ],
)
def test_a_new_machine_that_nothing_stands_against_is_approved_with_its_finalizer(
    desk: Desk, finalizers: list[str] | None, patch: list[Any]
) -> None:
    assert desk.approve(with_finalizers(vm(), finalizers)) == Approval(approved=True, patch=patch)
    assert desk.approve(vm_class()) is None
    assert desk.decisions.approve(replace(asked(vm()), operation=Operation.UPDATE)) is None


@pytest.mark.parametrize(
    ("finalizers", "patch"),
    [
        (None, []),
        (["other/one"], []),
        ([FINALIZER], [{"op": "add", "path": "/metadata/finalizers", "value": []}]),
        (["other/one", FINALIZER], [{"op": "add", "path": "/metadata/finalizers", "value": ["other/one"]}]),
    ],
)
def test_a_machine_that_has_to_wait_has_no_finalizer_so_that_it_is_judged_as_it_is_stored_and_can_be_deleted(
    desk: Desk, finalizers: list[str] | None, patch: list[Any]
) -> None:
    desk.store.put(elsewhere(vm_class("shared", allowedNamespaces=["other"])))
    waiting = (
        vm(classRef={"name": "later"}),
        vm(providerRef={"name": "mistyped"}),
        vm(managementPolicy="Observe"),
        vm(classRef={"name": "shared", "namespace": "infra"}),
    )
    for manifest in waiting:
        assert desk.approve(with_finalizers(manifest, finalizers)) == Approval(approved=False, patch=patch)
    desk.store.put(quota(machines="0"))
    assert desk.approve(with_finalizers(vm(), finalizers)) == Approval(approved=False, patch=patch)


def test_what_the_schema_will_refuse_is_left_to_it(desk: Desk) -> None:
    assert desk.approve({**vm(), "spec": {}}) is None


def test_a_machine_that_is_asked_about_twice_takes_its_room_once(desk: Desk) -> None:
    desk.store.put(quota(machines="2"))
    for name in ("a", "a", "b", "b", "a"):
        assert desk.approve(vm(name)) == Approval(approved=True, patch=[ADDED])
    assert desk.approve(vm("c")) == Approval(approved=False, patch=[])
    assert [refusal.field for refusal in desk.validate(vm("c")).refusals] == ["spec"]


def test_room_is_kept_for_what_is_approved_and_not_for_a_dry_run(desk: Desk) -> None:
    desk.store.put(quota(machines="1"))
    assert desk.decisions.approve(replace(asked(vm("a")), dry_run=True)) == Approval(approved=True, patch=[ADDED])
    assert desk.approve(vm("b")) == Approval(approved=True, patch=[ADDED])
    assert not desk.validate(vm("c")).allowed


def test_a_machine_whose_name_is_still_to_be_made_is_approved_only_where_no_room_has_to_be_kept(desk: Desk) -> None:
    manifest = vm()
    manifest["metadata"] = {"generateName": "web-", "namespace": "default"}
    unnamed = replace(asked(vm()), name="", document=manifest)
    assert desk.decisions.approve(unnamed) == Approval(approved=True, patch=[ADDED])
    desk.store.put(quota(machines="1"))
    assert desk.decisions.approve(unnamed) == Approval(approved=False, patch=[])
    assert desk.validate(vm("web-x7k2p")) == ALLOWED


def with_finalizers(manifest: Manifest, finalizers: list[str] | None) -> Manifest:
    found = {} if finalizers is None else {"finalizers": finalizers}
    return {**manifest, "metadata": manifest["metadata"] | found}
