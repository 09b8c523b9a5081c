"""One change of one machine at a time: libvirt guards a domain, we guard what belongs to it as well."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from virtrigaud_api.contract import MachineId


class MachineLocks:
    """Locks by machine, which vanish when nobody holds or awaits them."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[MachineId, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def hold(self, machine: MachineId) -> AsyncIterator[None]:
        """Wait for other changes of the machine, then keep others waiting."""
        lock = self._locks.get(machine)
        if lock is None:
            lock = self._locks[machine] = asyncio.Lock()
        async with lock:
            yield
