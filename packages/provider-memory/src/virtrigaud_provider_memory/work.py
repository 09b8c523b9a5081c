"""Deeds: effects on the world that happen now, or at the end of a task.

The provider submits every change of the world here. A verb without a duration is done at once; with
one it becomes a task of the SDK's book, and its effect happens when the task ends. A process that dies
takes its work along, so what had not ended never happened: that is what makes every call repeatable. With a
state file the tasks stay known, and those are said to have ended.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from virtrigaud_api.contract import Busy, MachineId, Owner, Submitted, TaskRef
from virtrigaud_provider_sdk.task_book import TaskBook

from virtrigaud_provider_memory.faults import Fault, FaultKind, Faults
from virtrigaud_provider_memory.settings import MemorySettings
from virtrigaud_provider_memory.verbs import Verb

Effect = Callable[[], MachineId | None]
"""Changes the world; returns the machine that it made or worked on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What is to be done, by name. The same deed again is the same task while that runs.

    Attributes:
        holds: What no other deed may touch meanwhile; empty when it disturbs nobody.
        detail: Tells deeds of one verb on one thing apart.
        machine: The machine that is worked on; None while it does not exist.
        made_for: Who gets the machine that it makes; None when it makes none.
        takes: How long it takes; None means as long as the settings say.
    """

    verb: Verb
    holds: str = ""
    detail: str = ""
    machine: MachineId | None = None
    made_for: Owner | None = None
    takes: timedelta | None = None

    @property
    def key(self) -> str:
        """Return the name of the work in the task book."""
        return f"{self.verb} {self.machine or self.holds} {self.detail}"


class Work:
    """Does deeds, at most one at a time on whatever they hold."""

    def __init__(self, book: TaskBook, settings: MemorySettings, faults: Faults) -> None:
        self._book = book
        self._settings = settings
        self._faults = faults
        self._held: dict[str, str] = {}
        self._making: dict[Owner, TaskRef] = {}

    def making(self, owner: Owner) -> TaskRef | None:
        """Return the task that makes a machine for an owner."""
        return self._making.get(owner)

    def submit(self, deed: Deed, effect: Effect) -> Submitted:
        """Do the deed, at once or in a task; a deed that runs already is not done again.

        Raises:
            Busy: Another deed holds the same thing.
            ProviderError: What the effect raises when it happens at once.
        """
        running = self._book.find(deed.key)
        if running is not None:
            return Submitted(machine=deed.machine, task=running)
        self._check_free(deed)
        takes = self._settings.duration(deed.verb) if deed.takes is None else deed.takes
        failure = self._faults.take(deed.verb, FaultKind.FAIL_TASK)
        if not takes and failure is None:
            return Submitted(machine=effect())
        if deed.holds:
            self._held[deed.holds] = deed.key
        task = self._book.start(deed.key, self._run(deed, takes, failure, effect), machine=deed.machine)
        if deed.made_for is not None:
            self._making[deed.made_for] = task
        return Submitted(machine=deed.machine, task=task)

    async def _run(self, deed: Deed, takes: timedelta, failure: Fault | None, effect: Effect) -> MachineId | None:
        try:
            await asyncio.sleep(takes.total_seconds())
            if failure is not None:
                raise failure.as_error()
            return effect()
        finally:
            self._held.pop(deed.holds, None)
            if deed.made_for is not None:
                self._making.pop(deed.made_for, None)

    def _check_free(self, deed: Deed) -> None:
        holder = self._held.get(deed.holds) if deed.holds else None
        if holder is not None and self._book.find(holder) is not None:
            raise Busy(f"cannot {deed.verb.replace('_', ' ')} {deed.holds}: another task is at work on it")
