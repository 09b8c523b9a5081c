"""A provider that answers as a test tells it, and the manager's side of the wire to it."""

from collections.abc import AsyncIterator

import pytest
from scripted_provider import ScriptedProvider, served
from virtrigaud_api.wire.certificates import plaintext_channel
from virtrigaud_api.wire.client import GrpcProvider


@pytest.fixture
async def scripted() -> AsyncIterator[ScriptedProvider]:
    return ScriptedProvider()


@pytest.fixture
async def provider(scripted: ScriptedProvider) -> AsyncIterator[GrpcProvider]:
    async with served(scripted) as address, plaintext_channel(address) as channel:
        yield GrpcProvider(channel)
