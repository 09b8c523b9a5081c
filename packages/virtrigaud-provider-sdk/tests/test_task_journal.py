"""Tasks that survive the process: outcomes stay known, interrupted work goes on or is said to have ended."""

import asyncio
import sqlite3
from collections.abc import Coroutine
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from virtrigaud_provider_sdk import (
    BookLimits,
    MachineId,
    NoCapacity,
    NotFound,
    Resumable,
    TaskBook,
    TaskJournal,
    TaskRef,
    TaskState,
    Unavailable,
    WrongState,
)
from virtrigaud_provider_sdk.redaction import REDACTION

WEB = MachineId("m-web")
LIMITS = BookLimits()


class Life:
    """One process after another on the same file; `die` is what a kill leaves behind."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.now = 1000.0
        self._journal: TaskJournal | None = None

    def begin(self, limits: BookLimits = LIMITS) -> TaskBook:
        self.die()
        self._journal = TaskJournal(self.file)
        return TaskBook(limits=limits, journal=self._journal, clock=lambda: self.now)

    def die(self) -> None:
        if self._journal is not None:
            self._journal.close()


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return Life(tmp_path / "state" / "tasks.sqlite")


async def ended(book: TaskBook, ref: TaskRef) -> TaskState:
    async with asyncio.timeout(20):
        while not (state := book.state(ref)).done:  # noqa: ASYNC110 - asked again and again, as the manager does
            await asyncio.sleep(0)
    return state


async def make(machine: MachineId) -> MachineId:
    return machine


async def fail(error: Exception) -> MachineId:
    raise error


async def forever() -> MachineId:
    await asyncio.Event().wait()
    return WEB


def told(state: TaskState) -> tuple[bool, type | None, str, int | None, MachineId | None]:
    """Return everything of a state; errors have no equality."""
    return state.done, type(state.error), str(state.error), state.percent, state.machine


async def test_l39_outcomes_are_known_after_a_restart(life: Life) -> None:
    book = life.begin()
    good = book.start("create web", make(WEB))
    bad = book.start("create db", fail(NoCapacity("cannot create machine db: disk full")))
    before = [told(await ended(book, ref)) for ref in (good, bad)]
    book = life.begin()
    assert [told(book.state(ref)) for ref in (good, bad)] == before
    assert book.running == 0


async def test_l08_work_that_a_kill_interrupted_is_said_to_have_ended_and_can_be_started_again(life: Life) -> None:
    book = life.begin()
    ref = book.start("create web", forever())
    book = life.begin()
    state = book.state(ref)
    assert told(state) == (
        True,
        WrongState,
        f"task {ref} ended with the process that ran it: look at the machine again",
        None,
        None,
    )
    again = book.start("create web", make(WEB))
    assert again != ref
    assert (await ended(book, again)).machine == WEB
    book = life.begin()
    assert told(book.state(ref)) == told(state)


async def test_l39_work_that_can_be_resumed_goes_on_under_its_reference(life: Life) -> None:
    went_on: list[str] = []

    async def go_on(argument: str) -> MachineId:
        went_on.append(argument)
        return WEB

    book = life.begin()
    ref = book.start("export web", forever(), machine=WEB, resumable=Resumable("export", "pvc://claim/disk"))
    book = life.begin()
    assert book.state(ref) == TaskState(done=False)
    assert book.find("export web") == ref
    assert book.start("export web", make(WEB)) == ref
    book.resume({"export": go_on})
    assert await ended(book, ref) == TaskState(done=True, percent=100, machine=WEB)
    assert went_on == ["pvc://claim/disk"]
    book = life.begin()
    book.resume({"export": go_on})
    assert book.state(ref) == TaskState(done=True, percent=100, machine=WEB)
    assert went_on == ["pvc://claim/disk"]


async def test_work_that_nobody_can_resume_any_more_ends(life: Life) -> None:
    ref = life.begin().start("export web", forever(), resumable=Resumable("export"))
    book = life.begin()
    book.resume({})
    assert type(book.state(ref).error) is WrongState


async def test_work_that_waits_for_its_resumption_can_be_cancelled(life: Life) -> None:
    def never(argument: str) -> Coroutine[Any, Any, MachineId]:
        raise AssertionError(argument)

    ref = life.begin().start("export web", forever(), resumable=Resumable("export"))
    book = life.begin()
    book.cancel(ref)
    book.resume({"export": never})
    assert str(book.state(ref).error) == f"task {ref} was cancelled on request"


async def test_draining_hands_resumable_work_over_to_the_next_process(life: Life) -> None:
    book = life.begin()
    handed_over = book.start("export web", forever(), resumable=Resumable("export"))
    stopped = book.start("create web", forever())
    await book.drain(timedelta(seconds=0.05))
    book = life.begin()
    book.resume({"export": lambda _: make(WEB)})
    assert (await ended(book, handed_over)).machine == WEB
    assert str(book.state(stopped).error) == f"task {stopped} was cancelled because the provider stops"


async def test_old_outcomes_leave_the_file_too(life: Life) -> None:
    limits = BookLimits(ended=2, kept=timedelta(seconds=60))
    book = life.begin(limits)
    refs = [book.start(f"create {number}", make(WEB)) for number in range(3)]
    await ended(book, refs[2])
    assert rows(life) == set(refs[1:])
    life.now += 61
    book = life.begin(limits)
    with pytest.raises(NotFound):
        book.state(refs[2])
    last = book.start("create last", make(WEB))
    await ended(book, last)
    assert rows(life) == {last}


def rows(life: Life) -> set[str]:
    life.die()
    with closing(sqlite3.connect(life.file)) as connection:
        return {ref for (ref,) in connection.execute("SELECT ref FROM task")}


async def test_l31_messages_are_written_without_secrets_and_only_the_owner_reads_the_file(life: Life) -> None:
    REDACTION.conceal("canary-77a1")
    book = life.begin()
    await ended(book, book.start("create web", fail(NoCapacity("login with canary-77a1 failed"))))
    life.die()
    content = b"".join(path.read_bytes() for path in life.file.parent.iterdir())
    assert b"failed" in content
    assert b"canary-77a1" not in content
    assert life.file.stat().st_mode & 0o777 == 0o600


def test_a_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match=r"cannot open the task journal .*/file/tasks.sqlite: .*writable directory"):
        TaskJournal(tmp_path / "file" / "tasks.sqlite")


def test_a_file_of_another_version_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "tasks.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(Unavailable, match="another version of this provider wrote it"):
        TaskJournal(file)
