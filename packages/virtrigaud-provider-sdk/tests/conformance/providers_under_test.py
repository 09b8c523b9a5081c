"""Providers that the tests hand to the suite by name."""

import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from virtrigaud_api.contract import (
    Capabilities,
    MachineId,
    MachineSpec,
    MachineState,
    PowerVerb,
    Submitted,
    TaskRef,
    TaskState,
    Unavailable,
)
from virtrigaud_provider_memory import MemoryProvider, MemorySettings
from virtrigaud_provider_sdk import NativeFaults

IMAGE_URL = "https://images.example/conformance.qcow2"


def settings(**changes: object) -> MemorySettings:
    world: dict[str, object] = {"images": f"conformance,{IMAGE_URL}", "networks": "", "drain_seconds": 0}
    return MemorySettings.model_validate({**world, "staging": Path(tempfile.gettempdir()), **changes})


def memory() -> MemoryProvider:
    return MemoryProvider(settings())


def memory_with_tasks() -> MemoryProvider:
    return MemoryProvider(settings(task_duration=timedelta(milliseconds=2), reconfigure_online=False))


class CountingMemory(MemoryProvider):
    """Counts what it asks its hypervisor, as a provider with a session does."""

    _faults = NativeFaults(native=OSError, kind=lambda _: Unavailable)

    def __init__(self) -> None:
        super().__init__(settings())

    async def validate(self) -> None:
        with self._faults.during("ping", call="ping"):
            await super().validate()

    async def describe(self, machine: MachineId) -> MachineState | None:
        with self._faults.during(f"look at {machine}", call="get"):
            return await super().describe(machine)

    async def machines(self) -> Sequence[MachineState]:
        with self._faults.during("list", call="list"):
            return await super().machines()


class OnlyThePort:
    """The port of the memory provider without any facet."""

    def __init__(self) -> None:
        self._whole = MemoryProvider(settings(suspend=False))

    async def capabilities(self) -> Capabilities:
        return Capabilities(reconfigure_online=True, disk_expansion_online=True)

    async def validate(self) -> None:
        await self._whole.validate()

    async def create(self, spec: MachineSpec) -> Submitted:
        return await self._whole.create(spec)

    async def describe(self, machine: MachineId) -> MachineState | None:
        return await self._whole.describe(machine)

    async def power(self, machine: MachineId, verb: PowerVerb, grace: timedelta) -> Submitted:
        return await self._whole.power(machine, verb, grace)

    async def reconfigure(self, machine: MachineId, spec: MachineSpec) -> Submitted:
        return await self._whole.reconfigure(machine, spec)

    async def delete(self, machine: MachineId) -> Submitted:
        return await self._whole.delete(machine)

    async def machines(self) -> Sequence[MachineState]:
        return await self._whole.machines()

    async def task(self, ref: TaskRef) -> TaskState:
        return await self._whole.task(ref)
