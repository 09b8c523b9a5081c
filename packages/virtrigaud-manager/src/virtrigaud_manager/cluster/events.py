"""Posting Events for people, without ever holding up a reconcile: queued, repeated ones once in a while, bounded."""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final, Protocol

import structlog
from virtrigaud_api.v1beta1 import KubeObject

from virtrigaud_manager.cluster.event_note import EventNote
from virtrigaud_manager.cluster.store import ClusterError

REPORTING_CONTROLLER: Final = "virtrigaud-manager"
SAID_AGAIN_AFTER = timedelta(minutes=10)
"""The same words about the same object are posted again after this time at the earliest."""

MOST_WAITING = 10_000
_MOST_REMEMBERED = 5000
_LONGEST_MESSAGE = 1024

log = structlog.get_logger("events")

Create = Callable[[str, Mapping[str, Any]], Awaitable[None]]
"""Creates an Event in a namespace."""


class EventSink(Protocol):
    """Where reports send their Events."""

    def post(self, about: KubeObject, note: EventNote) -> None:
        """Post an Event about an object, now or soon or, if there are too many, never."""
        ...


class EventPoster:
    """Posts Events one after the other.

    Args:
        create: Makes the Event.
        instance: Which process says it.
    """

    def __init__(self, create: Create, instance: str) -> None:
        self._create = create
        self._instance = instance
        self._waiting: asyncio.Queue[tuple[str, Mapping[str, Any]]] = asyncio.Queue(MOST_WAITING)
        self._said: OrderedDict[tuple[str, EventNote], datetime] = OrderedDict()
        self._numbers = count(int(datetime.now(UTC).timestamp() * 1_000_000))

    def post(self, about: KubeObject, note: EventNote) -> None:
        """Queue an Event, unless the same was said a short while ago."""
        now = datetime.now(UTC)
        key = (about.metadata.uid, note)
        said = self._said.get(key)
        if said is not None and now - said < SAID_AGAIN_AFTER:
            return
        self._said[key] = now
        self._said.move_to_end(key)
        if len(self._said) > _MOST_REMEMBERED:
            self._said.popitem(last=False)
        try:
            self._waiting.put_nowait((about.metadata.namespace, self._document(about, note, now)))
        except asyncio.QueueFull:
            log.warning("too many Events are waiting; one is left out", reason=note.reason)

    async def run(self) -> None:
        """Post what is queued, until cancelled."""
        while True:
            namespace, document = await self._waiting.get()
            try:
                await self._create(namespace, document)
            except ClusterError as error:
                log.warning("an Event could not be posted", reason=document["reason"], error=str(error))
            finally:
                self._waiting.task_done()

    async def drain(self, grace: timedelta) -> None:
        """Let what is queued be posted, for a while."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._waiting.join(), grace.total_seconds())

    def _document(self, about: KubeObject, note: EventNote, now: datetime) -> dict[str, Any]:
        moment = now.isoformat(timespec="microseconds").replace("+00:00", "Z")
        return {
            "apiVersion": "events.k8s.io/v1",
            "kind": "Event",
            "metadata": {
                "name": f"{about.metadata.name}.{next(self._numbers):x}",
                "namespace": about.metadata.namespace,
            },
            "eventTime": moment,
            "type": note.type.value,
            "reason": note.reason,
            "action": note.action,
            "note": note.message[:_LONGEST_MESSAGE],
            "regarding": {
                "apiVersion": about.api_version,
                "kind": about.names.kind,
                "namespace": about.metadata.namespace,
                "name": about.metadata.name,
                "uid": about.metadata.uid,
                "resourceVersion": about.metadata.resource_version,
            },
            "reportingController": REPORTING_CONTROLLER,
            "reportingInstance": self._instance,
        }
