"""The circuit breaker of one Provider: after enough failures in a row nobody calls it for a while.

Only what says that the provider can't be reached or is broken counts; an error about one machine's spec
or state is an answer, and closes the breaker like any other. The metrics show its state.
"""

from collections.abc import Callable
from datetime import timedelta
from enum import IntEnum

from virtrigaud_api.contract import ProviderError, Recovery, Unavailable

FAILURES_TO_OPEN = 10
OPEN_FOR = timedelta(seconds=60)
TRIALS = 3

_COUNTED = frozenset({Recovery.BACKOFF})


class HeldOff(Unavailable):
    """The breaker's own refusal: nobody was called, so it says nothing new about the provider."""


class BreakerState(IntEnum):
    """The state, by the number that the metric shows."""

    CLOSED = 0
    HALF_OPEN = 1
    OPEN = 2


class Breaker:
    """Decides whether a call may be made.

    Args:
        name: Names the provider in the message of a refused call.
        clock: Monotonic seconds.
        on_change: Called with the new state.
    """

    def __init__(
        self, name: str, clock: Callable[[], float], on_change: Callable[[BreakerState], None] = lambda _: None
    ) -> None:
        self._name = name
        self._clock = clock
        self._on_change = on_change
        self._failures = 0
        self._trials = 0
        self._since = 0.0
        self._last: ProviderError | None = None
        self.state = BreakerState.CLOSED

    def admit(self) -> None:
        """Let a call pass.

        Raises:
            HeldOff: The breaker is open, or its trial calls are all under way.
        """
        if self.state is BreakerState.CLOSED:
            return
        if self._clock() - self._since >= OPEN_FOR.total_seconds():
            self._since, self._trials = self._clock(), 0
            self._change(BreakerState.HALF_OPEN)
        self._trials += 1
        if self.state is BreakerState.OPEN or self._trials > TRIALS:
            raise HeldOff(f"{self._name} is not called for a while after repeated failures: {self._last}")

    def succeeded(self) -> None:
        """Take note of an answer; any answer closes the breaker."""
        self._failures = self._trials = 0
        self._change(BreakerState.CLOSED)

    def abandoned(self) -> None:
        """Take note of a call that was given up before it had an answer: another one may try in its place."""
        self._trials = max(self._trials - 1, 0)

    def failed(self, error: ProviderError) -> None:
        """Take note of an error."""
        if isinstance(error, HeldOff):
            return
        if error.recovery not in _COUNTED:
            self.succeeded()
            return
        self._failures += 1
        self._last = error
        if self.state is BreakerState.HALF_OPEN or self._failures >= FAILURES_TO_OPEN:
            self._since, self._trials = self._clock(), 0
            self._change(BreakerState.OPEN)

    def _change(self, state: BreakerState) -> None:
        if state is not self.state:
            self.state = state
            self._on_change(state)
