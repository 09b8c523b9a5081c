"""The skeleton of an interceptor: an async context manager around each call, whatever its shape.

The concerns beside this module subclass `CallInterceptor` and say only what happens before and after.
"""

import inspect
from abc import abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import grpc
import grpc.aio

Context = grpc.aio.ServicerContext[Any, Any]
Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"


@dataclass(frozen=True, slots=True)
class Call:
    """One call on its way through the interceptors.

    Attributes:
        method: Full name, such as `/provider.v1.Provider/Describe`.
        verb: The last part of the name.
        request: The decoded request, or the stream of them.
        streams: Whether the answer is a stream, which may stay open for hours.
    """

    method: str
    verb: str
    request: Any
    context: Context
    streams: bool


def time_remaining(call: Call) -> float | None:
    """Return the seconds until the client's deadline; None when it set none, which the stubs do not know."""
    return call.context.time_remaining()


class CallInterceptor(grpc.aio.ServerInterceptor):  # type: ignore[type-arg]
    """Puts `around` around the handler of each call. Handlers are wrapped once and remembered."""

    def __init__(self) -> None:
        self._wrapped: dict[str, tuple[Handler, Handler]] = {}

    @abstractmethod
    def around(self, call: Call) -> AbstractAsyncContextManager[None]:
        """Return what is entered before the call and left after it, with its exception if there is one."""

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler:
        """Return the wrapped handler of a method."""
        handler = await continuation(handler_call_details)
        if handler is None:
            # Nobody serves the method; gRPC says so to the client.
            return cast("Handler", None)
        method = handler_call_details.method
        original, wrapped = self._wrapped.get(method, (None, None))
        if wrapped is None or original is not handler:
            wrapped = self._wrap(method, handler)
            self._wrapped[method] = (handler, wrapped)
        return wrapped

    def _wrap(self, method: str, handler: Handler) -> Handler:
        codec = {
            "request_deserializer": handler.request_deserializer,
            "response_serializer": handler.response_serializer,
        }
        if handler.unary_unary is not None:
            return grpc.unary_unary_rpc_method_handler(self._unary(method, handler.unary_unary), **codec)
        if handler.unary_stream is not None:
            return grpc.unary_stream_rpc_method_handler(self._stream(method, handler.unary_stream), **codec)
        return grpc.stream_stream_rpc_method_handler(self._stream(method, handler.stream_stream), **codec)

    def _unary(self, method: str, behaviour: Callable[..., Any]) -> Callable[..., Any]:
        verb = method.rpartition("/")[2]

        async def handle(request: object, context: Context) -> object:
            async with self.around(Call(method, verb, request, context, streams=False)):
                return await behaviour(request, context)

        return handle

    def _stream(self, method: str, behaviour: Callable[..., Any] | None) -> Callable[..., Any]:
        """Wrap a behaviour that yields its answers, or writes them to the context."""
        if behaviour is None:
            raise TypeError(f"{method} takes a stream and answers once, which no service here does")
        verb = method.rpartition("/")[2]

        async def relay(request: object, context: Context) -> AsyncIterator[object]:
            async with (
                self.around(Call(method, verb, request, context, streams=True)),
                aclosing(behaviour(request, context)) as answers,
            ):
                async for answer in answers:
                    yield answer

        async def await_writer(request: object, context: Context) -> None:
            async with self.around(Call(method, verb, request, context, streams=True)):
                await behaviour(request, context)

        return relay if inspect.isasyncgenfunction(behaviour) else await_writer
