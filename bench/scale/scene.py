"""The scene of the benchmark of scale: the floor, the burst, rest, changes by a user, a restart, a dead provider."""

import asyncio
import os

from bench.local_system import LocalSystem, local_system, resident_mib
from bench.machines_api import MachinesApi, connect
from bench.processor import Meter
from bench.results import Result
from bench.scale import dead_provider
from bench.scale.burst import Burst, burst, names
from bench.scale.changes import CHANGES, change, p99
from bench.scale.clocks import is_ready
from bench.scale.floor import floor
from bench.scale.quiet import Quiet, Settled, restart, steady, until_quiet

BENCH = "scale"
QUICK_MACHINES = 1_000
SECONDS_FOR_A_THOUSAND = 15
TIMES_THE_FLOOR = 2
STEADY_SECONDS = 60


def measure(machines: int) -> list[Result]:
    """Run all of it with so many machines."""
    load = Result(
        BENCH, "load average when it began; seconds by the clock mean little above 0.5", os.getloadavg()[0], ""
    )
    below = asyncio.run(floor(machines))
    with local_system() as system:
        results = asyncio.run(_machines(system, machines, below))
    return [load, *results, *dead_provider.measure()]


async def _machines(system: LocalSystem, machines: int, below: Burst) -> list[Result]:
    processes = {
        "manager": system.pid("manager"),
        "API server": system.pid("apiserver"),
        "provider": system.provider_pid(),
    }
    async with connect(system.kubeconfig) as session:
        api = MachinesApi(session)
        writes = system.object_writes()
        done = await burst(api, names(machines), is_ready, Meter.start(processes))
        peak = resident_mib(system.pid("manager"))
        until_quiet(system)
        writes = system.object_writes() - writes
        results = _applied(machines, done, below)
        results.append(Result(BENCH, f"{machines:,} applied, API writes per create", writes / machines, "writes", 4))
        results.append(Result(BENCH, f"{machines:,} applied, manager's peak RSS", peak, "MiB", 350))
        results += _rest(machines, steady(system, STEADY_SECONDS))
        seconds = await change(api, names(machines))
        results.append(
            Result(BENCH, f"{CHANGES} changes among {machines:,} idle, request to status, P99", p99(seconds), "s", 1)
        )
    until_quiet(system)
    return results + _restarted(machines, restart(system, machines))


def _applied(machines: int, done: Burst, below: Burst) -> list[Result]:
    what = f"{machines:,} applied"
    return [
        Result(BENCH, f"{what}, all Ready", done.seconds, "s", SECONDS_FOR_A_THOUSAND * machines / 1000),
        Result(BENCH, f"{what}, shown to Ready, P95", done.p95, "s"),
        Result(BENCH, f"{what}, the floor", below.seconds, "s"),
        Result(BENCH, f"{what}, times the floor", done.seconds / below.seconds, "times", TIMES_THE_FLOOR),
        *(Result(BENCH, f"processor for 1,000: {name}", used, "s") for name, used in done.processor.items()),
        *(Result(BENCH, f"processor for 1,000, floor: {name}", used, "s") for name, used in below.processor.items()),
        Result(
            BENCH,
            "processor for 1,000, times the floor",
            done.all_processors / below.all_processors,
            "times",
        ),
    ]


def _rest(machines: int, quiet: Quiet) -> list[Result]:
    what = f"{machines:,} at rest for {STEADY_SECONDS} s"
    return [
        Result(BENCH, f"{what}, the manager's share of a core", quiet.share, "%", 1),
        Result(BENCH, f"{what}, API writes", quiet.writes, "writes", 0),
        Result(BENCH, f"{what}, provider calls per machine", quiet.calls / machines, "calls", 0.01),
        Result(BENCH, f"{what}, manager's RSS", quiet.resident, "MiB", 350),
    ]


def _restarted(machines: int, settled: Settled) -> list[Result]:
    what = f"restart among {machines:,} Ready"
    return [
        Result(BENCH, f"{what}, settled", settled.seconds, "s", 20),
        Result(BENCH, f"{what}, processor of the manager", settled.processor, "s"),
        Result(BENCH, f"{what}, API writes", settled.writes, "writes", 0),
        Result(BENCH, f"{what}, provider calls per machine", settled.calls / machines, "calls", 0.01),
        Result(BENCH, f"{what}, manager's peak RSS", settled.peak, "MiB", 350),
    ]
