"""Describe over mutual TLS while machines stay, change, go and come back: each call tells how the machine is now."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from virtrigaud_api.wire.client import GrpcProvider
from virtrigaud_api.wire.generated import provider_pb2 as pb2
from virtrigaud_provider_sdk import MachineId, MachineState, MiB, PowerState, ProviderServer, Submitted

SERVER_NAME = "provider.test.svc.cluster.local"
WEB, DB = MachineId("web"), MachineId("db")


class Shelf:
    """Adds to the tiny provider the machines that a test puts on it."""

    def __init__(self, tiny: Any) -> None:
        self._tiny = tiny
        self.machines_by_id: dict[MachineId, MachineState] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tiny, name)

    def put(self, machine: MachineId, **values: Any) -> MachineState:
        usual: dict[str, Any] = {"name": machine, "owner": None, "power": PowerState.ON, "cpus": 2, "memory": MiB(512)}
        self.machines_by_id[machine] = MachineState(**({"id": machine, "raw": {"pool": "fast"}} | usual | values))
        return self.machines_by_id[machine]

    async def describe(self, machine: MachineId) -> MachineState | None:
        return self.machines_by_id.get(machine)

    async def delete(self, machine: MachineId) -> Submitted:
        self.machines_by_id.pop(machine, None)
        return Submitted(machine=machine)


@pytest.fixture
def shelf(tiny: Any) -> Shelf:
    return Shelf(tiny)


@pytest.fixture
def connections(authority: Any, tls_secret: Any, settings: Any, shelf: Shelf, dial: Any) -> Any:
    """Serve the shelf behind mutual TLS, and open two connections to it."""

    @asynccontextmanager
    async def connected() -> AsyncIterator[tuple[Any, Any]]:
        ca = authority("the CA")
        tls_secret.write_identity(ca.issue(SERVER_NAME), ca.certificate)
        async with (
            ProviderServer(shelf, settings()) as server,  # type: ignore[arg-type]  # the rest of the port is the tiny one's
            dial(server, ca.certificate, ca.issue("one")) as one,
            dial(server, ca.certificate, ca.issue("other")) as other,
        ):
            yield one, other

    return connected


async def test_each_call_tells_the_machine_as_it_is_now(connections: Any, shelf: Shelf) -> None:
    async with connections() as (channel, _):
        provider = GrpcProvider(channel)
        assert await provider.describe(WEB) is None
        running = shelf.put(WEB)
        shelf.put(DB)
        seen = await provider.describe(WEB)
        assert seen == running
        shelf.put(WEB)
        assert await provider.describe(WEB) is seen
        assert await provider.describe(DB) == shelf.machines_by_id[DB]
        stopped = shelf.put(WEB, power=PowerState.OFF)
        assert await provider.describe(WEB) == stopped
        await provider.delete(WEB)
        assert await provider.describe(WEB) is None
        assert await provider.describe(DB) == shelf.machines_by_id[DB]
        assert shelf.put(WEB) == running
        assert await provider.describe(WEB) == running


async def test_raw_facts_that_the_provider_changes_in_place_arrive_at_every_client(
    connections: Any, shelf: Shelf
) -> None:
    raw = {"pool": "fast"}
    state = shelf.put(WEB, raw=raw)
    async with connections() as channels:
        clients = [GrpcProvider(channel) for channel in channels]
        first = [await client.describe(WEB) for client in clients]
        assert first == [state, state]
        raw["pool"] = "slow"
        assert [await client.describe(WEB) for client in clients] == [state, state]
        assert first == [replace(state, raw={"pool": "fast"})] * 2


async def test_two_connections_share_no_machine(connections: Any, shelf: Shelf) -> None:
    shelf.put(WEB)
    async with connections() as channels:
        one, other = [await GrpcProvider(channel).describe(WEB) for channel in channels]
        assert one == other
        assert one is not other


async def test_a_client_that_reads_messages_finds_the_message_of_describe(connections: Any, shelf: Shelf) -> None:
    shelf.put(WEB, addresses=("10.0.0.1",))
    async with connections() as (channel, _):
        describe = channel.unary_unary(
            "/provider.v1.Provider/Describe",
            request_serializer=pb2.DescribeRequest.SerializeToString,
            response_deserializer=pb2.DescribeResponse.FromString,
        )
        answers = [await describe(pb2.DescribeRequest(id=WEB)) for _ in range(2)]
        absent = await describe(pb2.DescribeRequest(id=DB))
    five = [(answer.exists, answer.power_state, list(answer.ips), answer.provider_raw_json) for answer in answers]
    assert five == [(True, "On", ["10.0.0.1"], '{"pool":"fast"}')] * 2
    assert absent == pb2.DescribeResponse(exists=False)
