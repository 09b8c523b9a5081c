"""Open streams, and how they end when the provider stops: by a status that tells clients to come again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from typing import Any

from virtrigaud_api.contract import Unavailable

from virtrigaud_provider_sdk.interceptors.call import Call, Concern

_HEALTH = "/grpc.health.v1.Health/"
_LAST_WORDS = timedelta(milliseconds=200)
"""Time in which a health watcher is told NOT_SERVING before its stream ends."""


class Streams(Concern):
    """Knows the calls that may stay open for hours, so that they don't hold up the end of the process."""

    def __init__(self) -> None:
        self._open: dict[asyncio.Task[Any], Call] = {}
        self._ending = False

    def end(self) -> None:
        """End every open stream, and each later one as soon as it begins; health watchers hear the news first."""
        self._ending = True
        for task, call in self._open.items():
            if call.method.startswith(_HEALTH):
                asyncio.get_running_loop().call_later(_LAST_WORDS.total_seconds(), task.cancel)
            else:
                task.cancel()

    def concerns(self, *, streams: bool) -> bool:
        """Say that calls which answer once are no concern of this."""
        return streams

    def around(self, call: Call) -> AbstractAsyncContextManager[None]:
        """Remember a stream while it is open."""
        return self._remembered(call)

    @asynccontextmanager
    async def _remembered(self, call: Call) -> AsyncIterator[None]:
        task = asyncio.current_task()
        if task is None:
            yield
            return
        self._open[task] = call
        if self._ending:
            task.cancel()
        try:
            yield
        except asyncio.CancelledError:
            if not self._ending:
                raise
            task.uncancel()
            raise _shutting_down() from None
        finally:
            self._open.pop(task, None)


def _shutting_down() -> Unavailable:
    return Unavailable("the provider is shutting down: watch again")
