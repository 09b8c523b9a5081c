"""A user changes machines among thousands of idle ones: how long it is until the status says that it is done."""

import asyncio
import time
from statistics import quantiles

from bench.machines_api import MachinesApi
from bench.scale.clocks import Clocks, is_ready, watching

CHANGES = 200
PAUSE_SECONDS = 0.05
DEADLINE_SECONDS = 120


async def change(api: MachinesApi, machines: list[str]) -> list[float]:
    """Switch some machines off, one after the other; return the sorted seconds from request to status."""
    step = max(1, len(machines) // CHANGES)
    chosen = machines[::step][:CHANGES]
    clocks = Clocks(frozenset(chosen), is_off)
    asked: dict[str, float] = {}
    async with watching(api, clocks):
        while len(clocks.shown_at) < len(chosen):  # noqa: ASYNC110 - the clocks tell only the end
            await asyncio.sleep(PAUSE_SECONDS)
        for name in chosen:
            asked[name] = time.monotonic()
            await api.patch(name, {"powerState": "Off"})
            await asyncio.sleep(PAUSE_SECONDS)
        await clocks.until_all_served(DEADLINE_SECONDS)
    return sorted(clocks.served_at[name] - asked[name] for name in chosen)


def is_off(machine: dict[str, object]) -> bool:
    """Tell whether a machine was wanted off and is."""
    status = machine.get("status")
    return isinstance(status, dict) and status.get("powerState") == "Off" and is_ready(machine)


def p99(seconds: list[float]) -> float:
    """Return the percentile."""
    return quantiles(seconds, n=100, method="inclusive")[98]
