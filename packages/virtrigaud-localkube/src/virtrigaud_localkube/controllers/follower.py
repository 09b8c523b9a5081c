"""A worker that puts something right whenever a change may have made it wrong."""

import asyncio
from collections.abc import Awaitable, Callable

from virtrigaud_localkube.storage.store import Store
from virtrigaud_localkube.storage.stored import Change


class Follower:
    """Looks at some collections once at its start, and again after each change in them."""

    def __init__(self, store: Store, collections: frozenset[str], put_right: Callable[[], Awaitable[object]]) -> None:
        self._collections = collections
        self._put_right = put_right
        self._wake = asyncio.Event()
        store.listen(self._follow)

    async def run(self) -> None:
        """Works until it is cancelled."""
        while True:
            self._wake.clear()
            await self._put_right()
            await self._wake.wait()

    def _follow(self, change: Change) -> None:
        if change.stored.key.collection in self._collections:
            self._wake.set()
