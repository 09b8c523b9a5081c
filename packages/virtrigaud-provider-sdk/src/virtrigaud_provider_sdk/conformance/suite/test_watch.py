"""Events tell what happens, so that nobody has to ask."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager

import pytest
from virtrigaud_api.contract import MachineEvent, MachineEventKind, MachineId, PowerState, PowerVerb

from virtrigaud_provider_sdk.conformance.lab import Lab

pytestmark = pytest.mark.asyncio


class Stream:
    """One stream of events, read with a deadline."""

    def __init__(self, lab: Lab, events: AsyncIterator[MachineEvent]) -> None:
        self._events = events
        self._within = lab.patience.task.total_seconds()

    async def next(self) -> MachineEvent:
        """Return the next event."""
        async with asyncio.timeout(self._within):
            return await anext(self._events)

    async def until(self, wanted: Callable[[MachineEvent], bool]) -> MachineEvent:
        """Return the next event that is wanted."""
        async with asyncio.timeout(self._within):
            async for event in self._events:
                if wanted(event):
                    return event
        raise AssertionError("the stream of events ended")


@asynccontextmanager
async def watching(lab: Lab) -> AsyncIterator[Stream]:
    events = lab.watch().events()
    async with aclosing(events) as stream:  # type: ignore[type-var]
        yield Stream(lab, stream)


def changed(machine: MachineId) -> Callable[[MachineEvent], bool]:
    return lambda event: event.kind is MachineEventKind.CHANGED and event.machine == machine


async def test_a_stream_begins_with_one_resync(lab: Lab) -> None:
    async with watching(lab) as stream:
        assert await stream.next() == MachineEvent(kind=MachineEventKind.RESYNC)


async def test_power_on_is_told(lab: Lab) -> None:
    machine = await lab.create()
    async with watching(lab) as stream:
        await stream.next()
        await lab.power(machine, PowerVerb.ON)
        event = await stream.until(changed(machine))
        assert event.state is None or event.state.power is PowerState.ON
    assert await lab.power_state(machine) is PowerState.ON


async def test_a_machine_that_goes_is_told(lab: Lab) -> None:
    machine = await lab.create()
    async with watching(lab) as stream:
        await stream.next()
        await lab.delete(machine)
        gone = await stream.until(lambda event: event.kind is MachineEventKind.GONE)
        assert gone.machine == machine


async def test_the_end_of_a_task_is_told(lab: Lab) -> None:
    machine = await lab.create()
    async with watching(lab) as stream:
        await stream.next()
        submitted = await lab.provider.power(machine, PowerVerb.ON, lab.patience.grace)
        if submitted.task is not None:
            ended = await stream.until(lambda event: event.task == submitted.task)
            assert ended.kind is MachineEventKind.TASK_ENDED
            assert (await lab.provider.task(submitted.task)).done


async def test_two_watchers_hear_the_same(lab: Lab) -> None:
    machine = await lab.create()
    async with watching(lab) as one, watching(lab) as other:
        await one.next()
        await other.next()
        await lab.power(machine, PowerVerb.ON)
        assert (await one.until(changed(machine))).machine == (await other.until(changed(machine))).machine


async def test_a_watcher_that_does_not_read_holds_nobody_up(lab: Lab) -> None:
    async with watching(lab) as idle, watching(lab) as reader:
        await idle.next()
        await reader.next()
        machine = await lab.running()
        await reader.until(changed(machine))
