"""The lab: a provider under test, what it can do, and hands that wait for tasks and clean up.

Each test of the suite gets a fresh one from the fixture `lab`. Nothing here asserts a promise of the
port; that is the suite's.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, TypeVar

import pytest
from virtrigaud_api.contract import (
    Busy,
    Capabilities,
    CloneOrder,
    Clones,
    DiskTransfer,
    Facet,
    GuestCommands,
    ImageInventory,
    Images,
    MachineId,
    MachineProvider,
    MachineSpec,
    MachineState,
    NotFound,
    Owner,
    OwnerSearch,
    PowerState,
    PowerVerb,
    Snapshots,
    Submitted,
    TaskRef,
    TaskState,
    Watch,
    advertised,
)
from virtrigaud_api.wire.client import GrpcProvider

from virtrigaud_provider_sdk.conformance.specimens import Specimens

_FIRST_PAUSE: Final = timedelta(milliseconds=2)
_LONGEST_PAUSE: Final = timedelta(milliseconds=500)

_F = TypeVar("_F")
_R = TypeVar("_R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long the suite waits before it calls something broken.

    Attributes:
        task: For a task, and for what an ended task must have done.
        boot: From power on to the guest's first address; None where guests have none.
        grace: What a graceful shutdown grants.
    """

    task: timedelta = timedelta(minutes=2)
    boot: timedelta | None = timedelta(minutes=3)
    grace: timedelta = timedelta(seconds=2)


@dataclass(slots=True)
class Lab:
    """A provider under test."""

    provider: MachineProvider
    capabilities: Capabilities
    specimens: Specimens
    patience: Patience = Patience()
    _made: list[MachineId] = field(default_factory=list)

    async def create(self, spec: MachineSpec | None = None) -> MachineId:
        """Make a machine, wait until it is there, and remember to delete it."""
        submitted = await self.provider.create(spec or self.specimens.spec())
        return self.remember(await self.settled(submitted))

    async def clone(self, source: MachineId, order: CloneOrder) -> MachineId:
        """Copy a machine, wait until the copy is there, and remember to delete it."""
        return self.remember(await self.settled(await self.clones().clone(source, order)))

    def remember(self, machine: MachineId | None) -> MachineId:
        """Delete the machine at the end of the test."""
        assert machine is not None, "neither the call nor its task named the machine"
        if machine not in self._made:
            self._made.append(machine)
        return machine

    async def power(self, machine: MachineId, verb: PowerVerb) -> None:
        """Change the power of a machine and wait for it."""
        await self.settled(await self.provider.power(machine, verb, self.patience.grace))

    async def running(self, spec: MachineSpec | None = None) -> MachineId:
        """Make a machine and power it on."""
        machine = await self.create(spec)
        await self.power(machine, PowerVerb.ON)
        return machine

    async def delete(self, machine: MachineId) -> None:
        """Delete a machine and wait for it."""
        await self.settled(await self.provider.delete(machine))

    async def absent(self) -> MachineId:
        """Return the id of a machine that existed and does not any more."""
        machine = await self.create()
        await self.delete(machine)
        return machine

    async def state(self, machine: MachineId) -> MachineState:
        """Look at a machine that must be there."""
        state = await self.provider.describe(machine)
        assert state is not None, f"machine {machine} is said not to exist"
        return state

    async def power_state(self, machine: MachineId) -> PowerState:
        """Return the power state of a machine that must be there."""
        return (await self.state(machine)).power

    async def reconfigure(self, machine: MachineId, spec: MachineSpec) -> None:
        """Bring a machine to a spec and wait for it."""
        await self.settled(await self.provider.reconfigure(machine, spec))

    async def settled(self, submitted: Submitted) -> MachineId | None:
        """Wait for the task of a call, if there is one; return the machine that it made or worked on.

        Raises:
            ProviderError: The task failed.
        """
        if submitted.task is None:
            return submitted.machine
        state = await self.ended(submitted.task)
        return state.machine or submitted.machine

    async def ended(self, task: TaskRef) -> TaskState:
        """Wait for a task and return how it ended.

        Raises:
            ProviderError: The task failed.
        """

        async def done() -> TaskState | None:
            state = await self.provider.task(task)
            return state if state.done else None

        state = await self.eventually(f"task {task} ends", self.patience.task, done)
        if state.error is not None:
            raise state.error
        return state

    async def eventually(self, what: str, within: timedelta, look: Callable[[], Awaitable[_R | None]]) -> _R:
        """Look again and again until there is an answer."""
        deadline = time.monotonic() + within.total_seconds()
        pause = _FIRST_PAUSE
        while True:
            answer = await look()
            if answer is not None:
                return answer
            if time.monotonic() > deadline:
                pytest.fail(f"waited {within.total_seconds():g} s in vain until {what}")
            await asyncio.sleep(pause.total_seconds())
            pause = min(pause * 1.5, _LONGEST_PAUSE)

    async def insist(self, call: Callable[[], Awaitable[_R]]) -> _R:
        """Make a call again for as long as the provider is busy, with an earlier one for example."""

        async def answered() -> tuple[_R] | None:
            try:
                return (await call(),)
            except Busy:
                return None

        return (await self.eventually("the provider is busy no longer", self.patience.task, answered))[0]

    async def machines_of(self, owner: Owner) -> list[MachineId]:
        """List the machines of an owner."""
        return [state.id for state in await self.provider.machines() if state.owner == owner]

    async def clean_up(self) -> None:
        """Delete what the test made."""
        for machine in reversed(self._made):
            with suppress(NotFound):
                await self.delete(machine)

    def snapshots(self) -> Snapshots:
        """Return the facet, or skip the test."""
        return self._facet(Facet.SNAPSHOTS, Snapshots)  # type: ignore[type-abstract]

    def clones(self) -> Clones:
        """Return the facet, or skip the test."""
        return self._facet(Facet.CLONES, Clones)  # type: ignore[type-abstract]

    def guest_commands(self) -> GuestCommands:
        """Return the facet, or skip the test."""
        return self._facet(Facet.GUEST_COMMANDS, GuestCommands)  # type: ignore[type-abstract]

    def images(self) -> Images:
        """Return the facet, or skip the test."""
        return self._facet(Facet.IMAGES, Images)  # type: ignore[type-abstract]

    def image_inventory(self) -> ImageInventory:
        """Return the facet, or skip the test."""
        return self._facet(Facet.IMAGE_INVENTORY, ImageInventory)  # type: ignore[type-abstract]

    def disk_transfer(self) -> DiskTransfer:
        """Return the facet, or skip the test."""
        return self._facet(Facet.DISK_TRANSFER, DiskTransfer)  # type: ignore[type-abstract]

    def watch(self) -> Watch:
        """Return the facet, or skip the test."""
        return self._facet(Facet.WATCH, Watch)  # type: ignore[type-abstract]

    def owner_search(self) -> OwnerSearch:
        """Return the facet, or skip the test."""
        return self._facet(Facet.OWNER_SEARCH, OwnerSearch)  # type: ignore[type-abstract]

    def _facet(self, facet: Facet, protocol: type[_F]) -> _F:
        require(facet in self.capabilities.facets, facet)
        assert isinstance(self.provider, protocol)
        return self.provider


def require(advertised_or_not: object, capability: str) -> None:
    """Skip the test unless the provider advertises the capability."""
    if not advertised_or_not:
        pytest.skip(f"capability not advertised: {capability}")


async def capabilities_of(provider: MachineProvider) -> Capabilities:
    """Return what a provider advertises: across the wire as it says, of an object by its facets."""
    stated = await provider.capabilities()
    return stated if isinstance(provider, GrpcProvider) else advertised(provider, stated)
