"""Fan-out of machine events to any number of watchers, for providers that implement the Watch facet.

A provider publishes what its hypervisor tells and answers `events()` with a stream of the hub. A slow
watcher never slows down the publisher or the others: of a machine only the latest news waits for it, and
what it missed is replaced by one RESYNC.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Hashable
from itertools import count

from virtrigaud_api.contract import MachineEvent, MachineEventKind

from virtrigaud_provider_sdk.metrics import WATCH_OVERFLOWS, WATCHERS

RESYNC = MachineEvent(kind=MachineEventKind.RESYNC)


class EventHub:
    """Publishes events to every open stream. All methods belong to the event loop's thread.

    A driver thread publishes with `loop.call_soon_threadsafe(hub.publish, event)`.
    """

    def __init__(self, *, backlog: int = 4096) -> None:
        """Make a hub.

        Args:
            backlog: Most machines and tasks of which news waits for one watcher before it is told to resync.
        """
        self._backlog = backlog
        self._watchers: set[_Watcher] = set()
        self._closed = False

    def publish(self, event: MachineEvent) -> None:
        """Give an event to every open stream; RESYNC replaces what still waits there."""
        for watcher in self._watchers:
            watcher.add(event)

    def resync(self) -> None:
        """Tell every watcher that events may have been missed, for example after a reconnect."""
        self.publish(RESYNC)

    def close(self) -> None:
        """End every stream after what already waits in it; a stream that is opened later ends at once."""
        self._closed = True
        for watcher in self._watchers:
            watcher.end()

    async def events(self) -> AsyncGenerator[MachineEvent, None]:
        """Stream events from now on, beginning with one RESYNC."""
        watcher = _Watcher(self._backlog)
        watcher.add(RESYNC)
        if self._closed:
            watcher.end()
        self._watchers.add(watcher)
        WATCHERS.inc()
        try:
            while (event := await watcher.following()) is not None:
                yield event
        finally:
            self._watchers.discard(watcher)
            WATCHERS.dec()


class _Watcher:
    """The events that wait for one watcher."""

    def __init__(self, backlog: int) -> None:
        self._events: OrderedDict[Hashable, MachineEvent] = OrderedDict()
        self._numbers = count()
        self._backlog = backlog
        self._ended = False
        self._changed = asyncio.Event()

    def add(self, event: MachineEvent) -> None:
        key = self._key(event)
        if event.kind is MachineEventKind.RESYNC:
            self._events.clear()
        elif key not in self._events and len(self._events) >= self._backlog:
            WATCH_OVERFLOWS.inc()
            self._events.clear()
            event = RESYNC
        self._events[key] = event
        self._changed.set()

    def _key(self, event: MachineEvent) -> Hashable:
        """Name what the event is news of: of a machine the latest is all, of the rest each."""
        of_machine = event.kind in (MachineEventKind.CHANGED, MachineEventKind.GONE)
        return event.machine if of_machine and event.machine is not None else next(self._numbers)

    def end(self) -> None:
        self._ended = True
        self._changed.set()

    async def following(self) -> MachineEvent | None:
        """Return the next event, or None at the end of the stream."""
        while not self._events:
            if self._ended:
                return None
            self._changed.clear()
            await self._changed.wait()
        return self._events.popitem(last=False)[1]
