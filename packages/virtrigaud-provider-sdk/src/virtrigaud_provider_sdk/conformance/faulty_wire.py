"""A wire that fails on order: replies that get lost, deadlines that are too short.

It stands in the suite's own channel, so the provider does everything as always and only its caller never
hears of it, as after a broken connection, a restarted manager or an overloaded network.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import grpc.aio

if TYPE_CHECKING:
    _Interceptor = grpc.aio.UnaryUnaryClientInterceptor[Any, Any]
else:
    _Interceptor = grpc.aio.UnaryUnaryClientInterceptor


class FaultyWire(_Interceptor):
    """Interceptor of the suite's channel; without an order it changes nothing."""

    def __init__(self) -> None:
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
        call = await continuation(client_call_details, request)
        if not self._loses_replies:
            return call
        with suppress(grpc.aio.AioRpcError):
            await call
        nothing = grpc.aio.Metadata()
        raise grpc.aio.AioRpcError(grpc.StatusCode.UNAVAILABLE, nothing, nothing, "the reply was lost", None)
