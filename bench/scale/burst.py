"""Apply many machines at once and wait until all are served; by the manager, and by the floor, in the same way."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import quantiles

from bench.local_system import PROVIDER
from bench.machines_api import MachinesApi
from bench.processor import Meter
from bench.scale.clocks import Clocks, Served, watching

DEADLINE_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Burst:
    """How it went.

    Attributes:
        seconds: From the first request to the last machine.
        processor: Processor seconds of each process for a thousand machines.
    """

    seconds: float
    p95: float
    processor: dict[str, float]

    @property
    def all_processors(self) -> float:
        """Return what all processes used up for a thousand machines."""
        return sum(self.processor.values())


def names(machines: int) -> list[str]:
    """Name the machines."""
    return [f"scale-{number:05}" for number in range(machines)]


async def burst(
    api: MachinesApi, machines: Iterable[str], served: Served, meter: Meter, provider: str = PROVIDER
) -> Burst:
    """Apply the machines and wait."""
    wanted = list(machines)
    clocks = Clocks(frozenset(wanted), served)
    async with watching(api, clocks):
        began = time.monotonic()
        await api.create_all(wanted, provider)
        await clocks.until_all_served(DEADLINE_SECONDS)
    seconds = max(clocks.served_at.values()) - began
    processor = {name: used * 1000 / len(wanted) for name, used in meter.seconds().items()}
    return Burst(seconds, quantiles(clocks.seconds, n=20, method="inclusive")[-1], processor)
