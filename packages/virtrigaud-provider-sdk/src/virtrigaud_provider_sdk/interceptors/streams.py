"""Open streams, and how they end when the provider stops: by a status that tells clients to come again."""

import asyncio
from datetime import timedelta
from typing import Any

from virtrigaud_api.contract import Unavailable

from virtrigaud_provider_sdk.interceptors.call import Behaviour, Concern, Context, Method

_HEALTH = "/grpc.health.v1.Health/"
_LAST_WORDS = timedelta(milliseconds=200)
"""Time in which a health watcher is told NOT_SERVING before its stream ends."""


class Streams(Concern):
    """Knows the calls that may stay open for hours, so that they don't hold up the end of the process."""

    def __init__(self) -> None:
        self._open: dict[asyncio.Task[Any], Method] = {}
        self._ending = False

    def end(self) -> None:
        """End every open stream, and each later one as soon as it begins; health watchers hear the news first."""
        self._ending = True
        for task, method in self._open.items():
            if method.name.startswith(_HEALTH):
                asyncio.get_running_loop().call_later(_LAST_WORDS.total_seconds(), task.cancel)
            else:
                task.cancel()

    def around(self, method: Method, proceed: Behaviour) -> Behaviour:
        """Remember each stream while it is open; calls that answer once are no concern of this."""
        if not method.streams:
            return proceed

        async def remembered(request: object, context: Context) -> object:
            task = asyncio.current_task()
            if task is None:
                return await proceed(request, context)
            self._open[task] = method
            if self._ending:
                task.cancel()
            try:
                return await proceed(request, context)
            except asyncio.CancelledError:
                if not self._ending:
                    raise
                task.uncancel()
                raise _shutting_down() from None
            finally:
                self._open.pop(task, None)

        return remembered


def _shutting_down() -> Unavailable:
    return Unavailable("the provider is shutting down: watch again")
