"""Tasks: idempotent by key, bounded, drained, and honest about how they ended."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from virtrigaud_provider_sdk import (
    BookLimits,
    Busy,
    EventHub,
    MachineEvent,
    MachineEventKind,
    MachineId,
    NoCapacity,
    NotFound,
    Owner,
    ProviderFault,
    TaskBook,
    TaskRef,
    TaskState,
    Unavailable,
    WrongState,
    task_key,
)

WEB = MachineId("m-web")


async def ended(book: TaskBook, ref: TaskRef) -> TaskState:
    async with asyncio.timeout(20):
        while not (state := book.state(ref)).done:  # noqa: ASYNC110 - asked again and again, as the manager does
            await asyncio.sleep(0)
    return state


async def make(machine: MachineId, *, after: asyncio.Event | None = None) -> MachineId:
    if after is not None:
        await after.wait()
    return machine


async def fail(error: BaseException) -> MachineId:
    raise error


async def test_a_task_runs_tells_its_progress_and_what_it_made() -> None:
    book, go = TaskBook(), asyncio.Event()
    ref = book.start("create web", make(WEB, after=go))
    assert book.state(ref) == TaskState(done=False)
    book.report("create web", percent=40)
    assert book.state(ref) == TaskState(done=False, percent=40)
    assert book.running == 1
    go.set()
    assert await ended(book, ref) == TaskState(done=True, percent=100, machine=WEB)
    assert book.running == 0


async def test_work_that_makes_nothing_ends_with_the_machine_that_it_was_about() -> None:
    async def nothing() -> None:
        return None

    book = TaskBook()
    ref = book.start("delete web", nothing(), machine=WEB)
    assert await ended(book, ref) == TaskState(done=True, percent=100, machine=WEB)


async def test_l08_starting_the_same_work_again_returns_its_task_and_runs_nothing() -> None:
    runs: list[str] = []

    async def work(name: str, go: asyncio.Event) -> MachineId:
        runs.append(name)
        await go.wait()
        return WEB

    book, go = TaskBook(), asyncio.Event()
    first = book.start("create web", work("first", go))
    second = book.start("create web", work("second", go))
    assert second == first == book.find("create web")
    go.set()
    await ended(book, first)
    assert runs == ["first"]
    assert book.find("create web") is None


async def test_work_that_has_ended_can_be_started_anew() -> None:
    book = TaskBook()
    first = book.start("create web", fail(NoCapacity("disk full")))
    assert (await ended(book, first)).error is not None
    second = book.start("create web", make(WEB))
    assert second != first
    assert (await ended(book, second)).machine == WEB


async def test_l10_a_failed_task_carries_its_error_of_the_taxonomy() -> None:
    book, error = TaskBook(), NoCapacity("cannot create machine web: disk full")
    ref = book.start("create web", fail(error))
    assert await ended(book, ref) == TaskState(done=True, error=error)


async def test_a_failure_that_nobody_foresaw_is_a_fault_and_its_traceback_is_in_the_log(logs: Any) -> None:
    book = TaskBook()
    ref = book.start("create web", fail(KeyError("inner detail")))
    state = await ended(book, ref)
    assert type(state.error) is ProviderFault
    assert state.error.message == f"task {ref} failed for a reason that nobody foresaw; the provider's log has it"
    line = json.loads(logs.getvalue())
    assert line["task"] == ref
    assert "KeyError: 'inner detail'" in line["exception"]


async def test_an_unknown_task_is_not_found() -> None:
    with pytest.raises(NotFound, match=r"task task-0 is not known .*: look at the machine instead"):
        TaskBook().state(TaskRef("task-0"))


async def test_the_oldest_ended_tasks_are_forgotten() -> None:
    book = TaskBook(limits=BookLimits(ended=2))
    refs = [book.start(f"create {number}", make(MachineId(str(number)))) for number in range(3)]
    await ended(book, refs[2])
    with pytest.raises(NotFound):
        book.state(refs[0])
    assert [book.state(ref).machine for ref in refs[1:]] == ["1", "2"]


async def test_a_full_book_is_busy_and_takes_no_work() -> None:
    book, go = TaskBook(limits=BookLimits(running=1)), asyncio.Event()
    ref = book.start("one", make(WEB, after=go))
    with pytest.raises(Busy, match="1 tasks run already"):
        book.start("two", make(WEB))
    assert book.start("one", make(WEB)) == ref
    go.set()
    await ended(book, ref)
    await ended(book, book.start("two", make(WEB)))


async def test_draining_lets_tasks_finish_and_starts_no_more() -> None:
    book, go = TaskBook(), asyncio.Event()
    ref = book.start("one", make(WEB, after=go))
    draining = asyncio.create_task(book.drain(timedelta(seconds=20)))
    await asyncio.sleep(0)
    with pytest.raises(Unavailable, match="shutting down"):
        book.start("two", make(WEB))
    go.set()
    await draining
    assert book.state(ref) == TaskState(done=True, percent=100, machine=WEB)


async def test_draining_cancels_what_does_not_finish_in_time() -> None:
    book = TaskBook()
    ref = book.start("one", make(WEB, after=asyncio.Event()))
    await book.drain(timedelta(seconds=0.05))
    error = book.state(ref).error
    assert type(error) is Unavailable
    assert error.message == f"task {ref} was cancelled because the provider stops"


async def test_the_end_of_a_task_is_an_event() -> None:
    hub = EventHub()
    stream = hub.events()
    assert (await anext(stream)).kind is MachineEventKind.RESYNC
    book = TaskBook(publish=hub.publish)
    good = book.start("create web", make(WEB))
    bad = book.start("delete db", fail(Busy("locked")), machine=MachineId("m-db"))
    assert [await anext(stream), await anext(stream)] == [
        MachineEvent(kind=MachineEventKind.TASK_ENDED, machine=WEB, task=good),
        MachineEvent(kind=MachineEventKind.TASK_ENDED, machine=MachineId("m-db"), task=bad),
    ]


def test_the_key_of_an_operation_is_its_name_and_whom_it_is_for() -> None:
    shop, other = Owner("shop", "web", "uid-1"), Owner("shop", "web", "uid-2")
    assert task_key("create", shop) == "create shop/web uid-1"
    assert task_key("create", shop) != task_key("create", other)
    assert task_key("snapshot", WEB, "before") == "snapshot m-web before"


async def test_a_cancelled_task_lets_go_and_ends_so_that_the_machine_is_looked_at() -> None:
    let_go = asyncio.Event()

    async def work() -> MachineId:
        try:
            await asyncio.Event().wait()
        finally:
            let_go.set()
        return WEB

    book = TaskBook()
    ref = book.start("create web", work())
    await asyncio.sleep(0)
    book.cancel(ref)
    state = await ended(book, ref)
    assert let_go.is_set()
    assert type(state.error) is WrongState
    assert state.error.message == f"task {ref} was cancelled on request"
    book.cancel(ref)
    assert book.state(ref) == state
    assert book.find("create web") is None
    with pytest.raises(NotFound):
        book.cancel(TaskRef("task-0"))


async def test_an_outcome_is_forgotten_after_a_while() -> None:
    now = 1000.0
    book = TaskBook(limits=BookLimits(kept=timedelta(seconds=60)), clock=lambda: now)
    ref = book.start("create web", make(WEB))
    await ended(book, ref)
    now += 60
    assert book.state(ref).done
    now += 1
    with pytest.raises(NotFound):
        book.state(ref)
