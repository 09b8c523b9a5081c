"""Keys that are due: deduplicated, one pass at a time per key, delayed, backed off, fair between lanes.

A lane is what may be slow together: the machines of one provider. Each lane has its own bounded number
of passes at a time and none shares a worker with another, so a dead provider holds up nobody else's
keys. Within a lane `lane` says what goes first. `waker` wakes keys; `reconcile` is what runs.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from virtrigaud_manager.delays import Delays
from virtrigaud_manager.lane import Lane, Urgency
from virtrigaud_manager.look_again import LookAgain

K = TypeVar("K")

PASSES_AT_A_TIME = 16
"""Passes of one lane at the same time."""


@dataclass(slots=True)
class _Entry:
    delays: Delays
    lane: str = ""
    queued: bool = False
    running: bool = False
    again: Urgency | None = None
    timer: asyncio.TimerHandle | None = None


class WorkQueue(Generic[K]):
    """Runs a pass over each key that is due.

    Args:
        run: One pass; it handles its own errors and says when to look again.
        lane_of: Names the lane of a key at the time when it becomes due.
    """

    def __init__(
        self,
        run: Callable[[K], Awaitable[LookAgain]],
        lane_of: Callable[[K], str],
        passes_at_a_time: int = PASSES_AT_A_TIME,
    ) -> None:
        self._run = run
        self._lane_of = lane_of
        self._passes_at_a_time = passes_at_a_time
        self._entries: dict[K, _Entry] = {}
        self._lanes: dict[str, Lane[K]] = {}
        self._passes: set[asyncio.Task[None]] = set()
        self._open = True
        self._random = random.Random()  # noqa: S311 - spreads retries, guards nothing

    def wake(self, key: K, urgency: Urgency = Urgency.EVENT) -> None:
        """Make the key due now; if its pass runs, one more follows it."""
        if not self._open:
            return
        entry = self._entry(key)
        _cancel_timer(entry)
        self._make_due(key, entry, urgency)

    def wake_after(self, key: K, delay: timedelta) -> None:
        """Make the key due after a delay, unless it is due earlier anyway."""
        if not self._open:
            return
        entry = self._entry(key)
        if entry.queued or (entry.running and entry.again is not None):
            return
        loop = asyncio.get_running_loop()
        due = loop.time() + delay.total_seconds()
        if entry.timer is not None:
            if entry.timer.when() <= due:
                return
            entry.timer.cancel()
        entry.timer = loop.call_at(due, self._timer_fired, key)

    @property
    def busy(self) -> int:
        """Return how many keys are due or being worked on."""
        return sum(lane.running + len(lane) for lane in self._lanes.values())

    async def until_idle(self) -> None:
        """Return when no key is due and no pass runs; delayed keys do not count."""
        while self._passes:
            await asyncio.wait(self._passes, return_when=asyncio.FIRST_COMPLETED)

    async def close(self, grace: timedelta) -> None:
        """Start no further pass, let the running ones end, and cancel those that outlast the grace."""
        self._open = False
        for entry in self._entries.values():
            _cancel_timer(entry)
        for lane in self._lanes.values():
            lane.clear()
        if not self._passes:
            return
        _, late = await asyncio.wait(self._passes, timeout=grace.total_seconds())
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _entry(self, key: K) -> _Entry:
        entry = self._entries.get(key)
        if entry is None:
            entry = self._entries[key] = _Entry(Delays(self._random.uniform))
        return entry

    def _timer_fired(self, key: K) -> None:
        entry = self._entries[key]
        entry.timer = None
        self._make_due(key, entry, Urgency.EVENT)

    def _make_due(self, key: K, entry: _Entry, urgency: Urgency) -> None:
        if entry.running:
            entry.again = urgency if entry.again is None else max(entry.again, urgency)
            return
        if not entry.queued:
            entry.queued = True
            entry.lane = self._lane_of(key)
        lane = self._lanes.setdefault(entry.lane, Lane())
        lane.add(key, urgency)
        self._dispatch(lane)

    def _dispatch(self, lane: Lane[K]) -> None:
        while len(lane) and lane.running < self._passes_at_a_time and self._open:
            key = lane.pop()
            entry = self._entries[key]
            entry.queued = False
            entry.running = True
            lane.running += 1
            task = asyncio.get_running_loop().create_task(self._pass(key, entry, lane))
            self._passes.add(task)
            task.add_done_callback(self._passes.discard)

    async def _pass(self, key: K, entry: _Entry, lane: Lane[K]) -> None:
        try:
            look_again = await self._run(key)
        finally:
            entry.running = False
            lane.running -= 1
            self._dispatch(lane)
            self._drop_if_empty(entry.lane, lane)
        self._after_pass(key, entry, look_again)

    def _after_pass(self, key: K, entry: _Entry, look_again: LookAgain) -> None:
        delay = entry.delays.after(look_again)
        if entry.again is not None:
            urgency, entry.again = entry.again, None
            self.wake(key, urgency)
        elif delay is not None:
            self.wake_after(key, delay)
        elif entry.timer is None and not entry.queued:
            self._entries.pop(key, None)

    def _drop_if_empty(self, name: str, lane: Lane[K]) -> None:
        if not lane.running and not len(lane) and self._lanes.get(name) is lane:
            del self._lanes[name]


def _cancel_timer(entry: _Entry) -> None:
    if entry.timer is not None:
        entry.timer.cancel()
        entry.timer = None
