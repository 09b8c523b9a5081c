"""How long a call may take.

gRPC cancels the handler when the client's deadline passes or the client goes away; providers see that as
cancellation. A client that sets no deadline gets one here, so that nothing runs for ever for nobody.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta

from virtrigaud_api.contract import Unavailable

from virtrigaud_provider_sdk.interceptors.call import Call, Concern, time_remaining


class Deadlines(Concern):
    """Bounds calls of clients that set no deadline; streams may stay open."""

    def __init__(self, longest: timedelta) -> None:
        self._longest = longest

    def concerns(self, *, streams: bool) -> bool:
        """Say that streams are no concern of this."""
        return not streams

    def around(self, call: Call) -> AbstractAsyncContextManager[None]:
        """Put a deadline on the call unless it has one."""
        return self._bounded(call)

    @asynccontextmanager
    async def _bounded(self, call: Call) -> AsyncIterator[None]:
        if time_remaining(call) is not None:
            yield
            return
        seconds = self._longest.total_seconds()
        deadline = asyncio.timeout(seconds)
        try:
            async with deadline:
                yield
        except TimeoutError:
            if not deadline.expired():
                raise
            raise Unavailable(f"{call.verb} did not end within {seconds:g} seconds and was cancelled") from None
