"""An Event that a report wants to be posted; `cluster.events` posts it."""

from dataclasses import dataclass
from enum import StrEnum


class EventType(StrEnum):
    """Whether an Event is news or a warning."""

    NORMAL = "Normal"
    WARNING = "Warning"


@dataclass(frozen=True, slots=True)
class EventNote:
    """What happened to an object, for people."""

    type: EventType
    reason: str
    message: str
    action: str
