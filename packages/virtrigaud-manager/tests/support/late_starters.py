"""Providers that make a machine and leave its start to the manager: always, or when they are killed in between."""

from dataclasses import replace

from virtrigaud_api.contract import MachineSpec, Submitted, Unavailable
from virtrigaud_provider_memory import MemoryProvider


class LeavesStartsAside(MemoryProvider):
    """A provider that does not know that a creation may start the machine."""

    async def create(self, spec: MachineSpec) -> Submitted:
        return await super().create(replace(spec, starts=False))


class KilledBeforeTheStart(MemoryProvider):
    """A provider that is killed when its first machine is made and not started yet."""

    async def create(self, spec: MachineSpec) -> Submitted:
        if await self.machines():
            return await super().create(spec)
        await super().create(replace(spec, starts=False))
        raise Unavailable("the connection was closed")
