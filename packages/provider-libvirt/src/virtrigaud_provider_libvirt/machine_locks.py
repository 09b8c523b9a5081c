"""One change of one machine at a time: libvirt guards a domain, we guard what belongs to it as well.

A caller whose deadline is over goes away, but the blocking call that it began goes on; the next caller
waits for that too.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import structlog
from virtrigaud_api.contract import MachineId

T = TypeVar("T")

_log = structlog.get_logger("virtrigaud.libvirt")


class MachineLocks:
    """Locks by machine, which vanish when nobody holds or awaits them."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[MachineId, asyncio.Lock] = WeakValueDictionary()
        self._begun: set[asyncio.Task[Any]] = set()

    async def run(self, machine: MachineId, work: Coroutine[Any, Any, T]) -> T:
        """Wait for other changes of the machine, then make this one, to its end even if the caller goes away."""
        change = asyncio.create_task(self._alone(machine, work))
        self._begun.add(change)
        change.add_done_callback(self._ended)
        return await asyncio.shield(change)

    async def drain(self) -> None:
        """Wait for what was begun."""
        await asyncio.gather(*self._begun, return_exceptions=True)

    async def _alone(self, machine: MachineId, work: Coroutine[Any, Any, T]) -> T:
        lock = self._locks.get(machine)
        if lock is None:
            lock = self._locks[machine] = asyncio.Lock()
        async with lock:
            return await work

    def _ended(self, change: asyncio.Task[Any]) -> None:
        """Take note of the outcome, which the caller may not be there to hear."""
        self._begun.discard(change)
        if not change.cancelled() and (error := change.exception()) is not None:
            _log.debug("change failed", error=str(error))
