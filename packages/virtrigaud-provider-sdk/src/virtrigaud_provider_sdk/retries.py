"""How often, and how long apart, something that may work next time is tried again.

Used by what moves bytes over a network. Whoever made progress since the last failure starts counting anew.
"""

import asyncio
import random
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """Attempts without progress before it is given up, and delays that double, with jitter (L38).

    Attributes:
        attempts: At least 1.
    """

    attempts: int = 6
    first_delay: timedelta = timedelta(milliseconds=500)
    longest_delay: timedelta = timedelta(seconds=20)

    def allow(self, failures: int) -> bool:
        """Whether there is another attempt after so many failures in a row."""
        return failures < self.attempts

    async def wait(self, failures: int) -> None:
        """Wait before the next attempt."""
        longest = min(self.first_delay * 2 ** (failures - 1), self.longest_delay).total_seconds()
        await asyncio.sleep(longest * random.uniform(0.5, 1))  # noqa: S311 - jitter keeps no secret
