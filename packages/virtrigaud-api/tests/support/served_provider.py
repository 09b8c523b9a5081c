"""A provider that serves over mutual TLS and can do nothing, and what asking it comes to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest
from virtrigaud_api.contract import Capabilities, ProviderError
from virtrigaud_api.wire.certificates import TlsMaterial
from virtrigaud_api.wire.client import GrpcProvider
from virtrigaud_api.wire.generated import provider_pb2 as pb2
from virtrigaud_api.wire.generated.provider_pb2_grpc import ProviderServicer, add_ProviderServicer_to_server


class CapableProvider(ProviderServicer):
    async def GetCapabilities(self, _request: Any, _context: Any) -> pb2.GetCapabilitiesResponse:  # noqa: N802
        return pb2.GetCapabilitiesResponse()


@asynccontextmanager
async def served(material: TlsMaterial) -> AsyncIterator[int]:
    server = grpc.aio.server()
    add_ProviderServicer_to_server(CapableProvider(), server)  # type: ignore[no-untyped-call]
    credentials = grpc.ssl_server_credentials(
        [(material.key, material.certificate)], material.ca, require_client_auth=True
    )
    port = server.add_secure_port("127.0.0.1:0", credentials)
    await server.start()
    try:
        yield port
    finally:
        await server.stop(grace=None)


async def asked(channel: grpc.aio.Channel) -> Capabilities:
    async with channel:
        return await GrpcProvider(channel).capabilities()


async def failure(channel: grpc.aio.Channel) -> ProviderError:
    with pytest.raises(ProviderError) as raised:
        await asked(channel)
    return raised.value
