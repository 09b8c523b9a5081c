"""The last changes, in order: what a client that was away can be told without listing everything again.

It survives a restart: the journal keeps what it holds, and is told what it no longer needs.
"""

from collections import deque
from collections.abc import Iterator
from typing import Final

from virtrigaud_localkube.storage.stored import Change, ChangeType

COUNT_LIMIT: Final = 10_000
BYTE_LIMIT: Final = 64 * 1024 * 1024


class History:
    """A window over the changes, bounded in number and size. What is older than its floor is forgotten."""

    def __init__(self, floor: int, count_limit: int = COUNT_LIMIT, byte_limit: int = BYTE_LIMIT) -> None:
        self.floor = floor
        self._count_limit = count_limit
        self._byte_limit = byte_limit
        self._bytes = 0
        self._changes: deque[Change] = deque()

    def add(self, change: Change) -> list[int]:
        """Appends a change and forgets the oldest when the window is full.

        Returns:
            The resourceVersions of states that are neither current nor in the window any more.
        """
        unreachable: list[int] = []
        if change.version <= self.floor:
            return unreachable
        self._changes.append(change)
        self._bytes += len(change.stored.encoded)
        while len(self._changes) > self._count_limit or self._bytes > self._byte_limit:
            forgotten = self._changes.popleft()
            self._bytes -= len(forgotten.stored.encoded)
            self.floor = forgotten.version
            if forgotten.previous:
                unreachable.append(forgotten.previous.version)
            if forgotten.type is ChangeType.DELETED:
                unreachable.append(forgotten.version)
        return unreachable

    def reaches(self, version: int) -> bool:
        """Tells whether every change after a resourceVersion is still known."""
        return version >= self.floor

    def since(self, version: int) -> Iterator[Change]:
        """The changes after a resourceVersion, oldest first."""
        found = []
        for change in reversed(self._changes):
            if change.version <= version:
                break
            found.append(change)
        return reversed(found)
