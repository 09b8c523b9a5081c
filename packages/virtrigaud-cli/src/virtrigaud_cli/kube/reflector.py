"""A live copy of one collection: list, then watch, resume, and list again when the server has forgotten.

The pod runner keeps one a kind. Whoever waits for a change gets the key of the object that changed; what
the object looks like now is read from `objects`.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from typing import Any, Final

import aiohttp

from virtrigaud_cli.kube.api_refusal import ApiRefusal
from virtrigaud_cli.kube.resources import Resource
from virtrigaud_cli.kube.streaming import Document, StreamingApi

logger = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS: Final = 0.1
LONGEST_PAUSE_SECONDS: Final = 5.0

Key = tuple[str, str]


def key_of(document: Mapping[str, Any]) -> Key:
    """Namespace and name of an object."""
    metadata = document["metadata"]
    return str(metadata.get("namespace") or ""), str(metadata["name"])


class Reflector:
    """The objects of one kind as the API server has them, a moment ago."""

    def __init__(
        self,
        api: StreamingApi,
        resource: Resource,
        changed: Callable[[Resource, Key], None],
        *,
        label_selector: str = "",
    ) -> None:
        self._api = api
        self._resource = resource
        self._changed = changed
        self._label_selector = label_selector
        self._since = ""
        self.objects: dict[Key, Document] = {}
        self.filled = asyncio.Event()

    async def run(self) -> None:
        """Follow the collection until cancelled; outages of the server are waited out."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                if not self._since:
                    await self._fill()
                await self._follow()
                pause = FIRST_PAUSE_SECONDS
            except ApiRefusal as refusal:
                if refusal.is_expired:
                    self._since = ""
                    continue
                logger.warning("%s; trying again", refusal)
                pause = await _wait(pause)
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                logger.info(
                    "watch of %s ended (%s); resuming", self._resource.plural, str(error) or type(error).__name__
                )
                pause = await _wait(pause)

    async def _fill(self) -> None:
        answer = await self._api.list(self._resource, label_selector=self._label_selector)
        listed = {key_of(item): item for item in answer.get("items") or ()}
        touched = {key for key, item in listed.items() if self.objects.get(key) != item}
        touched |= self.objects.keys() - listed.keys()
        self.objects.clear()
        self.objects.update(listed)
        self._since = str(answer["metadata"]["resourceVersion"])
        self.filled.set()
        for key in sorted(touched):
            self._changed(self._resource, key)

    async def _follow(self) -> None:
        async for event in self._api.watch(self._resource, since=self._since, label_selector=self._label_selector):
            self._since = str(event.document["metadata"]["resourceVersion"])
            if event.type == "BOOKMARK":
                continue
            key = key_of(event.document)
            if event.type == "DELETED":
                self.objects.pop(key, None)
            else:
                self.objects[key] = event.document
            self._changed(self._resource, key)


async def _wait(pause: float) -> float:
    await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - jitter, no secret
    return min(pause * 2, LONGEST_PAUSE_SECONDS)
