"""Providers that break one promise each."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta

from providers_under_test import CountingMemory
from virtrigaud_api.contract import (
    Capabilities,
    Conflict,
    Imported,
    ImportOrder,
    MachineEvent,
    MachineId,
    MachineSpec,
    MachineState,
    NotFound,
    Owner,
    PowerState,
    PowerVerb,
    ProviderFault,
    SnapshotId,
    SnapshotOrder,
    Submitted,
    TakenSnapshot,
)


class Broken(CountingMemory):
    """A memory provider with all its promises, for others to break one."""


class MakesASecondMachine(Broken):
    """Forgets that the owner has a machine."""

    async def create(self, spec: MachineSpec) -> Submitted:
        again = any(state.owner == spec.owner for state in await self.machines())
        name = f"{spec.name}-again" if again else spec.name
        owner = Owner(spec.owner.namespace, spec.owner.name, f"{spec.owner.uid}-again") if again else spec.owner
        return await super().create(replace(spec, name=name, owner=owner))


class TakesOver(Broken):
    """Returns the machine of another owner."""

    async def create(self, spec: MachineSpec) -> Submitted:
        try:
            return await super().create(spec)
        except Conflict:
            return Submitted(machine=next(s.id for s in await self.machines() if s.name == spec.name))


class StartsWhatItMakes(Broken):
    """Powers a machine on when it is created."""

    async def create(self, spec: MachineSpec) -> Submitted:
        made = await super().create(spec)
        return await self.power(made.machine or MachineId(""), PowerVerb.ON, timedelta(0))


class StartsWhatWasStopped(Broken):
    """Powers a machine on each time that its creation is asked for with a start."""

    async def create(self, spec: MachineSpec) -> Submitted:
        made = await super().create(spec)
        return await self.power(made.machine or MachineId(""), PowerVerb.ON, timedelta(0)) if spec.starts else made


class TellsThatItRuns(Broken):
    """Tells a machine as it was asked for, and leaves the start to others."""

    async def create(self, spec: MachineSpec) -> Submitted:
        made = await super().create(replace(spec, starts=False))
        state = await self.describe(made.machine or MachineId(""))
        return replace(made, state=state and replace(state, power=PowerState.ON))


class LosesTheOwner(Broken):
    """Does not tell whose machine it is."""

    async def describe(self, machine: MachineId) -> MachineState | None:
        state = await super().describe(machine)
        return state and replace(state, owner=None)


class FailsToSeeWhatIsGone(Broken):
    """Answers NotFound where it should say that the machine does not exist."""

    async def describe(self, machine: MachineId) -> MachineState | None:
        state = await super().describe(machine)
        if state is None:
            raise NotFound(f"machine {machine} does not exist")
        return state


class FailsToDeleteTwice(Broken):
    """Does not count an absent machine as deleted."""

    async def delete(self, machine: MachineId) -> Submitted:
        if await self.describe(machine) is None:
            raise NotFound(f"machine {machine} does not exist")
        return await super().delete(machine)


class NeverStopsAGuest(Broken):
    """Leaves a guest running that does not react."""

    async def power(self, machine: MachineId, verb: PowerVerb, grace: timedelta) -> Submitted:
        if verb is PowerVerb.SHUTDOWN:
            return Submitted(machine=machine)
        return await super().power(machine, verb, grace)


class HidesAPendingRestart(Broken):
    """Says that a change has been applied which has not."""

    async def describe(self, machine: MachineId) -> MachineState | None:
        state = await super().describe(machine)
        return state and replace(state, pending_restart=False)


class IgnoresChanges(Broken):
    """Accepts a changed spec and does nothing."""

    async def reconfigure(self, machine: MachineId, spec: MachineSpec) -> Submitted:
        if await self.describe(machine) is None:
            raise NotFound(f"machine {machine} does not exist")
        return Submitted(machine=machine)


class BlamesItself(Broken):
    """Reports every refusal as a defect of its own."""

    async def create(self, spec: MachineSpec) -> Submitted:
        try:
            return await super().create(spec)
        except Exception as error:
            raise ProviderFault(str(error)) from error


class TellsNothing(Broken):
    """Streams no event but the first."""

    async def events(self) -> AsyncIterator[MachineEvent]:
        async for event in super().events():
            if event.machine is None:
                yield event


class TakesASnapshotTwice(Broken):
    """Makes a second snapshot of the same name."""

    _count = 0

    async def snapshot(self, machine: MachineId, order: SnapshotOrder) -> TakenSnapshot:
        TakesASnapshotTwice._count += 1
        return await super().snapshot(machine, replace(order, name=f"{order.name}-{self._count}"))


class SkipsTheChecksum(Broken):
    """Imports bytes that are not the ones that were promised."""

    async def import_disk(self, order: ImportOrder) -> Imported:
        return await super().import_disk(replace(order, checksum=None))


class AdvertisesTooMuch(Broken):
    """Claims snapshots with memory and refuses them."""

    async def snapshot(self, machine: MachineId, order: SnapshotOrder) -> TakenSnapshot:
        taken = await super().snapshot(machine, replace(order, memory=False))
        return TakenSnapshot(id=SnapshotId(str(taken.id)), task=taken.task)


class StopsHalfway(Broken):
    """Leaves a machine without its data disks when its caller goes away."""

    async def create(self, spec: MachineSpec) -> Submitted:
        if any(state.owner == spec.owner for state in await self.machines()):
            return await super().create(spec)
        made = await super().create(replace(spec, disks=()))
        await asyncio.sleep(30)
        return await self.reconfigure(made.machine or MachineId(""), spec)


class AsksForEachMachine(Broken):
    """Lists machines by looking at one after the other."""

    async def machines(self) -> Sequence[MachineState]:
        listed = await super().machines()
        for machine in listed:
            await self.describe(machine.id)
        return listed


class AdvertisesNoGrowth(Broken):
    """Grows running machines without saying that it can."""

    async def capabilities(self) -> Capabilities:
        return replace(await super().capabilities(), reconfigure_online=False)
