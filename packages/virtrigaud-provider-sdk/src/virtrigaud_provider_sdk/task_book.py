"""Tasks for hypervisors that have none: work goes on in the background and can be asked about.

Providers start work with `TaskBook.start` and answer `task` with `TaskBook.state`. The book lives in
memory: after a restart no reference is known any more, and the port's rule holds (NotFound: look at
the machine instead), which is right because every verb of the port can be repeated.
"""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Callable, Coroutine
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
    ProviderError,
    ProviderFault,
    TaskRef,
    TaskState,
    Unavailable,
)

from virtrigaud_provider_sdk.metrics import TASKS_ENDED, TASKS_RUNNING

Work = Coroutine[Any, Any, MachineId | None]
"""What a task does; it returns the machine that it made or worked on."""

_log = structlog.get_logger("virtrigaud.tasks")


@dataclass(slots=True)
class _Running:
    """A task that has not ended."""

    ref: TaskRef
    machine: MachineId | None
    percent: int | None
    job: asyncio.Task[MachineId | None]


class TaskBook:
    """Running tasks by key, and the last ended ones by reference.

    A key names the work, for example "create " + the owner's uid: while work of that key runs, starting
    it again returns the same reference and runs nothing.
    """

    def __init__(
        self,
        *,
        running_limit: int = 1024,
        history: int = 4096,
        publish: Callable[[MachineEvent], None] | None = None,
    ) -> None:
        """Make an empty book.

        Args:
            running_limit: Most tasks that run at the same time.
            history: How many ended tasks are remembered; older ones are NotFound.
            publish: Is told a TASK_ENDED event of every task, for example `EventHub.publish`.
        """
        self._running_limit = running_limit
        self._history = history
        self._publish = publish
        self._by_key: dict[str, _Running] = {}
        self._by_ref: dict[TaskRef, _Running] = {}
        self._ended: OrderedDict[TaskRef, TaskState] = OrderedDict()
        self._draining = False

    @property
    def running(self) -> int:
        """How many tasks run now."""
        return len(self._by_ref)

    def start(self, key: str, work: Work, *, machine: MachineId | None = None) -> TaskRef:
        """Run work in the background, or return the task of that key that runs already.

        Args:
            key: Names the work.
            work: The coroutine to run; it is closed unrun where the key runs already or the book is full.
            machine: The machine that is worked on, for the task's event; what `work` returns wins.

        Raises:
            Busy: Too many tasks run.
            Unavailable: The book is being drained because the provider stops.
        """
        if (running := self._by_key.get(key)) is not None:
            work.close()
            return running.ref
        try:
            self._admit()
        except ProviderError:
            work.close()
            raise
        ref = TaskRef(f"task-{secrets.token_hex(8)}")
        running = _Running(ref, machine, None, asyncio.create_task(work, name=f"{ref} {key}"))
        self._by_key[key] = self._by_ref[ref] = running
        TASKS_RUNNING.inc()
        running.job.add_done_callback(lambda _job: self._end(key, running))
        return ref

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
        if (ended := self._ended.get(ref)) is not None:
            return ended
        raise NotFound(f"task {ref} is not known (any more): look at the machine instead")

    async def drain(self, grace: timedelta) -> None:
        """Start nothing more, let running tasks finish within the grace period, then cancel the rest."""
        self._draining = True
        jobs = [running.job for running in self._by_ref.values()]
        if not jobs:
            return
        _log.info("waiting for running tasks", tasks=len(jobs), seconds=grace.total_seconds())
        _, unfinished = await asyncio.wait(jobs, timeout=grace.total_seconds())
        for job in unfinished:
            job.cancel()
        if unfinished:
            _log.warning("tasks cancelled because the provider stops", tasks=len(unfinished))
            await asyncio.wait(unfinished)

    def _admit(self) -> None:
        if self._draining:
            raise Unavailable("the provider is shutting down and starts no more tasks")
        if self.running >= self._running_limit:
            raise Busy(f"{self.running} tasks run already, which is the limit of this provider")

    def _end(self, key: str, running: _Running) -> None:
        self._by_key.pop(key, None)
        self._by_ref.pop(running.ref, None)
        TASKS_RUNNING.dec()
        state = _outcome(running)
        TASKS_ENDED.labels("error" if state.error is not None else "success").inc()
        self._ended[running.ref] = state
        while len(self._ended) > self._history:
            self._ended.popitem(last=False)
        if self._publish is not None:
            machine = state.machine or running.machine
            self._publish(MachineEvent(kind=MachineEventKind.TASK_ENDED, machine=machine, task=running.ref))


def _outcome(running: _Running) -> TaskState:
    """Tell how a finished job ended; what nobody foresaw is logged whole and reported by reference."""
    job = running.job
    if job.cancelled():
        return TaskState(done=True, error=Unavailable(f"task {running.ref} was cancelled because the provider stops"))
    match job.exception():
        case None:
            return TaskState(done=True, percent=100, machine=job.result() or running.machine)
        case ProviderError() as error:
            return TaskState(done=True, error=error)
        case unforeseen:
            _log.error("task failed for a reason that nobody foresaw", task=running.ref, exc_info=unforeseen)
            message = f"task {running.ref} failed for a reason that nobody foresaw; the provider's log has it"
            return TaskState(done=True, error=ProviderFault(message))
