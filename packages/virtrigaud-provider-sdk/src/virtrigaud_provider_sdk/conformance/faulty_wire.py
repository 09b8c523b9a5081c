"""A wire that fails on order: replies that get lost, deadlines that are too short.

It stands in the suite's own channel, so the provider does everything as always and only its caller never
hears of it, as after a broken connection, a restarted manager or an overloaded network.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import grpc.aio

_PAUSE_SECONDS: Final = 0.05

if TYPE_CHECKING:
    _Interceptor = grpc.aio.UnaryUnaryClientInterceptor[Any, Any]
else:
    _Interceptor = grpc.aio.UnaryUnaryClientInterceptor


class FaultyWire(_Interceptor):
    """Interceptor of the suite's channel; without an order it changes nothing."""

    def __init__(self, *, repeats: bool = False) -> None:
        """Make a wire.

        Args:
            repeats: Lose the first reply to every call, and make each call again until it is answered.
        """
        self._repeats = repeats
        self._loses_replies = False
        self._deadline: timedelta | None = None

    @contextmanager
    def losing_replies(self) -> Iterator[None]:
        """Let every call of the block have its effect and lose its reply, good or bad."""
        self._loses_replies = True
        try:
            yield
        finally:
            self._loses_replies = False

    @contextmanager
    def with_deadline(self, deadline: timedelta) -> Iterator[None]:
        """Let every call of the block end after so long, answered or not."""
        self._deadline = deadline
        try:
            yield
        finally:
            self._deadline = None

    # The stubs know neither that details are a named tuple nor what gRPC itself calls the continuation with.
    async def intercept_unary_unary(self, continuation: Any, client_call_details: Any, request: Any) -> Any:  # noqa: ANN401
        """Make the call, and be the wire that was ordered."""
        if self._deadline is not None:
            client_call_details = client_call_details._replace(timeout=self._deadline.total_seconds())
        if self._repeats:
            await _unheard(continuation, client_call_details, request)
            return await _answered(continuation, client_call_details, request)
        if not self._loses_replies:
            return await continuation(client_call_details, request)
        await _unheard(continuation, client_call_details, request)
        nothing = grpc.aio.Metadata()
        raise grpc.aio.AioRpcError(grpc.StatusCode.UNAVAILABLE, nothing, nothing, "the reply was lost", None)


async def _unheard(continuation: Any, details: Any, request: Any) -> None:  # noqa: ANN401
    """Make a call to its end, whatever that is."""
    with suppress(grpc.aio.AioRpcError):
        await (await continuation(details, request))


async def _answered(continuation: Any, details: Any, request: Any) -> Any:  # noqa: ANN401
    """Make a call until the provider is busy no longer, as it may be with the call whose reply was lost."""
    while True:
        call = await continuation(details, request)
        if await call.code() is not grpc.StatusCode.ABORTED:
            return call
        await asyncio.sleep(_PAUSE_SECONDS)
