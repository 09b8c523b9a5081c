"""How many calls of one verb run at the same time; the next ones wait, and too many are sent back as Busy."""

import asyncio
from collections import deque

from virtrigaud_api.contract import Busy

from virtrigaud_provider_sdk.call_metrics import CALLS, CallMeter
from virtrigaud_provider_sdk.interceptors.call import Behaviour, Concern, Context, Method


class Concurrency(Concern):
    """Bounds the calls of each verb, so that a flood of one verb leaves room for the others."""

    def __init__(self, provider_type: str, *, running_limit: int, waiting_limit: int) -> None:
        """Set the bounds of every verb.

        Args:
            provider_type: Label of the metrics.
            running_limit: Most calls of a verb that run.
            waiting_limit: Most calls of a verb that wait for a place.
        """
        self._provider_type = provider_type
        self._running_limit = running_limit
        self._waiting_limit = waiting_limit

    def around(self, method: Method, proceed: Behaviour) -> Behaviour:
        """Take a place of the verb for the duration of each call."""
        places = _Places(self._running_limit, CALLS.meter(self._provider_type, method.verb))

        async def placed(request: object, context: Context) -> object:
            if places.free:
                places.free -= 1
            else:
                self._check_line(method, places)
                await places.wait()
            try:
                return await proceed(request, context)
            finally:
                places.leave()

        return placed

    def _check_line(self, method: Method, places: "_Places") -> None:
        if places.waiting >= self._waiting_limit:
            raise Busy(
                f"{self._running_limit} calls of {method.verb} run and {places.waiting} wait, "
                "which is all that this provider takes: try again soon"
            )


class _Places:
    """The places of one verb: a semaphore whose free places cost nothing to take.

    Attributes:
        free: Places that nobody has and nobody waits for.
        waiting: Calls that wait for a place.
    """

    def __init__(self, limit: int, meter: CallMeter) -> None:
        self.free = limit
        self.waiting = 0
        self._meter = meter
        self._line: deque[asyncio.Future[None]] = deque()

    async def wait(self) -> None:
        """Wait until a place is handed over."""
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._line.append(place)
        self._count(1)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                # The place was handed over in the same moment.
                self.leave()
            raise
        finally:
            self._count(-1)

    def leave(self) -> None:
        """Hand a place over to the first who still waits for one."""
        while self._line:
            place = self._line.popleft()
            if not place.done():
                place.set_result(None)
                return
        self.free += 1

    def _count(self, change: int) -> None:
        self.waiting += change
        self._meter.waiting += change
