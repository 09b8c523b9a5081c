"""What the memory provider does by object, it does across the wire."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from memory_specs import spec_of, with_what_it_needs
from virtrigaud_api.contract import MachineProvider, MachineState, ProviderError
from virtrigaud_api.wire.certificates import plaintext_channel
from virtrigaud_api.wire.client import GrpcProvider
from virtrigaud_provider_memory import MemoryProvider, MemorySettings
from virtrigaud_provider_sdk.conformance.fields import VALUES, with_field
from virtrigaud_provider_sdk.server import ProviderServer

ADDRESS = "127.43.1.2"


@pytest.fixture
async def remote(tmp_path: Path) -> AsyncIterator[GrpcProvider]:
    settings = MemorySettings(insecure=True, bind_address=ADDRESS, port=0, health_port=0, mount_root=tmp_path)
    async with (
        ProviderServer(MemoryProvider(settings), settings) as server,
        plaintext_channel(f"{ADDRESS}:{server.port}") as channel,
    ):
        yield GrpcProvider(channel)


async def outcome(provider: MachineProvider, path: str) -> MachineState | type[ProviderError]:
    """Make a machine with one more field, and tell what became of it."""
    spec = with_field(with_what_it_needs(spec_of(path), path), path, VALUES[path])
    try:
        machine = (await provider.create(spec)).machine
    except ProviderError as error:
        return type(error)
    assert machine is not None
    state = await provider.describe(machine)
    assert state is not None
    return state


async def test_l19_every_field_crosses_the_wire(
    remote: GrpcProvider, hypervisor: Callable[..., MemoryProvider]
) -> None:
    local = hypervisor()
    here = {path: await outcome(local, path) for path in VALUES}
    there = {path: await outcome(remote, path) for path in VALUES}
    assert there == here
