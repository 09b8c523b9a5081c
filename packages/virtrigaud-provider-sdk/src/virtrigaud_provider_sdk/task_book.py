"""Tasks for hypervisors that have none: work goes on in the background and can be asked about.

Providers start work with `TaskBook.start` and answer `task` with `TaskBook.state`. With a `TaskJournal` the
book survives a restart: outcomes stay known, and work that a kill interrupted goes on where the provider can
resume it, or is reported as ended so that the manager looks at the machine. Without one, no reference is
known after a restart, and the port's rule holds: NotFound, look at the machine.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from virtrigaud_api.contract import (
    Busy,
    MachineEvent,
    MachineEventKind,
    MachineId,
    NotFound,
    Owner,
    ProviderError,
    ProviderFault,
    TaskRef,
    TaskState,
    Unavailable,
    WrongState,
)

from virtrigaud_provider_sdk.metrics import TASKS_ENDED, TASKS_RUNNING
from virtrigaud_provider_sdk.task_history import TaskHistory
from virtrigaud_provider_sdk.task_journal import Begun, Resumable, TaskJournal

Work = Coroutine[Any, Any, MachineId | None]
"""What a task does; it returns the machine that it made or worked on."""

Resume = Callable[[str], Work]
"""Makes the work that is left of a task that a restart interrupted, from the argument of its `Resumable`."""

KEPT = timedelta(days=1)

_log = structlog.get_logger("virtrigaud.tasks")


def task_key(operation: str, subject: Owner | MachineId, detail: str = "") -> str:
    """Return the key of an operation on an owner's machine: the same order, sent again, has the same key.

    Args:
        operation: What is done, such as "create".
        subject: For whom: the owner of a machine that is made, or the machine that is worked on.
        detail: Tells orders of one operation apart, such as the name of a snapshot.
    """
    name = f"{subject.namespace}/{subject.name} {subject.uid}" if isinstance(subject, Owner) else subject
    return f"{operation} {name} {detail}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class BookLimits:
    """How much a book holds.

    Attributes:
        running: Most tasks that run at the same time.
        ended: Most ended tasks that are remembered; older ones are NotFound.
        kept: How long an ended task is remembered.
    """

    running: int = 1024
    ended: int = 4096
    kept: timedelta = KEPT


@dataclass(slots=True)
class _Running:
    """A task that has not ended; it has no job between a restart and its resumption."""

    ref: TaskRef
    key: str
    machine: MachineId | None
    resumable: bool
    percent: int | None = None
    job: asyncio.Task[MachineId | None] | None = None
    cancelled: bool = False


class TaskBook:
    """Running tasks by key, and the last ended ones by reference.

    The key names the work, by operation and owner (`task_key`): while work of that key runs, starting it
    again returns the same reference and runs nothing.
    """

    def __init__(
        self,
        *,
        limits: BookLimits = BookLimits(),
        publish: Callable[[MachineEvent], None] | None = None,
        journal: TaskJournal | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Make a book, with the tasks of the journal in it.

        Args:
            limits: How much the book holds.
            publish: Is told a TASK_ENDED event of every task, for example `EventHub.publish`.
            journal: Where tasks survive a restart; the book closes it when it has been drained.
            clock: Tells the time in seconds since the epoch.

        Raises:
            Unavailable: The journal can't be written.
        """
        self._limits = limits
        self._publish = publish
        self._journal = journal
        self._by_key: dict[str, _Running] = {}
        self._by_ref: dict[TaskRef, _Running] = {}
        self._history = TaskHistory(most=limits.ended, kept=limits.kept, journal=journal, clock=clock)
        self._interrupted: list[Begun] = []
        self._draining = False
        for task in journal.begun() if journal is not None else ():
            self._recover(task)

    @property
    def running(self) -> int:
        """How many tasks run now."""
        return len(self._by_ref)

    def start(
        self, key: str, work: Work, *, machine: MachineId | None = None, resumable: Resumable | None = None
    ) -> TaskRef:
        """Run work in the background, or return the task of that key that runs already.

        Args:
            key: Names the work: `task_key(operation, owner)`.
            work: The coroutine to run; it is closed unrun where the key runs already or the book is full.
            machine: The machine that is worked on, for the task's event; what `work` returns wins.
            resumable: How the work goes on when a restart interrupts it; None where it can't.

        Raises:
            Busy: Too many tasks run.
            Unavailable: The book is being drained because the provider stops, or the journal can't be written.
        """
        if (running := self._by_key.get(key)) is not None:
            work.close()
            return running.ref
        running = _Running(TaskRef(f"task-{secrets.token_hex(8)}"), key, machine, self._can_resume(resumable))
        try:
            self._admit()
            if self._journal is not None:
                self._journal.begin(Begun(ref=running.ref, key=key, machine=machine, resumable=resumable))
        except ProviderError:
            work.close()
            raise
        self._enter(running)
        self._run(running, work)
        return running.ref

    def resume(self, operations: Mapping[str, Resume]) -> None:
        """Go on with the work that a restart interrupted; call it once, when the provider can work.

        Args:
            operations: What goes on, by the names that tasks were started with. A task of another name ends.
        """
        interrupted, self._interrupted = self._interrupted, []
        for task in interrupted:
            running = self._by_ref.get(task.ref)
            if running is None:
                continue
            go_on = operations.get(task.resumable.operation) if task.resumable else None
            if task.resumable is None or go_on is None:
                self._settle(running, _interrupted(running.ref))
            else:
                _log.info("task goes on after a restart", task=task.ref, operation=task.resumable.operation)
                self._run(running, go_on(task.resumable.argument))

    def find(self, key: str) -> TaskRef | None:
        """Return the reference of the running task of a key."""
        running = self._by_key.get(key)
        return running.ref if running is not None else None

    def report(self, key: str, *, percent: int) -> None:
        """Note how far the running work of a key has come; work that has ended is not touched."""
        if (running := self._by_key.get(key)) is not None:
            running.percent = min(max(percent, 0), 100)

    def state(self, ref: TaskRef) -> TaskState:
        """Tell how a task stands.

        Raises:
            NotFound: The task is not known, or not any more.
        """
        if (running := self._by_ref.get(ref)) is not None:
            return TaskState(done=False, percent=running.percent)
        if (state := self._history.find(ref)) is not None:
            return state
        raise _unknown(ref)

    def cancel(self, ref: TaskRef) -> None:
        """Ask a running task to stop; it ends as WrongState once its work has let go. An ended one stays as it is.

        Raises:
            NotFound: The task is not known, or not any more.
        """
        if (running := self._by_ref.get(ref)) is not None:
            running.cancelled = True
            if running.job is None:
                self._settle(running, _cancelled(running))
            else:
                running.job.cancel()
        elif self._history.find(ref) is None:
            raise _unknown(ref)

    async def drain(self, grace: timedelta) -> None:
        """Start nothing more, let running tasks finish within the grace period, then stop the rest.

        With a journal, a task that can be resumed and has not finished in time goes on in the next process.
        """
        self._draining = True
        jobs = [running.job for running in self._by_ref.values() if running.job is not None]
        if jobs:
            _log.info("waiting for running tasks", tasks=len(jobs), seconds=grace.total_seconds())
            _, unfinished = await asyncio.wait(jobs, timeout=grace.total_seconds())
            for job in unfinished:
                job.cancel()
            if unfinished:
                _log.warning("tasks stopped because the provider stops", tasks=len(unfinished))
                await asyncio.wait(unfinished)
        if self._journal is not None:
            self._journal.close()

    def _admit(self) -> None:
        if self._draining:
            raise Unavailable("the provider is shutting down and starts no more tasks")
        if self.running >= self._limits.running:
            raise Busy(f"{self.running} tasks run already, which is the limit of this provider")

    def _can_resume(self, resumable: Resumable | None) -> bool:
        return self._journal is not None and resumable is not None

    def _recover(self, task: Begun) -> None:
        """Take over a task that a kill interrupted: it waits for its resumption, or it ends here."""
        running = _Running(task.ref, task.key, task.machine, self._can_resume(task.resumable))
        self._enter(running)
        if running.resumable:
            self._interrupted.append(task)
        else:
            self._settle(running, _interrupted(running.ref))

    def _enter(self, running: _Running) -> None:
        self._by_key[running.key] = self._by_ref[running.ref] = running
        TASKS_RUNNING.inc()

    def _run(self, running: _Running, work: Work) -> None:
        running.job = asyncio.create_task(work, name=f"{running.ref} {running.key}")
        running.job.add_done_callback(lambda job: self._end(running, job))

    def _end(self, running: _Running, job: asyncio.Task[MachineId | None]) -> None:
        if job.cancelled() and self._draining and running.resumable and not running.cancelled:
            # Its record stays open: the next process goes on.
            return
        self._settle(running, _outcome(running, job))

    def _settle(self, running: _Running, state: TaskState) -> None:
        """Note the outcome of a task and tell who wants to know."""
        self._by_key.pop(running.key, None)
        self._by_ref.pop(running.ref, None)
        TASKS_RUNNING.dec()
        TASKS_ENDED.labels("error" if state.error is not None else "success").inc()
        try:
            self._history.add(running.ref, state)
        except Unavailable as error:
            _log.error("the outcome of a task may be lost at a restart", task=running.ref, error=error.message)
        if self._publish is not None:
            machine = state.machine or running.machine
            self._publish(MachineEvent(kind=MachineEventKind.TASK_ENDED, machine=machine, task=running.ref))


def _outcome(running: _Running, job: asyncio.Task[MachineId | None]) -> TaskState:
    """Tell how a finished job ended; what nobody foresaw is logged whole and reported by reference."""
    if job.cancelled():
        return _cancelled(running)
    match job.exception():
        case None:
            return TaskState(done=True, percent=100, machine=job.result() or running.machine)
        case ProviderError() as error:
            return TaskState(done=True, error=error)
        case unforeseen:
            _log.error("task failed for a reason that nobody foresaw", task=running.ref, exc_info=unforeseen)
            message = f"task {running.ref} failed for a reason that nobody foresaw; the provider's log has it"
            return TaskState(done=True, error=ProviderFault(message))


def _cancelled(running: _Running) -> TaskState:
    if running.cancelled:
        return TaskState(done=True, error=WrongState(f"task {running.ref} was cancelled on request"))
    error = Unavailable(f"task {running.ref} was cancelled because the provider stops")
    return TaskState(done=True, error=error)


def _interrupted(ref: TaskRef) -> TaskState:
    """Return the outcome that makes the manager look at the machine and plan anew."""
    error = WrongState(f"task {ref} ended with the process that ran it: look at the machine again")
    return TaskState(done=True, error=error)


def _unknown(ref: TaskRef) -> NotFound:
    return NotFound(f"task {ref} is not known (any more): look at the machine instead")
