"""How long a call may take.

gRPC cancels the handler when the client's deadline passes or the client goes away; providers see that as
cancellation. A client that sets no deadline gets one here, so that nothing runs for ever for nobody.
"""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

from virtrigaud_api.contract import Unavailable

from virtrigaud_provider_sdk.interceptors.call import Behaviour, Concern, Context, Method, time_remaining


class Deadlines(Concern):
    """Bounds calls of clients that set no deadline; streams may stay open."""

    def __init__(self, longest: timedelta) -> None:
        self._longest = longest

    def around(self, method: Method, proceed: Behaviour) -> Behaviour:
        """Put a deadline on each call that has none."""
        if method.streams:
            return proceed
        seconds = self._longest.total_seconds()

        async def cut_short(request: object, context: Context) -> object:
            deadline = asyncio.timeout(seconds)
            try:
                async with deadline:
                    return await proceed(request, context)
            except TimeoutError:
                if not deadline.expired():
                    raise
                message = f"{method.verb} did not end within {seconds:g} seconds and was cancelled"
                raise Unavailable(message) from None

        def bounded(request: object, context: Context) -> Awaitable[object]:
            has_deadline = time_remaining(context) is not None
            return proceed(request, context) if has_deadline else cut_short(request, context)

        return bounded
