"""Events have two faces over one storage: `v1` (stored) and `events.k8s.io/v1`."""

from typing import Final

from virtrigaud_localkube.document import Document
from virtrigaud_localkube.registry.resource import Translation

EVENTS_GROUP: Final = "events.k8s.io"
_STORED_TO_SHOWN: Final = {
    "involvedObject": "regarding",
    "message": "note",
    "reportingComponent": "reportingController",
    "source": "deprecatedSource",
    "firstTimestamp": "deprecatedFirstTimestamp",
    "lastTimestamp": "deprecatedLastTimestamp",
    "count": "deprecatedCount",
}


def event_translation() -> Translation:
    """How an Event moves between its two groups."""
    backwards = {shown: stored for stored, shown in _STORED_TO_SHOWN.items()}
    return Translation(
        show=lambda event: _renamed(event, _STORED_TO_SHOWN), take=lambda event: _renamed(event, backwards)
    )


def _renamed(event: Document, names: dict[str, str]) -> Document:
    return {names.get(key, key): value for key, value in event.items()}
