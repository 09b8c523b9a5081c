"""Watching the cluster through kopf: every event goes into the cache, and wakes who has to look again.

The only module that imports kopf. kopf watches and nothing else: it writes no finalizer, no annotation and
no Event, and never gives up while the API server is away.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import kopf
from virtrigaud_api.v1beta1 import keys

from virtrigaud_manager.cluster.api_store import PAGE
from virtrigaud_manager.cluster.connection import Connection
from virtrigaud_manager.cluster.object_key import ObjectKind
from virtrigaud_manager.cluster.paths import OURS_ONLY, RESOURCES

_LONGEST_RETRY_SECONDS: Final = 5.0
_WATCH_SECONDS: Final = 300
"""A whole number: the API server takes no other."""

Seen = Callable[[ObjectKind, str | None, dict[str, Any]], None]
"""Called with the kind of an object, the type of the event (None: it was listed), and the object."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which namespaces are watched; none means all."""

    namespaces: tuple[str, ...] = ()


class _Retries:
    """Delays that grow to a few seconds and never end."""

    def __iter__(self) -> Iterator[float]:
        delay = 0.1
        while True:
            yield delay
            delay = min(delay * 2, _LONGEST_RETRY_SECONDS)


class _NoDiffs(kopf.DiffBaseStorage):
    """Nobody here asks what changed since last time, so no copy of each object is made to compare with."""

    def build(self, **_: object) -> kopf.BodyEssence:
        return kopf.BodyEssence({})

    def fetch(self, **_: object) -> kopf.BodyEssence | None:
        return None

    def store(self, **_: object) -> None:
        return None


class _NoProgress(kopf.ProgressStorage):
    """Handlers of events have no progress to remember."""

    def fetch(self, **_: object) -> kopf.ProgressRecord | None:
        return None

    def store(self, **_: object) -> None:
        return None

    def purge(self, **_: object) -> None:
        return None

    def touch(self, **_: object) -> None:
        return None

    def clear(self, *, essence: kopf.BodyEssence) -> kopf.BodyEssence:
        return essence


async def watch(
    connection: Connection, scope: Scope, seen: Seen, stop: Callable[[], Awaitable[None]], ended: asyncio.Event
) -> None:
    """Watch until SIGTERM or SIGINT arrives.

    Args:
        connection: Where the API server is and who we are.
        scope: What is watched.
        seen: Takes in each event.
        stop: Ends all work that goes on beside; kopf waits for whatever still runs in its loop.
        ended: Set where there is another reason to end.

    Raises:
        Exception: kopf can't go on, for example because the credentials are refused for good.
    """
    _tame_logging()
    registry = kopf.OperatorRegistry()
    kopf.on.login(registry=registry)(_login(connection))
    kopf.on.cleanup(registry=registry)(_cleanup(stop))
    for kind in ObjectKind:
        resource = RESOURCES[kind]
        selected: dict[str, Any] = (
            {"labels": {keys.LABEL_APP_MANAGED_BY: keys.APP_MANAGED_BY}} if kind in OURS_ONLY else {}
        )
        kopf.on.event(
            group=resource.group,
            version=resource.version,
            plural=resource.plural,
            registry=registry,
            id=f"see-{resource.plural}",
            **selected,
        )(_handler(kind, seen))
    await kopf.operator(
        registry=registry,
        settings=_settings(),
        standalone=True,
        clusterwide=not scope.namespaces,
        namespaces=scope.namespaces,
        stop_flag=ended,
    )


def _login(connection: Connection) -> Callable[..., Any]:
    async def login(**_: object) -> kopf.AiohttpSession:
        return kopf.AiohttpSession(server=connection.server, aiohttp_session=connection.open_session(connections=0))

    return login


def _cleanup(stop: Callable[[], Awaitable[None]]) -> Callable[..., Any]:
    async def cleanup(**_: object) -> None:
        await stop()

    return cleanup


def _handler(kind: ObjectKind, seen: Seen) -> Callable[..., Any]:
    async def handle(event: kopf.RawEvent, **_: object) -> None:
        seen(kind, event["type"], dict(event["object"]))

    return handle


def _settings() -> kopf.OperatorSettings:
    settings = kopf.OperatorSettings()
    settings.posting.enabled = False
    settings.peering.standalone = True
    settings.networking.error_backoffs = _Retries()
    settings.watching.server_timeout = _WATCH_SECONDS
    settings.watching.connect_timeout = 5
    settings.watching.chunk_size = PAGE
    # Kopf keeps a task for each object that it has heard of in so many seconds.
    settings.queueing.idle_timeout = 1
    settings.queueing.exit_timeout = 0.5
    settings.persistence.diffbase_storage = _NoDiffs()
    settings.persistence.progress_storage = _NoProgress()
    return settings


def _tame_logging() -> None:
    """Let kopf speak up only when something is wrong; our own log lines say what happens."""
    logging.getLogger("kopf").setLevel(logging.WARNING)
    logging.getLogger("kopf.objects").setLevel(logging.WARNING)
    logging.getLogger("kopf._core.engines.posting").setLevel(logging.CRITICAL)
