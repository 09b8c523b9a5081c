"""Apply many VirtualMachines at once and watch them become Ready; then watch nothing happen.

The clock of a machine starts when the API server shows the new object and ends when it shows Ready=True.
"""

import asyncio
import statistics
import time
from dataclasses import dataclass, field
from typing import Any

from bench.local_system import PROVIDER, LocalSystem, resident_mib
from bench.machines_api import MachinesApi, connect
from bench.results import Result

BENCH = "create_to_ready"
MACHINES = 100
STEADY_SECONDS = 60
DEADLINE_SECONDS = 120
SETTLE_SECONDS = 2
PROVIDER_CALLS = "virtrigaud_provider_rpc_requests_total"


@dataclass(slots=True)
class Clocks:
    """When each machine was shown first, and when it was Ready."""

    machines: int
    shown: dict[str, float] = field(default_factory=dict)
    ready: dict[str, float] = field(default_factory=dict)
    changes: int = 0
    all_ready: asyncio.Event = field(default_factory=asyncio.Event)

    def see(self, event: dict[str, Any]) -> None:
        """Take one watch event."""
        machine, now = event["object"], time.monotonic()
        name = machine["metadata"]["name"]
        self.shown.setdefault(name, now)
        self.changes += event["type"] == "MODIFIED"
        conditions = machine.get("status", {}).get("conditions", [])
        if any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions):
            self.ready.setdefault(name, now)
        if len(self.ready) == self.machines:
            self.all_ready.set()

    @property
    def seconds(self) -> list[float]:
        """Return each machine's time from shown to Ready."""
        return sorted(self.ready[name] - self.shown[name] for name in self.ready)


def measure(system: LocalSystem, machines: int = MACHINES, steady_seconds: int = STEADY_SECONDS) -> list[Result]:
    """Run the benchmark against a system whose provider is available."""
    return asyncio.run(_measure(system, machines, steady_seconds))


async def _measure(system: LocalSystem, machines: int, steady_seconds: int) -> list[Result]:
    clocks = Clocks(machines)
    async with connect(system.kubeconfig) as session:
        api = MachinesApi(session)
        watching = asyncio.create_task(watch(api, clocks))
        results = await burst(system, api, clocks)
        await asyncio.sleep(SETTLE_SECONDS)
        results += await steady(system, clocks, steady_seconds)
        watching.cancel()
    return [
        *results,
        Result(BENCH, "manager, peak RSS", resident_mib(system.pid("manager")), "MiB", 150),
        Result(BENCH, "API server, peak RSS", resident_mib(system.pid("apiserver")), "MiB"),
    ]


async def burst(system: LocalSystem, api: MachinesApi, clocks: Clocks) -> list[Result]:
    """Apply all machines at once and wait until all are Ready."""
    writes = system.object_writes()
    began = time.monotonic()
    await api.create_all((f"bench-{number:03}" for number in range(clocks.machines)), PROVIDER)
    async with asyncio.timeout(DEADLINE_SECONDS):
        await clocks.all_ready.wait()
    total = max(clocks.ready.values()) - began
    await asyncio.sleep(SETTLE_SECONDS)
    writes = system.object_writes() - writes
    return [
        Result(BENCH, "machines applied at once", clocks.machines, "machines"),
        Result(BENCH, "create to Ready, P50", percentile(clocks.seconds, 50), "s", 0.5),
        Result(BENCH, "create to Ready, P95", percentile(clocks.seconds, 95), "s", 1.5),
        Result(BENCH, "first request to all Ready", total, "s"),
        Result(BENCH, "API writes per create, Events included", writes / clocks.machines, "writes", 4),
    ]


async def steady(system: LocalSystem, clocks: Clocks, seconds: int) -> list[Result]:
    """Count what happens while nothing has to."""
    calls, writes, changes = (
        system.provider_counter(PROVIDER_CALLS),
        system.object_writes(),
        clocks.changes,
    )
    await asyncio.sleep(seconds)
    calls = system.provider_counter(PROVIDER_CALLS) - calls
    writes = system.object_writes() - writes
    return [
        Result(BENCH, f"steady state of {seconds} s, API writes", writes, "writes", 0),
        Result(BENCH, f"steady state of {seconds} s, changes of machines", clocks.changes - changes, "changes", 0),
        Result(BENCH, f"steady state of {seconds} s, provider calls of all kinds", calls, "calls"),
    ]


def percentile(values: list[float], percent: int) -> float:
    """Return a percentile of at least two values."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


async def watch(api: MachinesApi, clocks: Clocks) -> None:
    """Feed the clocks with watch events until cancelled."""
    async for event in api.events():
        clocks.see(event)
