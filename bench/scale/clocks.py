"""When machines were shown first and when they were served: fed by a watch, asked by the benchmarks of scale."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from bench.machines_api import MachinesApi

Served = Callable[[dict[str, Any]], bool]
"""Tells whether a machine is as it was wanted."""


@dataclass(slots=True)
class Clocks:
    """The clock of each machine."""

    wanted: frozenset[str]
    served: Served
    shown_at: dict[str, float] = field(default_factory=dict)
    served_at: dict[str, float] = field(default_factory=dict)
    changes: int = 0
    all_served: asyncio.Event = field(default_factory=asyncio.Event)

    def see(self, event: dict[str, Any]) -> None:
        """Take one watch event."""
        machine, now = event["object"], time.monotonic()
        name = machine["metadata"]["name"]
        if name not in self.wanted:
            return
        self.shown_at.setdefault(name, now)
        self.changes += event["type"] == "MODIFIED"
        if name not in self.served_at and self.served(machine):
            self.served_at[name] = now
            if len(self.served_at) == len(self.wanted):
                self.all_served.set()

    async def until_all_served(self, seconds: float) -> None:
        """Wait for the last machine.

        Raises:
            TimeoutError: It took too long; the message counts.
        """
        try:
            async with asyncio.timeout(seconds):
                await self.all_served.wait()
        except TimeoutError:
            raise TimeoutError(f"{len(self.served_at)} of {len(self.wanted)} machines after {seconds} s") from None

    @property
    def seconds(self) -> list[float]:
        """Return each machine's time from shown to served."""
        return sorted(at - self.shown_at[name] for name, at in self.served_at.items())


@asynccontextmanager
async def watching(api: MachinesApi, clocks: Clocks) -> AsyncIterator[None]:
    """Feed clocks with a watch for the time of the context."""

    async def feed() -> None:
        async for event in api.events():
            clocks.see(event)

    task = asyncio.create_task(feed())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def is_ready(machine: dict[str, Any]) -> bool:
    """Tell whether a machine shows Ready."""
    conditions = machine.get("status", {}).get("conditions", ())
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)


def has_status(machine: dict[str, Any]) -> bool:
    """Tell whether the floor is done with a machine."""
    return "phase" in machine.get("status", {})
