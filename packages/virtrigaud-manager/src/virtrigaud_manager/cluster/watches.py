"""Watching the cluster: what changes in each collection goes into the cache as it happens.

A watch goes on from where the last one ended. Where the API server has forgotten what happened since then, the
collection is listed, which also tells what was deleted meanwhile. Nothing gives up while the API server is away.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp
import structlog
from pydantic_core import from_json

from virtrigaud_manager.cluster.api_store import refusal
from virtrigaud_manager.cluster.object_key import ObjectKind
from virtrigaud_manager.cluster.paths import Collection
from virtrigaud_manager.cluster.resync import Resync
from virtrigaud_manager.cluster.store import ClusterError

Seen = Callable[[ObjectKind, str, Mapping[str, Any]], None]
"""Called with the kind of an object, the type of the event, and the object."""

_FIRST_PAUSE: Final = timedelta(milliseconds=100)
_LONGEST_PAUSE: Final = timedelta(seconds=5)
_SECONDS: Final = (240, 300)
"""How long one watch goes on; not all of them end in the same moment."""

_TIMEOUT: Final = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=_SECONDS[1] + 30)
"""A connection on which nothing comes for longer than a watch goes on is dead."""

_SHOWN: Final = 500

log = structlog.get_logger("watches")


class ExpiredError(ClusterError):
    """The API server has forgotten what happened since then."""


class Watches:
    """Follows collections of objects.

    Args:
        session: Has room for a connection that stays open for each collection.
        resync: Lists a collection of which something was missed.
        seen: Takes in each event.
    """

    def __init__(self, session: aiohttp.ClientSession, server: str, resync: Resync, seen: Seen) -> None:
        self._session = session
        self._server = server
        self._resync = resync
        self._seen = seen
        self._random = random.Random()  # noqa: S311 - spreads requests, guards nothing

    async def run(self, versions: Mapping[Collection, str]) -> None:
        """Follow each collection from the resourceVersion at which it was listed, until cancelled."""
        async with asyncio.TaskGroup() as group:
            for collection, version in versions.items():
                group.create_task(self._follow(collection, version), name=f"watch {collection}")

    async def _follow(self, collection: Collection, version: str) -> None:
        pause = _FIRST_PAUSE
        while True:
            try:
                version = version or await self._resync.compare(collection)
                async with aclosing(self._events(collection, version)) as events:
                    async for event in events:
                        version = self._take(collection.kind, event)
                        pause = _FIRST_PAUSE
            except ExpiredError as error:
                log.info("some changes were missed", collection=str(collection), error=str(error))
                version = ""
            except ClusterError as error:
                tell = log.warning if pause == _FIRST_PAUSE else log.debug
                tell("can't watch for now", collection=str(collection), error=str(error))
            await asyncio.sleep(pause.total_seconds() * self._random.uniform(0.8, 1.2))
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _take(self, kind: ObjectKind, event: object) -> str:
        """Take in an event, and return the resourceVersion that it brings the collection to."""
        match event:
            case {"type": "ERROR", "object": {"code": HTTPStatus.GONE, **status}}:
                raise ExpiredError(f"the watch ended: {status.get('message', '')}")
            case {"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": str(version)}}}:
                return version
            case {"type": "ADDED" | "MODIFIED" | "DELETED" as said, "object": {"metadata": metadata} as document}:
                self._tell(kind, said, document)
                return str(metadata["resourceVersion"])
            case _:
                raise ClusterError(f"the watch ended with {str(event)[:_SHOWN]}")

    def _tell(self, kind: ObjectKind, said: str, document: Mapping[str, Any]) -> None:
        try:
            self._seen(kind, said, document)
        except Exception:  # A defect in one object must not stop the others.
            name = document["metadata"].get("name")
            log.exception("an object can't be taken in and is left alone", kind=kind, name=name)

    async def _events(self, collection: Collection, version: str) -> AsyncGenerator[object, None]:
        """Ask for what happens from a resourceVersion on, until the API server ends the answer.

        Raises:
            ExpiredError: It has forgotten what happened since.
            ClusterError: It refuses, or can't be reached any more.
        """
        asked = {
            "watch": "true",
            "resourceVersion": version,
            "allowWatchBookmarks": "true",
            "timeoutSeconds": str(self._random.randint(*_SECONDS)),
            **collection.selection,
        }
        url = f"{self._server}{collection.path}?{urlencode(asked)}"
        try:
            async with self._session.get(url, timeout=_TIMEOUT) as answer:
                if answer.status == HTTPStatus.GONE:
                    raise ExpiredError(str(await refusal("watch", answer)))
                if answer.status != HTTPStatus.OK:
                    raise await refusal("watch", answer)
                rest = b""
                async for chunk in answer.content.iter_any():
                    *lines, rest = (rest + chunk).split(b"\n")
                    for line in lines:
                        yield from_json(line)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise ClusterError(f"watch {collection}: the API server can't be reached: {error}") from error
