"""How long it is from one pass over a key to the next: doubled while passes end the same way, and spread."""

from collections.abc import Callable
from datetime import timedelta

from virtrigaud_manager.look_again import After, AtOnce, BackOff, LookAgain, Never

_MOST_DOUBLINGS = 20

Spread = Callable[[float, float], float]
"""Returns a number between two, so that keys that failed together do not come back together."""


class Delays:
    """The delays of one key."""

    __slots__ = ("_backed_off", "_spread", "_times")

    def __init__(self, spread: Spread) -> None:
        self._spread = spread
        self._backed_off: BackOff | None = None
        self._times = 0

    def after(self, look_again: LookAgain) -> timedelta | None:
        """Return the delay that follows a pass; None when no pass follows by itself."""
        if isinstance(look_again, BackOff):
            return self._backing_off(look_again)
        self._backed_off, self._times = None, 0
        match look_again:
            case Never():
                return None
            case AtOnce():
                return timedelta(0)
            case After(delay):
                return delay * self._spread(1.0, 1.2)

    def _backing_off(self, look_again: BackOff) -> timedelta:
        self._times = self._times + 1 if self._backed_off == look_again else 0
        self._backed_off = look_again
        doubled: timedelta = look_again.first * float(1 << min(self._times, _MOST_DOUBLINGS))
        return min(doubled, look_again.most) * self._spread(0.8, 1.2)
