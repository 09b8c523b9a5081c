"""How often a provider may be called: `spec.rateLimit` of its Provider object, as a bucket of tokens."""

import asyncio
from collections.abc import Awaitable, Callable


class Pace:
    """Lets calls pass, `burst` at once and `per_second` in the long run.

    Args:
        per_second: None lets every call pass.
        clock: Monotonic seconds.
        sleep: Waits for so many seconds.
    """

    def __init__(
        self,
        per_second: float | None,
        burst: int,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._sleep = sleep
        self._tokens = float(burst)
        self._filled = clock()

    async def turn(self) -> None:
        """Return when the next call may be made."""
        if self._per_second is None:
            return
        now = self._clock()
        self._tokens = min(self._tokens + (now - self._filled) * self._per_second, float(self._burst))
        self._filled = now
        # A debt is this caller's place in the line: whoever comes later owes more and waits longer.
        self._tokens -= 1
        if self._tokens < 0:
            await self._sleep(-self._tokens / self._per_second)
