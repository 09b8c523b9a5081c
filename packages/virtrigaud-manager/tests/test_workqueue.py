"""Ring 1: deduplication, one pass at a time, delays, backoff, and lanes that never wait for each other."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from virtrigaud_manager.lane import Urgency
from virtrigaud_manager.look_again import NEVER, After, BackOff, LookAgain
from virtrigaud_manager.workqueue import WorkQueue

DEADLINE = 10.0


def lane_of(key: str) -> str:
    return key.partition("/")[0]


async def reached(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE):
        while not condition():  # noqa: ASYNC110 - the queue tells nobody
            await asyncio.sleep(0.001)


def queue(run: Callable[[str], Awaitable[LookAgain]], at_a_time: int = 2) -> WorkQueue[str]:
    return WorkQueue(run, lane_of, at_a_time)


async def test_a_key_that_is_woken_often_before_its_turn_is_run_once() -> None:
    passes: list[str] = []
    gate = asyncio.Event()

    async def run(key: str) -> LookAgain:
        await gate.wait()
        passes.append(key)
        return NEVER

    work = queue(run, at_a_time=1)
    for key in ("a/1", "a/2", "a/2", "a/2"):
        work.wake(key)
    gate.set()
    await work.until_idle()
    assert passes == ["a/1", "a/2"]


async def test_a_key_that_is_woken_during_its_pass_is_run_once_more_and_never_twice_at_a_time() -> None:
    running = most = passes = 0

    async def run(key: str) -> LookAgain:
        nonlocal running, most, passes
        running += 1
        most = max(most, running)
        passes += 1
        if passes == 1:
            for _ in range(3):
                work.wake(key)
        await asyncio.sleep(0)
        running -= 1
        return NEVER

    work = queue(run)
    work.wake("a/1")
    await reached(lambda: passes == 2)
    await work.until_idle()
    assert (passes, most) == (2, 1)


async def test_l13_a_lane_that_hangs_holds_up_no_other() -> None:
    done: list[str] = []
    dead = asyncio.Event()

    async def run(key: str) -> LookAgain:
        if lane_of(key) == "dead":
            await dead.wait()
        done.append(key)
        return NEVER

    work = queue(run, at_a_time=1)
    for number in range(50):
        work.wake(f"dead/{number}")
    work.wake("alive/1")
    await reached(lambda: done == ["alive/1"])
    dead.set()
    await work.until_idle()
    assert len(done) == 51


async def test_a_lane_runs_only_so_many_passes_at_a_time() -> None:
    running = most = 0

    async def run(_: str) -> LookAgain:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return NEVER

    work = queue(run, at_a_time=3)
    for number in range(20):
        work.wake(f"a/{number}")
    await work.until_idle()
    assert most == 3


async def test_a_pass_that_wants_to_look_again_is_run_again() -> None:
    answers: list[LookAgain] = [
        After(timedelta(milliseconds=1)),
        BackOff(timedelta(milliseconds=1), timedelta(1)),
        NEVER,
    ]
    left = list(answers)

    async def run(_: str) -> LookAgain:
        return left.pop(0)

    work = queue(run)
    work.wake("a/1")
    await reached(lambda: not left)


async def test_a_wake_up_comes_before_a_delay() -> None:
    passes = 0

    async def run(_: str) -> LookAgain:
        nonlocal passes
        passes += 1
        return After(timedelta(hours=1))

    work = queue(run)
    work.wake("a/1")
    await reached(lambda: passes == 1)
    work.wake("a/1")
    await reached(lambda: passes == 2)
    await work.close(timedelta(0))


async def test_of_two_delays_the_shorter_one_counts() -> None:
    passes: list[str] = []

    async def run(key: str) -> LookAgain:
        passes.append(key)
        return NEVER

    work = queue(run)
    work.wake_after("a/1", timedelta(hours=1))
    work.wake_after("a/1", timedelta(milliseconds=1))
    work.wake_after("a/1", timedelta(hours=2))
    await reached(lambda: passes == ["a/1"])
    await work.close(timedelta(0))


async def test_a_closed_queue_lets_running_passes_end_and_starts_no_other() -> None:
    ended: list[str] = []
    gate = asyncio.Event()

    async def run(key: str) -> LookAgain:
        await gate.wait()
        ended.append(key)
        return After(timedelta(0))

    work = queue(run, at_a_time=1)
    work.wake("a/1")
    work.wake("a/2")
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_soon(gate.set)
    await work.close(timedelta(seconds=DEADLINE))
    work.wake("a/3")
    await work.until_idle()
    assert ended == ["a/1"]


async def test_a_pass_that_outlasts_the_grace_is_cancelled() -> None:
    cancelled: list[str] = []

    async def run(key: str) -> LookAgain:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(key)
            raise
        return NEVER

    work = queue(run)
    work.wake("a/1")
    await asyncio.sleep(0)
    await work.close(timedelta(milliseconds=1))
    assert cancelled == ["a/1"]


@pytest.mark.parametrize("number", [1000])
async def test_nothing_is_kept_of_keys_that_are_done(number: int) -> None:
    async def run(_: str) -> LookAgain:
        return NEVER

    work = queue(run)
    for index in range(number):
        work.wake(f"{index}/1")
    await work.until_idle()
    assert (work._entries, work._lanes, work.busy) == ({}, {}, 0)


async def test_a_persons_change_is_acted_upon_before_the_resyncs_that_wait() -> None:
    passes: list[str] = []
    gate = asyncio.Event()

    async def run(key: str) -> LookAgain:
        await gate.wait()
        passes.append(key)
        return NEVER

    work = queue(run, at_a_time=1)
    for number in range(100):
        work.wake(f"a/{number}", Urgency.RESYNC)
    work.wake("a/mine", Urgency.CHANGE)
    gate.set()
    await work.until_idle()
    assert passes[:3] == ["a/0", "a/mine", "a/1"]


async def test_a_key_that_is_changed_during_its_pass_is_as_urgent_afterwards() -> None:
    passes: list[str] = []
    gate = asyncio.Event()

    async def run(key: str) -> LookAgain:
        await gate.wait()
        passes.append(key)
        return NEVER

    work = queue(run, at_a_time=1)
    work.wake("a/mine", Urgency.RESYNC)
    for number in range(100):
        work.wake(f"a/{number}", Urgency.EVENT)
    await asyncio.sleep(0)
    work.wake("a/mine", Urgency.RESYNC)
    work.wake("a/mine", Urgency.CHANGE)
    gate.set()
    await work.until_idle()
    assert passes.count("a/mine") == 2
    assert passes.index("a/mine", 1) <= 2
