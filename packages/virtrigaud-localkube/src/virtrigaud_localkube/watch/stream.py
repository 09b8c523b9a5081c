"""One watch: the objects that are there, then every change that concerns the watcher, until its time is over.

A watcher that is too slow for the history loses its stream and has to resume, instead of making the server remember
more and more for it.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Final

import orjson

from virtrigaud_localkube.api_error import expired
from virtrigaud_localkube.document import Document
from virtrigaud_localkube.registry.representation import Form, Representation
from virtrigaud_localkube.storage.store import Store
from virtrigaud_localkube.storage.stored import Change, ChangeType, Stored
from virtrigaud_localkube.watch.selectors import Selection

BOOKMARK_PERIOD: Final = 60.0
_BEHIND_LIMIT: Final = 10_000
_BEHIND_BYTES: Final = 32 * 1024 * 1024
_INITIAL_EVENTS_END: Final = {"k8s.io/initial-events-end": "true"}


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """What a watcher wants: from where, for how long, with which extras."""

    since: int | None
    seconds: float
    has_bookmarks: bool
    sends_initial_events: bool


class Broadcaster:
    """Gives each committed change to the watches of its collection."""

    def __init__(self, store: Store) -> None:
        self._watches: dict[str, set[Watch]] = {}
        store.listen(self._publish)

    def add(self, watch: "Watch") -> None:
        """Starts telling a watch about changes."""
        self._watches.setdefault(watch.collection, set()).add(watch)

    def remove(self, watch: "Watch") -> None:
        """Stops telling a watch about changes."""
        self._watches.get(watch.collection, set()).discard(watch)

    def stop(self) -> None:
        """Ends all watches."""
        for watches in self._watches.values():
            for watch in watches:
                watch.end()

    def _publish(self, change: Change) -> None:
        for watch in self._watches.get(change.stored.key.collection, ()):
            watch.offer(change)


class Watch:
    """The changes of one collection as one watcher sees them."""

    def __init__(
        self, store: Store, representation: Representation, selection: Selection, options: WatchOptions
    ) -> None:
        self.collection = representation.resource.collection
        self._store = store
        self._representation = representation
        self._selection = selection
        self._options = options
        self._waiting: deque[Change] = deque()
        self._waiting_bytes = 0
        self._wake = asyncio.Event()
        self._has_ended = False
        self._is_first = True

    def offer(self, change: Change) -> None:
        """Takes a change, to be sent when the watcher is ready for it."""
        if self._has_ended:
            return
        if len(self._waiting) >= _BEHIND_LIMIT or self._waiting_bytes >= _BEHIND_BYTES:
            self._waiting.clear()
            self.end()
            return
        self._waiting.append(change)
        self._waiting_bytes += len(change.stored.encoded)
        self._wake.set()

    def end(self) -> None:
        """Ends the stream; the watcher may resume where it was."""
        self._has_ended = True
        self._wake.set()

    async def frames(self, broadcaster: Broadcaster) -> AsyncIterator[bytes]:
        """The events, encoded, several at a time where several are there."""
        broadcaster.add(self)
        try:
            async for frames in self._frames():
                yield frames
        finally:
            broadcaster.remove(self)

    async def _frames(self) -> AsyncIterator[bytes]:
        if first := b"".join(self._initial_frames()):
            yield first
        clock = asyncio.get_running_loop().time
        deadline = clock() + self._options.seconds
        bookmark = clock() + min(BOOKMARK_PERIOD, max(0.5, self._options.seconds - 2))
        while not self._has_ended and (now := clock()) < deadline:
            if not await self._wait(min(deadline, bookmark if self._options.has_bookmarks else deadline) - now):
                if self._options.has_bookmarks and clock() >= bookmark:
                    bookmark = clock() + BOOKMARK_PERIOD
                    yield self._bookmark({})
                continue
            waiting, self._waiting, self._waiting_bytes = self._waiting, deque(), 0
            if frames := b"".join(frame for change in waiting for frame in self._frames_of(change)):
                yield frames

    async def _wait(self, seconds: float) -> bool:
        self._wake.clear()
        if self._waiting or self._has_ended:
            return True
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return False
        return True

    def _initial_frames(self) -> Iterator[bytes]:
        since = self._options.since
        if since is None or self._options.sends_initial_events:
            for stored in self._store.objects(self.collection, self._selection.namespace):
                if self._selection.takes(stored):
                    yield self._frame("ADDED", stored)
            if self._options.sends_initial_events and self._options.has_bookmarks:
                yield self._bookmark({"annotations": _INITIAL_EVENTS_END})
            return
        if not self._store.history.reaches(since):
            gone = expired(f"too old resource version: {since} ({self._store.history.floor})")
            yield orjson.dumps({"type": "ERROR", "object": gone.status()}) + b"\n"
            self.end()
            return
        for change in self._store.history.since(since):
            if change.stored.key.collection == self.collection:
                yield from self._frames_of(change)

    def _frames_of(self, change: Change) -> Iterator[bytes]:
        """A change as the watcher's selection sees it: an object may enter and leave without being made or deleted."""
        is_there = change.type is not ChangeType.DELETED and self._selection.takes(change.stored)
        was_there = change.previous is not None and self._selection.takes(change.previous)
        if is_there:
            yield self._frame("MODIFIED" if was_there else "ADDED", change.stored)
        elif was_there and change.previous is not None:
            last = change.stored if change.type is ChangeType.DELETED else _moved(change.previous, change.version)
            yield self._frame("DELETED", last)

    def _frame(self, event_type: str, stored: Stored) -> bytes:
        encoded = self._representation.encode(stored, has_columns=self._is_first)
        self._is_first = False
        return b'{"type":"' + event_type.encode() + b'","object":' + encoded + b"}\n"

    def _bookmark(self, extra: Document) -> bytes:
        resource = self._representation.resource
        metadata = {"resourceVersion": str(self._store.version), "creationTimestamp": None, **extra}
        document: Document = {"kind": resource.kind, "apiVersion": resource.api_version, "metadata": metadata}
        if self._representation.form is Form.TABLE:
            document = {"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata, "rows": []}
            document["columnDefinitions"] = None
        return orjson.dumps({"type": "BOOKMARK", "object": document}) + b"\n"


def _moved(stored: Stored, version: int) -> Stored:
    """An earlier state of an object under the resourceVersion at which it left a selection."""
    return Stored.of(stored.key, version, stored.document())
