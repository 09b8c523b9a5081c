"""Power states: what a user may ask for, and what a machine can be seen in."""

from enum import StrEnum


class DesiredPowerState(StrEnum):
    """The power state that a user asks for."""

    ON = "On"
    OFF = "Off"
    OFF_GRACEFUL = "OffGraceful"
    SUSPENDED = "Suspended"


class ObservedPowerState(StrEnum):
    """The power state that a machine was last seen in, the same words for all providers."""

    ON = "On"
    OFF = "Off"
    OFF_GRACEFUL = "OffGraceful"
    SUSPENDED = "Suspended"
    CRASHED = "Crashed"
    UNKNOWN = "Unknown"
