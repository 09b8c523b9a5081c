"""What follows a deletion: owned objects are collected, namespaces and definitions are emptied, finalizers dropped.

It follows the committed changes and looks at what they concern. Everything it does can be derived from the store, so
a restart takes up what a crash interrupted.
"""

import asyncio
import logging
from collections.abc import Sequence

from virtrigaud_localkube.api_error import ApiError
from virtrigaud_localkube.document import Document
from virtrigaud_localkube.registry.builtin import DEFINITIONS, NAMESPACES
from virtrigaud_localkube.registry.definitions import CLEAN_UP_FINALIZER, collection_of
from virtrigaud_localkube.registry.deletion import FOREGROUND_FINALIZER, ORPHAN_FINALIZER, delete, drop_finalizer
from virtrigaud_localkube.registry.options import DeleteOptions, Propagation
from virtrigaud_localkube.registry.registry import Registry
from virtrigaud_localkube.storage.stored import Change, ChangeType, Key, Stored

_log = logging.getLogger(__name__)
_AT_ONCE = 200


class Housekeeping:
    """One worker over two sets of things to look at: terminating objects, and uids of owners that are gone."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._store = registry.store
        self._terminating: dict[Key, None] = {}
        self._lost_owners: dict[str, None] = {}
        self._wake = asyncio.Event()
        self._definitions: dict[str, Key] = {}

    async def run(self) -> None:
        """Works until it is cancelled."""
        self._store.listen(self._follow)
        self._look_at_everything()
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._terminating or self._lost_owners:
                await self._work()

    def _look_at_everything(self) -> None:
        for resource in list(self._registry.catalog.resources()):
            for stored in self._store.objects(resource.collection):
                self._follow(Change(ChangeType.ADDED, stored, None))

    def _follow(self, change: Change) -> None:
        stored = change.stored
        if stored.key.collection == DEFINITIONS:
            self._definitions[collection_of(stored.document())] = stored.key
        if change.type is ChangeType.DELETED:
            self._lost_owners[stored.uid] = None
            self._look_at_holders(stored)
        elif stored.is_terminating:
            self._terminating[stored.key] = None
        for owner in stored.owners:
            if self._store.with_uid(owner) is None:
                self._lost_owners[owner] = None
        if change.previous and change.previous.owners != stored.owners:
            self._look_at_owners(change.previous)
        if self._terminating or self._lost_owners:
            self._wake.set()

    def _look_at_holders(self, stored: Stored) -> None:
        """Whatever waits for this object to be gone can go on."""
        self._look_at_owners(stored)
        places = [Key(NAMESPACES, "", stored.key.namespace), self._definitions.get(stored.key.collection)]
        for key in places:
            holder = self._store.get(key) if key else None
            if holder and holder.is_terminating:
                self._terminating[holder.key] = None

    def _look_at_owners(self, stored: Stored) -> None:
        for uid in stored.owners:
            owner = self._store.with_uid(uid)
            if owner and owner.is_terminating:
                self._terminating[owner.key] = None

    async def _work(self) -> None:
        terminating, self._terminating = list(self._terminating), {}
        lost, self._lost_owners = list(self._lost_owners), {}
        for uid in lost:
            if self._store.with_uid(uid) is None:
                await self._collect(uid)
        for key in terminating:
            stored = self._store.get(key)
            if stored and stored.is_terminating:
                await self._finish(stored)

    async def _collect(self, lost_owner: str) -> None:
        """Deletes what an owner left behind, and frees what other owners still have from the reference."""
        alone = []
        for stored in self._store.dependents(lost_owner):
            if any(self._store.with_uid(owner) for owner in stored.owners):
                await self._disown(stored, lost_owner)
            else:
                alone.append(stored)
        await self._delete_all(alone)

    async def _disown(self, stored: Stored, owner: str) -> None:
        live = self._store.latest(stored.key)
        if live is None:
            return
        document = live.document()
        metadata = document["metadata"]
        left = [reference for reference in metadata.pop("ownerReferences", ()) if reference["uid"] != owner]
        if left:
            metadata["ownerReferences"] = left
        await self._store.put(live.key, document)

    async def _finish(self, stored: Stored) -> None:
        document = stored.document()
        finalizers = document["metadata"].get("finalizers") or ()
        if ORPHAN_FINALIZER in finalizers:
            for dependent in self._store.dependents(stored.uid):
                await self._disown(dependent, stored.uid)
            await drop_finalizer(self._registry, stored, ORPHAN_FINALIZER)
        if FOREGROUND_FINALIZER in finalizers:
            await self._delete_dependents(stored)
        if CLEAN_UP_FINALIZER in finalizers:
            await self._empty_definition(stored, document)
        if stored.key.collection == NAMESPACES:
            await self._empty_namespace(stored)

    async def _delete_dependents(self, owner: Stored) -> None:
        waiting = [stored for stored in self._store.dependents(owner.uid) if _blocks(stored, owner.uid)]
        await self._delete_all(waiting, Propagation.FOREGROUND)
        if not any(_blocks(stored, owner.uid) for stored in self._store.dependents(owner.uid)):
            await drop_finalizer(self._registry, owner, FOREGROUND_FINALIZER)

    async def _empty_definition(self, stored: Stored, definition: Document) -> None:
        collection = collection_of(definition)
        await self._delete_all(list(self._store.objects(collection)))
        if not self._store.count(collection):
            await drop_finalizer(self._registry, stored, CLEAN_UP_FINALIZER)

    async def _empty_namespace(self, stored: Stored) -> None:
        name = stored.key.name
        await self._delete_all(self._store.within(name))
        live = self._store.get(stored.key)
        if self._store.within(name) or live is None:
            return
        document = live.document()
        document["spec"] = {}
        if document["metadata"].get("finalizers"):
            await self._store.put(live.key, document)
        else:
            await self._store.remove(live.key, document)

    async def _delete_all(self, objects: Sequence[Stored], propagation: Propagation = Propagation.BACKGROUND) -> None:
        """Deletes objects, many in one transaction. Those that terminate already are left to their finalizers."""
        going = [stored for stored in objects if not stored.is_terminating]
        for first in range(0, len(going), _AT_ONCE):
            await asyncio.gather(*(self._delete(stored, propagation) for stored in going[first : first + _AT_ONCE]))

    async def _delete(self, stored: Stored, propagation: Propagation) -> None:
        resource = self._registry.catalog.of_collection(stored.key.collection)
        if resource is None:
            await self._store.remove(stored.key, stored.document())
            return
        try:
            await delete(self._registry, resource, stored.key, DeleteOptions(propagation, uid=stored.uid))
        except ApiError as error:
            if error.reason != "NotFound":
                _log.warning("clean-up after a deletion failed: %s", error.message)


def _blocks(stored: Stored, owner: str) -> bool:
    references = stored.document()["metadata"].get("ownerReferences") or ()
    return any(reference["uid"] == owner and reference.get("blockOwnerDeletion") for reference in references)
