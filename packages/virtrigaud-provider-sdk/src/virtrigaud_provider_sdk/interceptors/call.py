"""The methods of the server, each inside a chain of concerns that is put together once, when it is registered.

A concern says what is done around each call of a method; the modules beside this one are the concerns. The
chain takes bytes and gives bytes, so that a request which can't be read is logged and answered like any other.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from operator import methodcaller
from typing import Any, Final, NoReturn, Protocol, TypeAlias

import grpc
import grpc.aio
from google.protobuf.message import DecodeError
from virtrigaud_api.contract import InvalidSpec

_LONGEST_WRITE: Final = timedelta(seconds=1)
"""How long the end of a stream waits for a client that does not read."""

Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"
Handler: TypeAlias = Any
"""A `grpc.RpcMethodHandler` of the asynchronous server, whose type the stubs do not know."""

Behaviour: TypeAlias = Callable[[Any, Context], Awaitable[object]]
"""Answers one call from its request, by a message or by the bytes of one that is serialized already.

A behaviour that streams writes to the context and answers None.

One that only looks before it proceeds is a plain function: each coroutine between the wire and the provider costs.
"""


READS: Final = frozenset(
    {"GetCapabilities", "Validate", "Describe", "ListVMs", "TaskStatus", "GetDiskInfo", "FindMachine", "ImageDescribe"}
    | {"Check", "List", "Watch", "ServerReflectionInfo"}
)
"""Verbs that change nothing."""


@dataclass(frozen=True, slots=True)
class Method:
    """One method of the server.

    Attributes:
        name: Full name, such as `/provider.v1.Provider/Describe`.
        streams: Whether the answer is a stream, which may stay open for hours.
    """

    name: str
    streams: bool

    @property
    def verb(self) -> str:
        """The last part of the name."""
        return self.name.rpartition("/")[2]


class Concern(Protocol):
    """What is done around the calls of a method."""

    def around(self, method: Method, proceed: Behaviour) -> Behaviour:
        """Return what answers instead of `proceed`, and calls it; or `proceed` itself where nothing is to be done."""
        ...


time_remaining: Final[Callable[[Context], float | None]] = methodcaller("time_remaining")
"""Returns the seconds until the client's deadline; None when it set none, which the stubs do not know."""


class Methods:
    """Takes the methods of services from the functions that gRPC generates, and registers them inside the chain."""

    def __init__(self, server: grpc.aio.Server, concerns: Sequence[Concern]) -> None:
        """Prepare to register.

        Args:
            server: Where the methods are served.
            concerns: The chain, the outermost concern first.
        """
        # The stubs do not know that methods can be registered by name.
        self._server: Any = server
        self._concerns = concerns

    def add_generic_rpc_handlers(self, handlers: Sequence[object]) -> None:
        """Take nothing: the generated functions give the same methods by name, too."""

    def add_registered_method_handlers(self, service: str, handlers: Mapping[str, Handler]) -> None:
        """Register the methods of a service."""
        wrapped = {name: self._wrap(f"/{service}/{name}", handler) for name, handler in handlers.items()}
        self._server.add_registered_method_handlers(service, wrapped)

    def _wrap(self, name: str, handler: Handler) -> Handler:
        method = Method(name, streams=handler.response_streaming)
        if handler.unary_unary is not None:
            return grpc.unary_unary_rpc_method_handler(self._unary(method, handler, handler.unary_unary))
        if handler.unary_stream is not None:
            stream = self._chained(method, _writing(handler.unary_stream))
            wrap = grpc.unary_stream_rpc_method_handler
        elif handler.stream_stream is not None:
            stream = self._chained(method, _writing(handler.stream_stream))
            wrap = grpc.stream_stream_rpc_method_handler
        else:
            raise TypeError(f"{name} takes a stream and answers once, which no service here does")
        return wrap(
            stream,
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )

    def _unary(
        self, method: Method, handler: Handler, behaviour: Behaviour
    ) -> Callable[[bytes, Context], Awaitable[bytes]]:
        read: Callable[[bytes], object] = handler.request_deserializer
        write: Callable[[object], bytes] = handler.response_serializer
        proceed = self._chained(method, behaviour)
        refuse = self._chained(method, _unreadable)

        async def answer(raw: bytes, context: Context) -> bytes:
            try:
                request = read(raw)
            except DecodeError:
                # Never returns: what refuses ends the call.
                return write(await refuse(raw, context))
            answered = await proceed(request, context)
            return answered if isinstance(answered, bytes) else write(answered)

        return answer

    def _chained(self, method: Method, behaviour: Behaviour) -> Behaviour:
        for concern in reversed(self._concerns):
            behaviour = concern.around(method, behaviour)
        return behaviour


async def _unreadable(raw: bytes, context: Context) -> NoReturn:
    """Answer a request that is no message of its type."""
    del context
    raise InvalidSpec(f"the request of {len(raw)} bytes is no message of this method")


def _writing(behaviour: Callable[..., Any]) -> Behaviour:
    """Return a behaviour that writes its answers to the context, of one that yields them or does so already."""
    if not inspect.isasyncgenfunction(behaviour):
        return behaviour

    async def write(request: object, context: Context) -> None:
        async with aclosing(behaviour(request, context)) as answers:
            async for answer in answers:
                await _written(context, answer)

    return write


async def _written(context: Context, answer: object) -> None:
    """Write an answer, and let nothing end the stream in the middle of it: gRPC could send no status then."""
    writing = asyncio.ensure_future(context.write(answer))
    try:
        await asyncio.shield(writing)
    except asyncio.CancelledError:
        await asyncio.wait([writing], timeout=_LONGEST_WRITE.total_seconds())
        raise
