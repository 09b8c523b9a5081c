"""What happens, and who has to look again: changes of the cluster and news of the providers become due keys."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from virtrigaud_api.contract import MachineId, Owner
from virtrigaud_api.v1beta1 import KubeObject, VirtualMachine

from virtrigaud_manager.cluster.cache import Cache, Change
from virtrigaud_manager.cluster.object_key import MachineOf, ObjectKey, ObjectKind
from virtrigaud_manager.dependents import RECONCILED, adopted_by, counted_by, tallied_by, woken_by
from virtrigaud_manager.kinds.virtual_machine.references import provider_key
from virtrigaud_manager.lane import Urgency
from virtrigaud_manager.workqueue import WorkQueue

COUNTED_AFTER: Final = timedelta(seconds=1)
"""How long what is said of many machines together may lag behind, so that many changes are one look."""

_DELETED: Final = "DELETED"


class Waker:
    """Wakes keys of the queues, from the moment when this manager acts.

    Args:
        cache: What is known of the cluster.
        queue: Of objects.
        adoptions: Of Providers whose machines of nobody are to be looked at.
    """

    def __init__(self, cache: Cache, queue: WorkQueue[ObjectKey], adoptions: WorkQueue[ObjectKey]) -> None:
        self._cache = cache
        self._queue = queue
        self._adoptions = adoptions
        self._acting = False

    def begin(self) -> None:
        """Let everything be looked at once, and from now on what changes."""
        self._acting = True
        for kind in (*RECONCILED, ObjectKind.RESOURCE_QUOTA):
            for key in self._cache.keys(kind):
                self._queue.wake(key, Urgency.RESYNC)
        for key in self._cache.keys(ObjectKind.PROVIDER):
            self._adoptions.wake(key, Urgency.RESYNC)

    def seen(self, kind: ObjectKind, event: str, document: Mapping[str, Any]) -> None:
        """Take in an object that the watch brought."""
        metadata = document["metadata"]
        if event == _DELETED:
            key = ObjectKey(kind, metadata.get("namespace", ""), metadata["name"])
            change = self._cache.remove(key, metadata["uid"])
        else:
            change = self._cache.put(kind, document)
        if change is not None:
            self.changed(change)

    def changed(self, change: Change) -> None:
        """Wake whom a change of the cache concerns."""
        if not self._acting:
            return
        for key in woken_by(change, self._cache):
            self._queue.wake(key, _urgency(change) if key == change.key else Urgency.EVENT)
        for provider in adopted_by(change):
            self._adoptions.wake_after(provider, timedelta() if provider == change.key else COUNTED_AFTER)
        for quota in tallied_by(change, self._cache):
            self._queue.wake_after(quota, COUNTED_AFTER)
        for counted in counted_by(change):
            if self._cache.get(counted) is not None:
                self._queue.wake_after(counted, COUNTED_AFTER)

    def machine(self, provider: ObjectKey, machine: MachineId, owner: Owner | None) -> None:
        """Wake the object whose machine changed; machines of nobody concern nobody."""
        known = self._cache.referring(MachineOf(provider, machine))
        if not known and owner is not None and owner.namespace:
            key = ObjectKey(ObjectKind.VIRTUAL_MACHINE, owner.namespace, owner.name)
            known = (key,) if self._cache.get(key) is not None else ()
        for key in known:
            self._queue.wake(key)

    def object(self, key: ObjectKey) -> None:
        """Wake an object for which something happened."""
        self._queue.wake(key)

    def provider(self, provider: ObjectKey) -> None:
        """Wake a Provider and every VirtualMachine that refers to it."""
        self._queue.wake(provider)
        for key in self._cache.referring(provider):
            self._queue.wake(key, Urgency.RESYNC)


def _urgency(change: Change) -> Urgency:
    """Tell why an object is due that changed itself."""
    after = change.after
    deleting = isinstance(after, KubeObject) and after.metadata.deletion_timestamp is not None
    return Urgency.DELETION if deleting else Urgency.CHANGE


def lane_of(cache: Cache, key: ObjectKey) -> str:
    """Name what a key may be slow together with: the machines of one provider; a Provider is alone."""
    found = cache.get(key)
    return str(provider_key(found)) if isinstance(found, VirtualMachine) else f"itself {key}"
