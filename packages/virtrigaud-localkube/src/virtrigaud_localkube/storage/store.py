"""The store: committed objects to read, writes that are acknowledged only when they are on disk.

A write sees the writes before it at once (`latest`), readers and watchers see it when it is committed. All writes of
one turn of the event loop share a transaction. Nobody outside ever sees a resourceVersion that a crash could undo.
"""

import asyncio
import sqlite3
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from virtrigaud_localkube.api_error import internal
from virtrigaud_localkube.document import Document
from virtrigaud_localkube.storage.history import History
from virtrigaud_localkube.storage.journal import Journal
from virtrigaud_localkube.storage.stored import Change, ChangeType, Key, Stored

Listener = Callable[[Change], None]


class Collection:
    """The committed objects of one resource."""

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str], Stored] = {}
        self._ordered: list[tuple[str, str]] | None = None

    def put(self, stored: Stored) -> None:
        """Adds an object or replaces its earlier version."""
        place = stored.key[1:]
        if place not in self.objects:
            self._ordered = None
        self.objects[place] = stored

    def remove(self, key: Key) -> None:
        """Takes an object out."""
        self.objects.pop(key[1:], None)
        self._ordered = None

    def ordered(self, namespace: str | None, after: tuple[str, str] | None) -> Iterator[Stored]:
        """The objects by namespace and name: of one namespace or of all, from behind a place."""
        if self._ordered is None:
            self._ordered = sorted(self.objects)
        start = after or (namespace or "", "")
        first = bisect_left(self._ordered, start)
        for place in self._ordered[first:]:
            if namespace is not None and place[0] != namespace:
                break
            if place != after:
                yield self.objects[place]


class Store:
    """All objects of the server. Methods are called from the event loop only."""

    def __init__(self, path: Path) -> None:
        self._journal = Journal(path)
        self._collections: dict[str, Collection] = defaultdict(Collection)
        self._uids: dict[str, Key] = {}
        self._dependents: dict[str, set[Key]] = defaultdict(set)
        self._unwritten: list[tuple[Change, asyncio.Future[Stored]]] = []
        self._pending: dict[Key, Stored | None] = {}
        self._listeners: list[Listener] = []
        self._unreachable: list[int] = []
        self.version = 0
        self.history = History(self._journal.floor())
        for stored, is_deleted in self._journal.states():
            self._publish(Change.of(stored, self.get(stored.key), is_deleted=is_deleted))
        self._assigned = self.version

    def close(self) -> None:
        """Commits what is waiting and closes the file."""
        self._flush()
        self._journal.close()

    def listen(self, listener: Listener) -> None:
        """Calls a function after each committed change."""
        self._listeners.append(listener)

    def get(self, key: Key) -> Stored | None:
        """The committed object at a key."""
        return self._collections[key.collection].objects.get((key.namespace, key.name))

    def latest(self, key: Key) -> Stored | None:
        """The object at a key, with the writes that are on their way to the disk."""
        return self._pending[key] if key in self._pending else self.get(key)

    def objects(
        self, collection: str, namespace: str | None = None, after: tuple[str, str] | None = None
    ) -> Iterator[Stored]:
        """The committed objects of a collection, by namespace and name."""
        return self._collections[collection].ordered(namespace, after)

    def count(self, collection: str) -> int:
        """How many objects a collection has."""
        return len(self._collections[collection].objects)

    def within(self, namespace: str) -> list[Stored]:
        """All objects that a namespace holds."""
        names = list(self._collections)
        return [stored for name in names for stored in self._collections[name].ordered(namespace, None)]

    def with_uid(self, uid: str) -> Stored | None:
        """The object that has a uid."""
        key = self._uids.get(uid)
        return self.get(key) if key else None

    def dependents(self, uid: str) -> list[Stored]:
        """The objects that name an owner by its uid."""
        found = (self.get(key) for key in sorted(self._dependents.get(uid, ())))
        return [stored for stored in found if stored]

    def put(self, key: Key, document: Document) -> asyncio.Future[Stored]:
        """Writes an object. The future is done when the write is on disk."""
        return self._submit(key, document, is_deleted=False)

    def remove(self, key: Key, document: Document) -> asyncio.Future[Stored]:
        """Deletes an object; `document` is its last state, which watchers are told."""
        return self._submit(key, document, is_deleted=True)

    def _submit(self, key: Key, document: Document, *, is_deleted: bool) -> asyncio.Future[Stored]:
        loop = asyncio.get_running_loop()
        self._assigned += 1
        stored = Stored.of(key, self._assigned, document)
        if not self._unwritten:
            loop.call_soon(self._flush)
        written: asyncio.Future[Stored] = loop.create_future()
        self._unwritten.append((Change.of(stored, self.latest(key), is_deleted=is_deleted), written))
        self._pending[key] = None if is_deleted else stored
        return written

    def _flush(self) -> None:
        batch, self._unwritten = self._unwritten, []
        if not batch:
            return
        self._pending.clear()
        try:
            self._journal.append([change for change, _ in batch], self._unreachable, self.history.floor)
        except sqlite3.Error as error:
            for written in (written for _, written in batch if not written.done()):
                written.set_exception(internal(f"the write could not be stored: {error}"))
            return
        self._unreachable.clear()
        for change, written in batch:
            self._publish(change)
            if not written.done():
                written.set_result(change.stored)

    def _publish(self, change: Change) -> None:
        stored = change.stored
        self.version = change.version
        if change.previous:
            self._unindex(change.previous)
        if change.type is ChangeType.DELETED:
            self._collections[stored.key.collection].remove(stored.key)
        else:
            self._collections[stored.key.collection].put(stored)
            self._index(stored)
        self._unreachable += self.history.add(change)
        for listener in self._listeners:
            listener(change)

    def _index(self, stored: Stored) -> None:
        self._uids[stored.uid] = stored.key
        for owner in stored.owners:
            self._dependents[owner].add(stored.key)

    def _unindex(self, stored: Stored) -> None:
        self._uids.pop(stored.uid, None)
        for owner in stored.owners:
            self._dependents[owner].discard(stored.key)
            if not self._dependents[owner]:
                del self._dependents[owner]
