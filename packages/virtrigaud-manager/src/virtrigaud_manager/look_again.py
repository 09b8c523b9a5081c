"""When a reconcile wants to see its object again, and what an error says about that.

Every report carries one of these; the work queue carries it out. A wake-up by an event always comes
first: these are only for what no event announces.
"""

from dataclasses import dataclass
from datetime import timedelta

from virtrigaud_api.contract import ProviderError, Recovery


@dataclass(frozen=True, slots=True)
class Never:
    """Only when something happens."""


@dataclass(frozen=True, slots=True)
class AtOnce:
    """In the same pass: the step is done and the next one is due."""


@dataclass(frozen=True, slots=True)
class After:
    """Once, after this time."""

    delay: timedelta


@dataclass(frozen=True, slots=True)
class BackOff:
    """After `first`, then after twice that, up to `most`, as long as each pass ends the same way."""

    first: timedelta
    most: timedelta


LookAgain = Never | AtOnce | After | BackOff

NEVER = Never()
AT_ONCE = AtOnce()

SOON = After(timedelta(seconds=2))
FAILED_PASS = BackOff(timedelta(milliseconds=200), timedelta(minutes=1))
"""After a pass that ended with an error of our own or of the API server."""

_AFTER_ERROR: dict[Recovery, LookAgain] = {
    Recovery.NEW_GENERATION: NEVER,
    Recovery.DEPENDENCY: BackOff(timedelta(seconds=5), timedelta(minutes=5)),
    Recovery.PERSON: After(timedelta(minutes=5)),
    Recovery.SOON: SOON,
    Recovery.REPLAN: BackOff(timedelta(milliseconds=200), timedelta(minutes=1)),
    Recovery.CAPACITY: BackOff(timedelta(seconds=30), timedelta(minutes=10)),
    Recovery.CAPABILITY: NEVER,
    Recovery.CREDENTIALS: BackOff(timedelta(seconds=10), timedelta(minutes=5)),
    Recovery.BACKOFF: BackOff(timedelta(milliseconds=500), timedelta(minutes=1)),
    Recovery.LOUD_BACKOFF: BackOff(timedelta(seconds=1), timedelta(minutes=5)),
}


def after_error(error: ProviderError) -> LookAgain:
    """Return when to look again after an error, by how it recovers."""
    return _AFTER_ERROR[error.recovery]
