"""L36: what a look costs the hypervisor does not grow with its machines."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import pytest
from virtrigaud_api.contract import MachineId

from virtrigaud_provider_sdk.conformance import options
from virtrigaud_provider_sdk.conformance.call_counts import CallCount
from virtrigaud_provider_sdk.conformance.lab import Lab
from virtrigaud_provider_sdk.conformance.report import Note

pytestmark = pytest.mark.asyncio

AT_ONCE = 16
LOOKS = 5
"""Each look is taken so often and the cheapest one counts: health checks ask the hypervisor meanwhile, too."""


async def test_l36_a_look_costs_the_same_whatever_the_number_of_machines(
    lab: Lab,
    hypervisor_calls: CallCount,
    pytestconfig: pytest.Config,
    note: Note,
) -> None:
    machines: list[MachineId] = []
    costs: dict[str, list[int]] = {}
    numbers = options.counts(pytestconfig)
    for number in numbers:
        machines += await made(lab, number - len(machines))
        looks: dict[str, Callable[[], Awaitable[object]]] = {
            "describe": partial(lab.state, machines[-1]),
            "list": lab.provider.machines,
            "validate": lab.provider.validate,
        }
        for name, look in looks.items():
            costs.setdefault(name, []).append(await cost(look, hypervisor_calls))
    at = ", ".join(map(str, numbers))
    for name, figures in costs.items():
        note("calls", f"of {name} at {at} machines: {', '.join(map(str, figures))}")
    grown = {name: figures for name, figures in costs.items() if max(figures) > figures[0]}
    assert not grown, f"hypervisor calls at {at} machines: {grown}"


async def made(lab: Lab, number: int) -> list[MachineId]:
    """Make so many machines, some at a time."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one() -> MachineId:
        async with places:
            return await lab.create()

    return list(await asyncio.gather(*(one() for _ in range(number))))


async def cost(look: Callable[[], Awaitable[object]], hypervisor_calls: CallCount) -> int:
    """Count the hypervisor calls of a look, or skip the test where nobody counts them."""
    costs = []
    for _ in range(LOOKS):
        before = await hypervisor_calls() or 0
        await look()
        after = await hypervisor_calls()
        if after is None:
            pytest.skip(
                "hypervisor calls can't be counted: virtrigaud_provider_hypervisor_calls_total has no value, "
                "so the provider counts none (NativeFaults.during does)"
            )
        costs.append(after - before)
    return min(costs)
