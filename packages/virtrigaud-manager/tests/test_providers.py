"""Rings 1 and 2: pace, the guarded provider, and following a provider with and without a stream of events."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import timedelta

import pytest
from virtrigaud_api.contract import (
    BootImage,
    Hardware,
    MachineEvent,
    MachineEventKind,
    MachineSpec,
    MachineState,
    MiB,
    Owner,
    PowerVerb,
    ProviderError,
    TaskRef,
    Unavailable,
)
from virtrigaud_manager.cluster.leadership import Alone
from virtrigaud_manager.providers.breaker import FAILURES_TO_OPEN, Breaker, BreakerState, HeldOff
from virtrigaud_manager.providers.events import Follower, Listeners
from virtrigaud_manager.providers.guarded import GuardedProvider
from virtrigaud_manager.providers.machines import Machines
from virtrigaud_manager.providers.pace import Pace
from virtrigaud_provider_memory import MemoryProvider, MemorySettings, Verb

SPEC = MachineSpec(
    owner=Owner("default", "web", "uid"),
    name="web",
    hardware=Hardware(cpus=1, memory=MiB(512)),
    boot=BootImage(path="debian-12"),
)
FREE = Pace(None, 0, lambda: 0.0)


async def reached(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - the follower tells by plain calls
            await asyncio.sleep(0.001)


async def test_calls_beyond_the_burst_wait_for_their_turn() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    pace = Pace(10, 2, lambda: 0.0, sleep)
    for _ in range(5):
        await pace.turn()
    assert slept == pytest.approx([0.1, 0.2, 0.3])


async def test_a_provider_that_is_down_is_not_called_any_more_and_errors_of_machines_never_count() -> None:
    hypervisor = MemoryProvider()
    breaker = Breaker("Provider default/lab", lambda: 0.0)
    guarded = GuardedProvider(hypervisor, breaker, FREE, ("memory", "lab"), Alone().check)
    with pytest.raises(ProviderError):
        await guarded.power((await guarded.create(SPEC)).machine or SPEC.name, PowerVerb.REBOOT, timedelta(0))  # type: ignore[arg-type]
    hypervisor.faults.fail_next(Verb.MACHINES, Unavailable, times=FAILURES_TO_OPEN)
    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(Unavailable):
            await guarded.machines()
    assert breaker.state is BreakerState.OPEN
    with pytest.raises(HeldOff, match="is not called for a while"):
        await guarded.machines()


async def test_a_check_of_health_passes_the_breaker_and_an_answer_closes_it() -> None:
    hypervisor = MemoryProvider()
    breaker = Breaker("Provider default/lab", lambda: 0.0)
    guarded = GuardedProvider(hypervisor, breaker, FREE, ("memory", "lab"), Alone().check)
    for _ in range(FAILURES_TO_OPEN):
        breaker.failed(Unavailable("connection refused"))
    await guarded.validate()
    assert breaker.state is BreakerState.CLOSED


async def test_a_check_of_health_does_not_wait_behind_the_machines() -> None:
    async def for_ever(_: float) -> None:
        await asyncio.Event().wait()

    slow = Pace(1, 1, lambda: 0.0, for_ever)
    guarded = GuardedProvider(
        MemoryProvider(),
        Breaker("Provider default/lab", lambda: 0.0),
        slow,
        ("memory", "lab"),
        Alone().check,
        room=asyncio.Semaphore(1),
    )
    await guarded.machines()
    waiting = asyncio.create_task(guarded.machines())
    async with asyncio.timeout(10):
        await asyncio.sleep(0)
        await guarded.validate()
        assert (await guarded.capabilities()).reconfigure_online
    assert not waiting.done()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


class Counting(MemoryProvider):
    """Counts how many of its listings are under way, and lets them end together."""

    under_way = most = 0

    def __init__(self) -> None:
        super().__init__()
        self.go_on = asyncio.Event()

    async def machines(self) -> Sequence[MachineState]:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await self.go_on.wait()
        self.under_way -= 1
        return []


async def test_no_more_calls_are_made_at_a_time_than_the_user_allows() -> None:
    hypervisor = Counting()
    breaker = Breaker("Provider default/lab", lambda: 0.0)
    room = asyncio.Semaphore(3)
    guarded = GuardedProvider(hypervisor, breaker, FREE, ("memory", "lab"), Alone().check, room=room)
    calls = [asyncio.create_task(guarded.machines()) for _ in range(8)]
    await reached(lambda: hypervisor.under_way == 3)
    hypervisor.go_on.set()
    await asyncio.gather(*calls)
    assert hypervisor.most == 3


class Heard:
    def __init__(self, hypervisor: MemoryProvider, followed: object) -> None:
        self.ended: list[TaskRef] = []
        self.ups = self.downs = self.missed = 0
        self.woken: list[str] = []
        self.machines = Machines(hypervisor, lambda machine, _: self.woken.append(machine))
        listeners = Listeners(task_ended=self.ended.append, up=self._up, down=self._down, missed=self._missed)
        self.follower = Follower(
            "default/lab",
            followed,
            self.machines,
            listeners,
            poll_period=timedelta(milliseconds=5),
            resync_period=timedelta(hours=1),
        )
        self.task = asyncio.create_task(self.follower.run())

    def _up(self) -> None:
        self.ups += 1

    def _down(self, _: ProviderError) -> None:
        self.downs += 1

    def _missed(self) -> None:
        self.missed += 1

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


async def test_ended_tasks_and_changes_are_heard_from_the_stream() -> None:
    async with MemoryProvider(MemorySettings(task_duration=timedelta(milliseconds=5))) as hypervisor:
        heard = Heard(hypervisor, hypervisor)
        await reached(lambda: heard.ups == 1)
        submitted = await hypervisor.create(SPEC)
        await reached(lambda: heard.ended == [submitted.task])
        (machine,) = await hypervisor.machines()
        assert await heard.machines.look(machine.id) == machine
        hypervisor.administrator.remove(machine.id)
        await reached(lambda: heard.woken == [machine.id])
        await heard.stop()


async def test_l12_without_a_stream_one_listing_a_period_finds_what_changed() -> None:
    async with MemoryProvider() as hypervisor:
        machine = (await hypervisor.create(SPEC)).machine
        assert machine is not None
        heard = Heard(hypervisor, followed=object())
        await reached(lambda: heard.missed >= 2)
        assert (heard.follower.streams, heard.woken, heard.ups) == (False, [], 1)
        hypervisor.administrator.remove(machine)
        await reached(lambda: heard.woken == [machine])
        await heard.stop()


class Overflowing(MemoryProvider):
    """Tells twice that events may have been missed, without a break of the stream."""

    async def events(self) -> AsyncGenerator[MachineEvent, None]:
        for _ in range(3):
            yield MachineEvent(kind=MachineEventKind.RESYNC)
        await asyncio.Event().wait()


async def test_l37_a_stream_that_missed_events_is_listed_again_and_wakes_nobody_who_has_no_news() -> None:
    async with Overflowing() as hypervisor:
        heard = Heard(hypervisor, hypervisor)
        await reached(lambda: heard.missed == 2)
        assert (heard.ups, heard.downs, heard.woken) == (1, 0, [])
        await heard.stop()


async def test_l14_a_stream_that_breaks_is_opened_again_and_nothing_is_trusted_meanwhile() -> None:
    async with MemoryProvider() as hypervisor:
        hypervisor.faults.fail_next(Verb.EVENTS, Unavailable, times=2)
        heard = Heard(hypervisor, hypervisor)
        await reached(lambda: heard.ups == 1)
        assert heard.downs == 1
        await heard.stop()
