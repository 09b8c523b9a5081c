"""Ring 1: how urgent a wake-up is, by what happened."""

from datetime import timedelta
from typing import Any

from manifests import Manifest, provider, quota, vm, vm_class
from virtrigaud_api.contract import MachineId
from virtrigaud_manager.cluster.cache import Cache
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.dependents import names_of
from virtrigaud_manager.lane import Urgency
from virtrigaud_manager.look_again import NEVER, LookAgain
from virtrigaud_manager.quota.ledger import claim_of
from virtrigaud_manager.waker import COUNTED_AFTER, Waker
from virtrigaud_manager.workqueue import WorkQueue

VM = ObjectKey(ObjectKind.VIRTUAL_MACHINE, "default", "web")
LAB = ObjectKey(ObjectKind.PROVIDER, "default", "lab")


class Woken(WorkQueue[ObjectKey]):
    """Writes down who is woken and why, and runs nothing."""

    def __init__(self) -> None:
        super().__init__(self._never, str)
        self.said: list[tuple[ObjectKey, Urgency]] = []
        self.later: list[tuple[ObjectKey, timedelta]] = []

    @staticmethod
    async def _never(_: ObjectKey) -> LookAgain:
        return NEVER

    def wake(self, key: ObjectKey, urgency: Urgency = Urgency.EVENT) -> None:
        self.said.append((key, urgency))

    def wake_after(self, key: ObjectKey, delay: timedelta) -> None:
        self.later.append((key, delay))


class Scene:
    def __init__(self) -> None:
        self.queue, self.adoptions = Woken(), Woken()
        cache = Cache(names_of, claim_of)
        self.waker = Waker(cache, self.queue, self.adoptions)
        self._version = 0

    def see(self, document: Manifest, uid: str, **metadata: Any) -> list[tuple[ObjectKey, Urgency]]:
        self._version += 1
        known = {"uid": uid, "resourceVersion": str(self._version), "generation": self._version, **metadata}
        self.queue.said.clear()
        self.waker.seen(
            ObjectKind(document["kind"]), "MODIFIED", {**document, "metadata": document["metadata"] | known}
        )
        return list(self.queue.said)


def begun() -> Scene:
    scene = Scene()
    scene.see(provider(), "uid-lab")
    scene.see(vm() | {"status": {"id": "vm-1"}}, "uid-web")
    scene.waker.begin()
    return scene


def test_a_start_is_a_resync_of_everything() -> None:
    assert begun().queue.said == [(LAB, Urgency.RESYNC), (VM, Urgency.RESYNC)]


def test_a_changed_object_is_more_urgent_than_those_that_name_it() -> None:
    scene = begun()
    assert scene.see(vm(powerState="Off") | {"status": {"id": "vm-1"}}, "uid-web") == [(VM, Urgency.CHANGE)]
    small = ObjectKey(ObjectKind.VM_CLASS, "default", "small")
    assert scene.see(vm_class(), "uid-small") == [(small, Urgency.CHANGE), (VM, Urgency.EVENT)]


def test_a_deletion_has_turns_of_its_own() -> None:
    gone = begun().see(vm(), "uid-web", deletionTimestamp="2026-01-01T00:00:00Z", finalizers=["ours"])
    assert gone == [(VM, Urgency.DELETION)]


def test_news_of_a_machine_is_an_event_and_a_provider_that_is_back_a_resync() -> None:
    scene = begun()
    scene.queue.said.clear()
    scene.waker.machine(LAB, MachineId("vm-1"), None)
    scene.waker.provider(LAB)
    assert scene.queue.said == [(VM, Urgency.EVENT), (LAB, Urgency.EVENT), (VM, Urgency.RESYNC)]


def test_a_machine_that_comes_to_a_quota_wakes_none_of_those_that_wait_and_one_that_goes_wakes_them() -> None:
    scene = begun()
    scene.see(quota(machines="1"), "uid-quota")
    waits = ObjectKey(ObjectKind.VIRTUAL_MACHINE, "default", "waits")
    scene.see(vm("waits"), "uid-waits")
    comes = ObjectKey(ObjectKind.VIRTUAL_MACHINE, "default", "comes")
    assert [key for key, _ in scene.see(vm("comes"), "uid-comes")] == [comes]
    gone = vm() | {"metadata": {**vm()["metadata"], "uid": "uid-web", "resourceVersion": "99"}}
    scene.queue.said.clear()
    scene.waker.seen(ObjectKind.VIRTUAL_MACHINE, "DELETED", gone)
    assert {waits, comes} <= {key for key, _ in scene.queue.said}


def test_objects_that_go_let_their_provider_be_looked_at_once_a_little_later_and_other_terms_at_once() -> None:
    scene = begun()
    scene.adoptions.later.clear()
    gone = vm() | {"metadata": {**vm()["metadata"], "uid": "uid-web", "resourceVersion": "99"}}
    scene.waker.seen(ObjectKind.VIRTUAL_MACHINE, "DELETED", gone)
    scene.see(provider(), "uid-lab")
    assert scene.adoptions.later == [(LAB, COUNTED_AFTER), (LAB, timedelta())]
