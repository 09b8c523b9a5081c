"""Four providers, one of which hangs: whether the machines of the others become slower.

Rounds with all alive and rounds with one hanging take turns, so that what else the machine does meets both
alike. In each round some machines of every provider are switched at once. The one that hangs is a process
that is stopped, which is worse than one that is gone: calls to it neither fail nor return.
"""

import asyncio
import os
import signal
import time
from statistics import quantiles

from bench.local_system import LocalSystem, local_system
from bench.machines_api import MachinesApi, connect
from bench.processor import Meter
from bench.results import Result
from bench.scale.burst import burst
from bench.scale.clocks import Clocks, is_ready, watching

BENCH = "scale"
ALIVE = ("north", "east", "south")
DEAD = "west"
MACHINES = 25
ROUNDS = 8
DEADLINE_SECONDS = 120


def measure() -> list[Result]:
    """Run the benchmark on a system of its own."""
    with local_system((*ALIVE, DEAD)) as system:
        return asyncio.run(_measure(system))


async def _measure(system: LocalSystem) -> list[Result]:
    hanging = system.provider_pid(DEAD)
    alive: list[float] = []
    beside_dead: list[float] = []
    async with connect(system.kubeconfig) as session:
        api = MachinesApi(session)
        for provider in (*ALIVE, DEAD):
            await burst(api, _names(provider), is_ready, Meter.start({}), provider)
        for number in range(ROUNDS * 2):
            power = "Off" if number % 2 == 0 else "On"
            if number % 4 in (0, 3):  # Each of both is measured switching off as often as switching on.
                alive += await _round(api, power, (*ALIVE, DEAD))
                continue
            os.kill(hanging, signal.SIGSTOP)
            try:
                beside_dead += await _round(api, power, ALIVE)
            finally:
                os.kill(hanging, signal.SIGCONT)
            await _round(api, power, (DEAD,))
    before, beside = _p95(alive), _p95(beside_dead)
    return [
        Result(BENCH, "four providers, change to done, P95", before, "s"),
        Result(BENCH, "one of the four hangs, P95 of the others", beside, "s"),
        Result(BENCH, "one of the four hangs, P95 of the others, slower by", (beside / before - 1) * 100, "%", 10),
    ]


async def _round(api: MachinesApi, power: str, awaited: tuple[str, ...]) -> list[float]:
    """Switch all machines and await those of some providers; return the seconds of those that are alive."""
    names = [name for provider in awaited for name in _names(provider)]
    clocks = Clocks(frozenset(names), lambda machine: _is(machine, power))
    asked: dict[str, float] = {}

    async def switch(name: str) -> None:
        asked[name] = time.monotonic()
        await api.patch(name, {"powerState": power})

    async with watching(api, clocks):
        await asyncio.gather(*(switch(name) for provider in (*ALIVE, DEAD) for name in _names(provider)))
        await clocks.until_all_served(DEADLINE_SECONDS)
    return [clocks.served_at[name] - asked[name] for name in names if not name.startswith(DEAD)]


def _is(machine: dict[str, object], power: str) -> bool:
    status = machine.get("status")
    return isinstance(status, dict) and status.get("powerState") == power and is_ready(machine)


def _names(provider: str) -> list[str]:
    return [f"{provider}-{number:03}" for number in range(MACHINES)]


def _p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20, method="inclusive")[-1]
