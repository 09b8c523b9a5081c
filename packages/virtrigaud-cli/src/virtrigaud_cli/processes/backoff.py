"""How long to wait before a program that ended is started again: doubling, capped, forgiven after a quiet time."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Backoff:
    """The next pause, and what it is at first, at most, and after how long a run it starts over."""

    first_seconds: float
    longest_seconds: float
    forgiven_after_seconds: float
    failures: int = 0

    @property
    def pause_seconds(self) -> float:
        """The pause before the next start."""
        if self.failures == 0:
            return 0.0
        return float(min(self.first_seconds * 2 ** (self.failures - 1), self.longest_seconds))

    def after_run_of(self, seconds: float) -> Self:
        """The state after a run of that length ended."""
        failures = 1 if seconds >= self.forgiven_after_seconds else min(self.failures + 1, 32)
        return type(self)(self.first_seconds, self.longest_seconds, self.forgiven_after_seconds, failures)
