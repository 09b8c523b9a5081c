"""Promises that only a wire, a counter or a capability can break are caught, too."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from broken_providers import AdvertisesNoGrowth, AsksForEachMachine, MakesASecondMachine, StopsHalfway
from providers_under_test import CountingMemory, memory
from virtrigaud_api.contract import BootImage, MachineProvider
from virtrigaud_api.wire.client import GrpcProvider
from virtrigaud_provider_sdk import ProviderServer, ProviderSettings
from virtrigaud_provider_sdk.conformance.address import Address
from virtrigaud_provider_sdk.conformance.call_counts import of_metrics_at
from virtrigaud_provider_sdk.conformance.faulty_wire import FaultyWire
from virtrigaud_provider_sdk.conformance.lab import Lab, Patience, capabilities_of
from virtrigaud_provider_sdk.conformance.specimens import Specimens
from virtrigaud_provider_sdk.conformance.suite import (
    test_advertised_details,
    test_call_counts,
    test_deadlines,
    test_lost_replies,
)

Promise = Callable[[Lab, FaultyWire], Awaitable[None]]
ADDRESS = "127.43.2.2"


async def one_machine(lab: Lab, wire: FaultyWire) -> None:
    repeating = test_lost_replies.Repeating(lab, wire)
    await test_lost_replies.test_l08_a_creation_whose_reply_is_lost_makes_one_machine(lab, repeating)


async def a_whole_machine(lab: Lab, wire: FaultyWire) -> None:
    deadline = timedelta(milliseconds=500)
    await test_deadlines.test_a_creation_that_runs_out_of_time_leaves_no_half_machine(lab, wire, deadline)


async def growth_is_advertised(lab: Lab, _: FaultyWire) -> None:
    if not lab.capabilities.reconfigure_online:
        promise = "test_l18_a_running_machine_grows_after_a_restart_only_where_online_is_not_advertised"
        await getattr(test_advertised_details, promise)(lab)


@asynccontextmanager
async def distant(
    provider: MachineProvider, wire: FaultyWire, mount_root: Path
) -> AsyncIterator[tuple[Lab, ProviderServer]]:
    """Serve a provider and connect to it by the wire."""
    settings = ProviderSettings(insecure=True, bind_address=ADDRESS, port=0, health_port=0, mount_root=mount_root)
    async with (
        ProviderServer(provider, settings) as server,
        Address(target=f"{ADDRESS}:{server.port}").channel(wire) as channel,
    ):
        remote = GrpcProvider(channel)
        yield (
            Lab(
                provider=remote,
                capabilities=await capabilities_of(remote),
                specimens=Specimens(image=BootImage(template="conformance")),
                patience=Patience(task=timedelta(seconds=1), grace=timedelta(0)),
            ),
            server,
        )


@pytest.mark.parametrize(
    ("broken", "promise"),
    [
        (MakesASecondMachine, one_machine),
        (StopsHalfway, a_whole_machine),
        (AdvertisesNoGrowth, growth_is_advertised),
    ],
    ids=lambda value: value.__name__,
)
async def test_a_promise_broken_at_a_distance_is_caught(
    broken: Callable[[], MachineProvider], promise: Promise, tmp_path: Path
) -> None:
    async with distant(memory(), wire := FaultyWire(), tmp_path) as (lab, _):
        await promise(lab, wire)
    async with distant(broken(), wire := FaultyWire(), tmp_path) as (lab, _):
        with pytest.raises(AssertionError):
            await promise(lab, wire)


class Numbers:
    """As much of pytest's configuration as the test of call counts reads."""

    def getoption(self, _: str) -> str:
        return "1,5,20"


async def counted(provider: MachineProvider, mount_root: Path) -> dict[str, str]:
    """Count the calls of a served provider by its metrics; return what the test notes."""
    noted: dict[str, str] = {}

    def note(_: str, sentence: str) -> None:
        noted[sentence.split()[1]] = sentence

    async with distant(provider, FaultyWire(), mount_root) as (lab, server):
        calls = of_metrics_at(f"http://{ADDRESS}:{server.health_port}/metrics")
        promise = test_call_counts.test_l36_a_look_costs_the_same_whatever_the_number_of_machines
        await promise(lab, calls, Numbers(), note)  # type: ignore[arg-type]
    return noted


async def test_l36_calls_are_counted_by_the_metrics_and_growth_is_caught(tmp_path: Path) -> None:
    assert await counted(CountingMemory(), tmp_path) == {
        "describe": "of describe at 1, 5, 20 machines: 1, 1, 1",
        "list": "of list at 1, 5, 20 machines: 1, 1, 1",
        "validate": "of validate at 1, 5, 20 machines: 1, 1, 1",
    }
    with pytest.raises(AssertionError, match=r"hypervisor calls at 1, 5, 20 machines: \{'list': \[2, 6, 21\]\}"):
        await counted(AsksForEachMachine(), tmp_path)
