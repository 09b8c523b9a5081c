"""What is due in one lane of the work queue, and what of it goes first.

A key that a person changed goes before one that only has to be looked at again, and nothing starves: each
urgency that has something due gets its share of the turns, however much the others have. Nothing here runs
anything.
"""

from collections import deque
from enum import IntEnum
from typing import Final, Generic, TypeVar

K = TypeVar("K")


class Urgency(IntEnum):
    """Why a key is due; the higher number goes first when a key is due for several reasons."""

    RESYNC = 0
    """Nothing is known to have happened: the manager has started, or a provider answers again."""

    EVENT = 1
    """Something happened that the object cares about, or a delay is over."""

    DELETION = 2
    """The object is being deleted."""

    CHANGE = 3
    """Somebody changed what is wanted."""


_TURNS: Final = {Urgency.CHANGE: 8, Urgency.DELETION: 4, Urgency.EVENT: 4, Urgency.RESYNC: 1}
"""How many turns each urgency gets while all have something due."""

_STRIDE: Final = {urgency: max(_TURNS.values()) // turns for urgency, turns in _TURNS.items()}


class Lane(Generic[K]):
    """Keys that are due, each once.

    Attributes:
        running: How many passes over keys of this lane run now.
    """

    def __init__(self) -> None:
        self.running = 0
        self._urgency: dict[K, Urgency] = {}
        self._due: dict[Urgency, deque[K]] = {urgency: deque() for urgency in Urgency}
        self._waiting: dict[Urgency, int] = dict.fromkeys(Urgency, 0)
        self._turn: dict[Urgency, int] = dict.fromkeys(Urgency, 0)
        self._now = 0

    def __len__(self) -> int:
        """Return how many keys are due."""
        return len(self._urgency)

    def add(self, key: K, urgency: Urgency) -> None:
        """Make a key due; one that is due already is so for the more urgent of both reasons."""
        known = self._urgency.get(key)
        if known is not None and known >= urgency:
            return
        if known is not None:
            self._waiting[known] -= 1
        if not self._waiting[urgency]:
            # Having had nothing to do earns no turns: that would let the others wait for as long.
            self._turn[urgency] = max(self._turn[urgency], self._now)
        self._urgency[key] = urgency
        self._waiting[urgency] += 1
        self._due[urgency].append(key)

    def pop(self) -> K:
        """Take the key whose turn it is.

        Raises:
            IndexError: None is due.
        """
        urgency = self._next()
        key = self._due[urgency].popleft()
        while self._urgency.get(key) is not urgency:  # It became more urgent, and lies there as well.
            key = self._due[urgency].popleft()
        del self._urgency[key]
        self._waiting[urgency] -= 1
        self._now = self._turn[urgency]
        self._turn[urgency] += _STRIDE[urgency]
        return key

    def clear(self) -> None:
        """Forget everything that is due."""
        self._urgency.clear()
        self._waiting = dict.fromkeys(Urgency, 0)
        for due in self._due.values():
            due.clear()

    def _next(self) -> Urgency:
        waiting = [urgency for urgency in Urgency if self._waiting[urgency]]
        if not waiting:
            raise IndexError("nothing is due")
        return min(waiting, key=lambda urgency: (self._turn[urgency], -urgency))
