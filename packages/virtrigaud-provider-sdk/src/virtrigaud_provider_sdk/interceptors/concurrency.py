"""How many calls of one verb run at the same time; the next ones wait, and too many are sent back as Busy."""

import asyncio

from virtrigaud_api.contract import Busy

from virtrigaud_provider_sdk.interceptors.call import Behaviour, Concern, Context, Method
from virtrigaud_provider_sdk.metrics import RPC_WAITING


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
        places = asyncio.Semaphore(self._running_limit)
        waiting_limit = self._waiting_limit
        waiting = RPC_WAITING.labels(self._provider_type, method.verb)
        in_line = 0

        async def wait() -> None:
            nonlocal in_line
            if in_line >= waiting_limit:
                raise Busy(
                    f"{self._running_limit} calls of {method.verb} run and {in_line} wait, "
                    "which is all that this provider takes: try again soon"
                )
            in_line += 1
            waiting.inc()
            try:
                await places.acquire()
            finally:
                in_line -= 1
                waiting.dec()

        async def placed(request: object, context: Context) -> object:
            if places.locked():
                await wait()
            else:
                await places.acquire()
            try:
                return await proceed(request, context)
            finally:
                places.release()

        return placed
