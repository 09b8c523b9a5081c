"""Listing everything: once at the start, so that no pass sees half a cluster, and now and then for safety.

A list tells which objects were deleted while nobody watched; `watches` asks for one when it has missed something.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final

import structlog

from virtrigaud_manager.cluster.api_store import ApiStore
from virtrigaud_manager.cluster.cache import Cache, Change, uid_of, version_of
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.paths import Collection
from virtrigaud_manager.cluster.store import ClusterError

_FIRST_RETRY: Final = timedelta(milliseconds=200)
_LONGEST_RETRY: Final = timedelta(seconds=5)

log = structlog.get_logger("resync")


class Resync:
    """Compares the cache with the lists of the API server.

    Args:
        namespaces: Which ones are of interest; none means all.
        changed: Told what a list changes.
    """

    def __init__(
        self, store: ApiStore, cache: Cache, namespaces: Sequence[str], changed: Callable[[Change], None]
    ) -> None:
        self._store = store
        self._cache = cache
        self._collections = tuple(Collection(kind, name) for kind in ObjectKind for name in namespaces or (None,))
        self._changed = changed

    async def fill(self) -> Mapping[Collection, str]:
        """Fill the cache, however long it takes until the API server can be asked.

        Returns:
            The resourceVersion of each list, from which on it can be watched.
        """
        delay = _FIRST_RETRY
        while True:
            try:
                return {collection: await self.compare(collection) for collection in self._collections}
            except ClusterError as error:
                log.warning("waiting for the API server and the CRDs", error=str(error))
                await asyncio.sleep(delay.total_seconds())
                delay = min(delay * 2, _LONGEST_RETRY)

    async def run(self, period: timedelta) -> None:
        """Compare again after each period, until cancelled."""
        while True:
            await asyncio.sleep(period.total_seconds())
            try:
                for collection in self._collections:
                    await self.compare(collection)
            except ClusterError as error:
                log.warning("the cluster can't be listed", error=str(error))

    async def compare(self, collection: Collection) -> str:
        """Take a list into the cache, and forget what it does not have any more.

        Returns:
            The resourceVersion of the list.

        Raises:
            ClusterError: It can't be listed.
        """
        there: set[tuple[str, str]] = set()
        version = ""
        async for page in self._store.pages(collection):
            version = page.resource_version
            for document in page.documents:
                self._tell(self._cache.put(collection.kind, document))
                there.add((document["metadata"].get("namespace", ""), document["metadata"]["name"]))
        for key in self._cache.keys(collection.kind):
            if (key.namespace, key.name) not in there and collection.namespace in (None, key.namespace):
                self._tell(self._forget(key, version))
        return version

    def _forget(self, key: ObjectKey, listed_at: str) -> Change | None:
        """Forget what the list does not have, unless it is younger than the list."""
        cached = self._cache.get(key)
        if cached is None:
            return None
        version = version_of(cached)
        if version.isdecimal() and listed_at.isdecimal() and int(version) > int(listed_at):
            return None
        return self._cache.remove(key, uid_of(cached))

    def _tell(self, change: Change | None) -> None:
        if change is not None:
            self._changed(change)
