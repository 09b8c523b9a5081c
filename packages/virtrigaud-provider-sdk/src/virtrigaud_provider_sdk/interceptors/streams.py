"""Open streams, and how they end when the provider stops: by a status that tells clients to come again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from virtrigaud_api.contract import Unavailable

from virtrigaud_provider_sdk.interceptors.call import Call, CallInterceptor


class Streams(CallInterceptor):
    """Knows the calls that may stay open for hours, so that they don't hold up the end of the process."""

    def __init__(self) -> None:
        super().__init__()
        self._open: set[asyncio.Task[Any]] = set()
        self._ending = False

    def end(self) -> None:
        """End every open stream, and each later one as soon as it begins."""
        self._ending = True
        for task in self._open:
            task.cancel()

    def around(self, call: Call) -> AbstractAsyncContextManager[None]:
        """Remember a stream while it is open."""
        return self._remembered(call)

    @asynccontextmanager
    async def _remembered(self, call: Call) -> AsyncIterator[None]:
        task = asyncio.current_task()
        if not call.streams or task is None:
            yield
            return
        self._open.add(task)
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
            self._open.discard(task)


def _shutting_down() -> Unavailable:
    return Unavailable("the provider is shutting down: watch again")
