"""The last changes, in order: what a client that was away can be told without listing everything again."""

from collections import deque
from collections.abc import Iterator

from virtrigaud_localkube.storage.stored import Change


class History:
    """A bounded window over the changes. What is older than its floor is forgotten."""

    def __init__(self, floor: int, size: int) -> None:
        self.floor = floor
        self._size = size
        self._changes: deque[Change] = deque()

    def add(self, change: Change) -> None:
        """Appends a change and forgets the oldest when the window is full."""
        self._changes.append(change)
        if len(self._changes) > self._size:
            self.floor = self._changes.popleft().version

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
