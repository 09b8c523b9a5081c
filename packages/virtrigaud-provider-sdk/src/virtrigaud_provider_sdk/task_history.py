"""Tasks that ended: the last ones, for a while, in memory and in the journal where there is one.

`TaskBook` adds to it and asks it; it knows nothing of running work.
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta

from virtrigaud_api.contract import TaskRef, TaskState

from virtrigaud_provider_sdk.task_journal import Ended, TaskJournal


class TaskHistory:
    """Outcomes by reference, the oldest first; those over the limits are forgotten."""

    def __init__(
        self, *, most: int, kept: timedelta, journal: TaskJournal | None = None, clock: Callable[[], float]
    ) -> None:
        """Make a history of what the journal holds.

        Args:
            most: How many outcomes are remembered.
            kept: How long an outcome is remembered.
            journal: Where outcomes survive a restart.
            clock: Tells the time in seconds since the epoch.
        """
        self._most = most
        self._kept = kept
        self._journal = journal
        self._clock = clock
        self._ended: OrderedDict[TaskRef, Ended] = OrderedDict()
        if journal is not None:
            self._ended.update((ended.ref, ended) for ended in journal.ended())

    def add(self, ref: TaskRef, state: TaskState) -> None:
        """Remember an outcome.

        Raises:
            Unavailable: The journal can't be written; the outcome is remembered in memory.
        """
        ended = self._ended[ref] = Ended(ref, state, self._clock())
        if self._journal is not None:
            self._journal.end(ended)
        self._expire()

    def find(self, ref: TaskRef) -> TaskState | None:
        """Return an outcome; None where it is not known, or not any more."""
        ended = self._ended.get(ref)
        if ended is None or self._is_old(ended):
            return None
        return ended.state

    def _expire(self) -> None:
        while self._ended:
            oldest = next(iter(self._ended.values()))
            if len(self._ended) <= self._most and not self._is_old(oldest):
                return
            del self._ended[oldest.ref]
            if self._journal is not None:
                self._journal.forget(oldest.ref)

    def _is_old(self, ended: Ended) -> bool:
        return self._clock() - ended.at > self._kept.total_seconds()
