"""A provider behind a gRPC server on loopback that answers as it is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
from virtrigaud_api.contract import (
    ProviderError,
)
from virtrigaud_api.wire.faults import error_to_status
from virtrigaud_api.wire.generated.provider_pb2_grpc import ProviderServicer, add_ProviderServicer_to_server

LOOPBACK = "127.0.0.1:0"


class ScriptedProvider(ProviderServicer):
    """Answers one message and remembers the request with its deadline; or fails, or waits."""

    def __init__(self) -> None:
        self.answer: Any = None
        self.error: ProviderError | None = None
        self.waits = asyncio.Event()
        self.waits.set()
        self.called = asyncio.Event()
        self.cancelled = asyncio.Event()
        self.request: Any = None
        self.deadline = 0.0

    def __getattribute__(self, name: str) -> Any:
        return super().__getattribute__("_answer" if name[0].isupper() else name)

    async def _answer(self, request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> Any:
        self.request, self.deadline = request, context.time_remaining()
        self.called.set()
        try:
            await self.waits.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        if self.error is not None:
            await context.abort(*error_to_status(self.error))
        return self.answer


@asynccontextmanager
async def served(servicer: ProviderServicer) -> AsyncIterator[str]:
    server = grpc.aio.server()
    add_ProviderServicer_to_server(servicer, server)  # type: ignore[no-untyped-call]
    port = server.add_insecure_port(LOOPBACK)
    await server.start()
    yield f"127.0.0.1:{port}"
    await server.stop(grace=None)
