"""Ring 1: who leads, by a Lease in memory and clocks that the test moves."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from virtrigaud_api.wire.terms import Term
from virtrigaud_manager.cluster.leadership import Leadership, NotLeadingError
from virtrigaud_manager.cluster.lease import Claim, SeenLease
from virtrigaud_manager.cluster.store import ClusterError, StaleError

DURATION = timedelta(milliseconds=50)
"""Short, because waiting between two looks is real; what has run out is told by the clock of the test."""
LONG = timedelta(seconds=10)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class MemoryLease:
    """A Lease with versions, as the API server keeps it."""

    def __init__(self) -> None:
        self.seen: SeenLease | None = None
        self.away = False
        self.loses_answers = False
        self.after_read: Callable[[], Awaitable[object]] | None = None
        self.version = 0

    async def read(self) -> SeenLease | None:
        if self.away:
            raise ClusterError("the API server can't be reached")
        seen, then = self.seen, self.after_read
        if then is not None:
            self.after_read = None
            await then()
        return seen

    async def write(self, claim: Claim, over: SeenLease | None) -> SeenLease:
        if self.away:
            raise ClusterError("the API server can't be reached")
        if (self.seen and self.seen.version) != (over and over.version):
            raise StaleError("the Lease has changed")
        self.version += 1
        self.seen = SeenLease(claim=claim, uid="lease", version=str(self.version))
        if self.loses_answers:
            raise ClusterError("the connection was lost")
        return self.seen


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lease() -> MemoryLease:
    return MemoryLease()


def manager(lease: MemoryLease, name: str, clock: Clock, duration: timedelta = DURATION) -> Leadership:
    return Leadership(lease, name, duration, clock)


def leads(leadership: Leadership) -> bool:
    try:
        leadership.check()
    except NotLeadingError:
        return False
    return True


async def until_version(lease: MemoryLease, version: int) -> None:
    async with asyncio.timeout(5):
        while lease.version < version:  # noqa: ASYNC110 - it is written by real waiting
            await asyncio.sleep(0)


async def stands_by(leadership: Leadership) -> "asyncio.Task[None]":
    """Let a manager wait for the Lease, until it has looked at it at least once."""
    waiting = asyncio.create_task(leadership.take())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not waiting.done()
    return waiting


async def test_one_of_two_leads_and_only_it_may_change_anything(lease: MemoryLease, clock: Clock) -> None:
    first, second = manager(lease, "a", clock), manager(lease, "b", clock)
    await first.take()
    waiting = await stands_by(second)
    assert leads(first)
    assert not leads(second)
    assert first.term == Term("lease", 1)
    waiting.cancel()


async def test_a_lease_that_is_laid_down_is_taken_at_the_next_look(lease: MemoryLease, clock: Clock) -> None:
    first, second = manager(lease, "a", clock), manager(lease, "b", clock)
    await first.take()
    waiting = await stands_by(second)
    await first.lay_down()
    assert not leads(first)
    async with asyncio.timeout(5):
        await waiting
    assert second.term == Term("lease", 2)


async def test_a_lease_runs_out_by_the_clock_of_who_waits_and_not_before(lease: MemoryLease, clock: Clock) -> None:
    first, second = manager(lease, "a", clock, LONG), manager(lease, "b", clock, LONG)
    await first.take()
    assert await second._try_to_take() == "a"
    clock.now += LONG.total_seconds()
    assert await second._try_to_take() == "a"
    clock.now += 0.001
    assert not leads(first), "the first has known for long that it can't be sure"
    assert await second._try_to_take() is None
    assert leads(second)


async def test_a_renewal_makes_who_waits_count_anew(lease: MemoryLease, clock: Clock) -> None:
    first, second = manager(lease, "a", clock, LONG), manager(lease, "b", clock, LONG)
    await first.take()
    assert await second._try_to_take() == "a"
    clock.now += 7
    await first._renew()
    clock.now += 7
    assert await second._try_to_take() == "a"
    assert leads(first)


async def test_no_moment_belongs_to_two(lease: MemoryLease, clock: Clock) -> None:
    first, second = manager(lease, "a", clock, LONG), manager(lease, "b", clock, LONG)
    await first.take()
    waited = 0.0
    while not leads(second) and waited < 20:
        waited += 0.1
        clock.now += 0.1
        await second._try_to_take()
        assert not (leads(first) and leads(second))
    assert leads(second)


async def test_a_manager_that_was_stopped_may_change_nothing_when_it_goes_on(lease: MemoryLease, clock: Clock) -> None:
    first = manager(lease, "a", clock, LONG)
    await first.take()
    clock.now += 60
    with pytest.raises(NotLeadingError, match="another manager may lead by now"):
        first.check()


async def test_a_holder_that_can_not_renew_gives_up_before_the_lease_has_run_out(
    lease: MemoryLease, clock: Clock
) -> None:
    first = manager(lease, "a", clock)
    await first.take()
    lease.away = True
    holding = asyncio.create_task(first.hold())
    await asyncio.sleep(0)
    clock.now += DURATION.total_seconds() * 0.9
    async with asyncio.timeout(5):
        await holding
    assert not leads(first)


async def test_a_renewal_whose_answer_was_lost_costs_nothing(lease: MemoryLease, clock: Clock) -> None:
    first = manager(lease, "a", clock)
    await first.take()
    lease.loses_answers = True
    holding = asyncio.create_task(first.hold())
    await until_version(lease, 2)
    lease.loses_answers = False
    await until_version(lease, 4)
    assert leads(first)
    holding.cancel()


async def take_without_answer(leadership: Leadership, lease: MemoryLease) -> None:
    lease.loses_answers = True
    with pytest.raises(ClusterError):
        await leadership._try_to_take()
    lease.loses_answers = False


async def test_who_took_the_lease_and_lost_the_answer_leads_at_the_next_look_in_the_same_term(
    lease: MemoryLease, clock: Clock
) -> None:
    first, second = manager(lease, "a", clock, LONG), manager(lease, "b", clock, LONG)
    await take_without_answer(first, lease)
    assert not leads(first), "it can't know yet"
    assert await second._try_to_take() == "a"
    clock.now += 7
    assert await first._try_to_take() is None
    assert leads(first)
    assert first.term == Term("lease", 1)
    clock.now += 7
    assert await second._try_to_take() == "a", "it was renewed, so who waits counts anew"
    assert leads(first)


async def test_who_lost_the_answer_does_not_lead_once_another_one_has(lease: MemoryLease, clock: Clock) -> None:
    first, second = manager(lease, "a", clock, LONG), manager(lease, "b", clock, LONG)
    await take_without_answer(first, lease)
    assert await second._try_to_take() == "a"
    clock.now += LONG.total_seconds() + 0.001
    lease.after_read = second._try_to_take
    assert await first._try_to_take() == "another manager was faster"
    assert leads(second)
    assert second.term == Term("lease", 2)
    assert await first._try_to_take() == "b"
    assert not leads(first)


async def test_a_lease_that_another_one_took_or_deleted_ends_the_holding(lease: MemoryLease, clock: Clock) -> None:
    for becomes in ("taken", "deleted"):
        first = manager(lease, "a", clock)
        lease.seen = None
        await first.take()
        assert lease.seen is not None
        stolen = SeenLease(claim=replace(lease.seen.claim, holder="b"), uid="lease", version="stolen")
        lease.seen = stolen if becomes == "taken" else None
        async with asyncio.timeout(5):
            await first.hold()
        assert not leads(first)


async def test_the_lease_of_another_project_is_waited_for_and_then_taken(lease: MemoryLease, clock: Clock) -> None:
    claim = Claim(holder="another-manager", transitions=41, duration=timedelta(seconds=15))
    lease.seen = SeenLease(claim=claim, uid="lease", version="other")
    ours = manager(lease, "a", clock, LONG)
    assert await ours._try_to_take() == "another-manager"
    clock.now += 15.1
    assert await ours._try_to_take() is None
    assert ours.term == Term("lease", 42)
