"""How many calls of one verb run at the same time; the next ones wait, and too many are sent back as Busy."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from virtrigaud_api.contract import Busy

from virtrigaud_provider_sdk.interceptors.call import Call, Concern
from virtrigaud_provider_sdk.metrics import RPC_WAITING


class _Verb:
    """The places of one verb, and how many calls wait for one."""

    def __init__(self, running_limit: int) -> None:
        self.places = asyncio.Semaphore(running_limit)
        self.waiting = 0


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
        self._verbs: dict[str, _Verb] = {}

    def around(self, call: Call) -> AbstractAsyncContextManager[None]:
        """Take a place of the verb for the duration of the call."""
        return self._placed(call)

    @asynccontextmanager
    async def _placed(self, call: Call) -> AsyncIterator[None]:
        verb = self._verbs.get(call.method)
        if verb is None:
            verb = self._verbs[call.method] = _Verb(self._running_limit)
        if verb.places.locked():
            await self._wait(call, verb)
        else:
            await verb.places.acquire()
        try:
            yield
        finally:
            verb.places.release()

    async def _wait(self, call: Call, verb: _Verb) -> None:
        if verb.waiting >= self._waiting_limit:
            raise Busy(
                f"{self._running_limit} calls of {call.verb} run and {verb.waiting} wait, "
                "which is all that this provider takes: try again soon"
            )
        gauge = RPC_WAITING.labels(self._provider_type, call.verb)
        verb.waiting += 1
        gauge.inc()
        try:
            await verb.places.acquire()
        finally:
            verb.waiting -= 1
            gauge.dec()
