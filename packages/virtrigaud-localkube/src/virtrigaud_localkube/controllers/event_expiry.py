"""Events are forgotten after an hour, as in Kubernetes; otherwise a server that runs for weeks would drown in them."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

from virtrigaud_localkube.storage.store import Store

EVENTS: Final = "/events"
LIFETIME: Final = timedelta(hours=1)
_PERIOD_SECONDS: Final = 300.0


async def expire_events(store: Store) -> None:
    """Forgets old Events, every few minutes, until it is cancelled."""
    while True:
        await forget_events_before(store, datetime.now(UTC) - LIFETIME)
        await asyncio.sleep(_PERIOD_SECONDS)


async def forget_events_before(store: Store, limit: datetime) -> None:
    """Deletes the Events that neither were created nor happened again since a moment."""
    oldest = limit.strftime("%Y-%m-%dT%H:%M:%SZ")
    documents = [(stored.key, stored.document()) for stored in store.objects(EVENTS)]
    removals = [store.remove(key, event) for key, event in documents if _last_seen(event) < oldest]
    await asyncio.gather(*removals)


def _last_seen(event: dict[str, object]) -> str:
    """The latest time of an Event; timestamps in UTC sort as text."""
    metadata, series = event["metadata"], event.get("series")
    times = [event.get("lastTimestamp")]
    if isinstance(metadata, dict):
        times.append(metadata.get("creationTimestamp"))
    if isinstance(series, dict):
        times.append(series.get("lastObservedTime"))
    return max(str(time) for time in times if time)
