"""The one gRPC interceptor, and what it puts around each call: a chain of concerns.

A concern says what happens before and after a call, as an async context manager; the modules beside this
one are the concerns. Handlers are wrapped once, so that a call costs no search.
"""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, cast

import grpc
import grpc.aio

Context = grpc.aio.ServicerContext[Any, Any]
Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"


@dataclass(frozen=True, slots=True)
class Call:
    """One call on its way to the provider.

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


class Concern(Protocol):
    """What happens before and after a call."""

    def concerns(self, *, streams: bool) -> bool:
        """Tell whether calls that stream, or those that answer once, need this at all."""
        return True

    def around(self, call: Call) -> AbstractAsyncContextManager[None]:
        """Return what is entered before the call and left after it, with its exception if there is one."""
        ...


def time_remaining(call: Call) -> float | None:
    """Return the seconds until the client's deadline; None when it set none, which the stubs do not know."""
    return call.context.time_remaining()


class CallInterceptor(grpc.aio.ServerInterceptor):  # type: ignore[type-arg]
    """Puts concerns around every call, the first one outermost."""

    def __init__(self, concerns: Sequence[Concern]) -> None:
        self._concerns = concerns
        self._wrapped: dict[str, Handler] = {}

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler:
        """Return the wrapped handler of a method."""
        method = handler_call_details.method
        wrapped = self._wrapped.get(method)
        if wrapped is not None:
            return wrapped
        handler = await continuation(handler_call_details)
        if handler is None:
            # Nobody serves the method; gRPC says so to the client.
            return cast("Handler", None)
        self._wrapped[method] = wrapped = self._wrap(method, handler)
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

        async def answer(call: Call) -> object:
            return await behaviour(call.request, call.context)

        proceed: Callable[[Call], Awaitable[object]] = answer
        for concern in reversed(self._concerns):
            if concern.concerns(streams=False):
                proceed = _inside(concern, proceed)

        async def handle(request: object, context: Context) -> object:
            return await proceed(Call(method, verb, request, context, streams=False))

        return handle

    def _stream(self, method: str, behaviour: Callable[..., Any] | None) -> Callable[..., Any]:
        """Wrap a behaviour that yields its answers, or writes them to the context."""
        if behaviour is None:
            raise TypeError(f"{method} takes a stream and answers once, which no service here does")
        verb = method.rpartition("/")[2]
        concerns = [concern for concern in self._concerns if concern.concerns(streams=True)]

        async def relay(request: object, context: Context) -> AsyncIterator[object]:
            call = Call(method, verb, request, context, streams=True)
            async with AsyncExitStack() as entered:
                for concern in concerns:
                    await entered.enter_async_context(concern.around(call))
                answers = await entered.enter_async_context(aclosing(behaviour(request, context)))
                async for answer in answers:
                    yield answer

        async def await_writer(request: object, context: Context) -> None:
            call = Call(method, verb, request, context, streams=True)
            async with AsyncExitStack() as entered:
                for concern in concerns:
                    await entered.enter_async_context(concern.around(call))
                await behaviour(request, context)

        return relay if inspect.isasyncgenfunction(behaviour) else await_writer


def _inside(concern: Concern, proceed: Callable[[Call], Awaitable[object]]) -> Callable[[Call], Awaitable[object]]:
    """Return a step that goes on inside a concern."""

    async def step(call: Call) -> object:
        async with concern.around(call):
            return await proceed(call)

    return step
