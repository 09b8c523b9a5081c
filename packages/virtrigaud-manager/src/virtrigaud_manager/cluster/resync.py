"""Listing everything: once at the start, so that no pass sees half a cluster, and now and then for safety.

A watch that was interrupted does not tell which objects were deleted meanwhile; the list does.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

import structlog

from virtrigaud_manager.cluster.api_store import ApiStore
from virtrigaud_manager.cluster.cache import Cache, Change, uid_of, version_of
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.store import ClusterError

_FIRST_RETRY: Final = timedelta(milliseconds=200)
_LONGEST_RETRY: Final = timedelta(seconds=5)

log = structlog.get_logger("resync")


class Resync:
    """Compares the cache with the lists of the API server.

    Args:
        changed: Told what a list changes; not at the first time, when everything is new.
    """

    def __init__(
        self, store: ApiStore, cache: Cache, namespaces: Sequence[str], changed: Callable[[Change], None]
    ) -> None:
        self._store = store
        self._cache = cache
        self._namespaces: Sequence[str | None] = namespaces or (None,)
        self._changed = changed

    async def fill(self) -> None:
        """Fill the cache, however long it takes until the API server can be asked."""
        delay = _FIRST_RETRY
        while True:
            try:
                for kind in ObjectKind:
                    await self._compare(kind)
            except ClusterError as error:
                log.warning("waiting for the API server and the CRDs", error=str(error))
                await asyncio.sleep(delay.total_seconds())
                delay = min(delay * 2, _LONGEST_RETRY)
            else:
                return

    async def run(self, period: timedelta) -> None:
        """Compare again after each period, until cancelled."""
        while True:
            await asyncio.sleep(period.total_seconds())
            try:
                for kind in ObjectKind:
                    for change in await self._compare(kind):
                        self._changed(change)
            except ClusterError as error:
                log.warning("the cluster can't be listed", error=str(error))

    async def _compare(self, kind: ObjectKind) -> list[Change]:
        changes: list[Change | None] = []
        for namespace in self._namespaces:
            there: set[tuple[str, str]] = set()
            version = ""
            async for page in self._store.pages(kind, namespace):
                version = page.resource_version
                for document in page.documents:
                    changes.append(self._cache.put(kind, document))
                    there.add((document["metadata"].get("namespace", ""), document["metadata"]["name"]))
            changes.extend(
                self._forget(key, version)
                for key in self._cache.keys(kind)
                if (key.namespace, key.name) not in there and namespace in (None, key.namespace)
            )
        return [change for change in changes if change is not None]

    def _forget(self, key: ObjectKey, listed_at: str) -> Change | None:
        """Forget what the list does not have, unless it is younger than the list."""
        cached = self._cache.get(key)
        if cached is None:
            return None
        version = version_of(cached)
        if version.isdecimal() and listed_at.isdecimal() and int(version) > int(listed_at):
            return None
        return self._cache.remove(key, uid_of(cached))
