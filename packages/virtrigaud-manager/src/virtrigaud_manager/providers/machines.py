"""The machines of one provider as they were last seen, so that a quiet machine costs no call at all.

Reconciles look here; events, listings and the manager's own actions say when a machine has to be looked
at again. What is kept is only ever an answer of the provider that nothing has touched since it was asked.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from virtrigaud_api.contract import MachineId, MachineProvider, MachineState, Owner, OwnerSearch, Submitted, Unsupported

FIRST_LISTING = timedelta(seconds=10)
"""How long a look waits at most for the listing that following a provider begins with."""

DOUBT = timedelta(milliseconds=50)
"""How long an event that contradicts the last answer may be proved stale by the next one."""

Wake = Callable[[MachineId, Owner | None], None]
"""Called with a machine that has to be looked at again, and its owner where that is known."""


@dataclass(frozen=True, slots=True)
class _Listing:
    states: Sequence[MachineState]
    asked: int


class Machines:
    """Answers of one provider, and whether they still hold.

    Args:
        followed: Somebody follows the provider, so that it is listed soon, or known not to answer.
    """

    def __init__(self, provider: MachineProvider, wake: Wake, *, followed: bool = False) -> None:
        self._provider = provider
        self._wake = wake
        self._kept: dict[MachineId, MachineState] = {}
        self._touched: dict[MachineId, int] = {}
        self._heard: dict[MachineId, MachineState] = {}
        self._answered: dict[MachineId, MachineState] = {}
        self._looking: set[MachineId] = set()
        self._clock = 0
        self._live = False
        self._begun = asyncio.Event()
        if not followed:
            self._begun.set()
        self._listing: asyncio.Task[_Listing] | None = None

    async def look(self, machine: MachineId) -> MachineState | None:
        """Return the machine as it is; ask the provider only when something may have changed."""
        if not self._begun.is_set():
            await self._until_begun()
        kept = self._kept.get(machine)
        if self._live and kept is not None:
            return kept
        asked = self._clock
        self._looking.add(machine)
        try:
            state = await self._provider.describe(machine)
        finally:
            self._looking.discard(machine)
        self._answer(machine, state, asked)
        return state

    async def find(self, owner: Owner) -> Submitted | None:
        """Return the machine that carries this owner, or the task that makes it where the provider tells.

        Other providers are asked for all their machines, once for all that ask at the same time.
        """
        if isinstance(self._provider, OwnerSearch):
            try:
                return await self._provider.find(owner)
            except Unsupported:
                pass
        listing = await self._list()
        return next((Submitted(machine=state.id) for state in listing.states if state.owner == owner), None)

    async def refresh(self) -> None:
        """Ask for all machines, and wake whoever has one that differs from what was kept."""
        listing = await self._list()
        listed = {state.id: state for state in listing.states}
        for machine in self._kept.keys() - listed.keys():
            if self._untouched(machine, listing.asked):
                self.changed(machine, None)
        for machine, state in listed.items():
            if not self._untouched(machine, listing.asked):
                continue
            kept = self._kept.get(machine)
            if kept is not None and not _is_known(kept, state):
                self._wake(machine, state.owner)
            self._kept[machine] = state
        self._touched = {
            machine: at for machine, at in self._touched.items() if machine in listed or at > listing.asked
        }
        self._live = True
        self._begun.set()

    @property
    def clock(self) -> int:
        """Return a mark of this moment, for `told`."""
        return self._clock

    def told(self, machine: MachineId, state: MachineState | None, since: int) -> None:
        """Take note that something was done to a machine after the mark `since`, and how the answer told it to be.

        What an event has said differently meanwhile may be younger than the answer: then nothing is kept.
        """
        holds = self._untouched(machine, since) or _is_known(self._heard.get(machine), state)
        self.touch(machine)
        if state is not None and holds:
            self._kept[machine] = state
        elif state is not None:
            self._answered[machine] = state

    def touch(self, machine: MachineId) -> None:
        """Forget what was seen of a machine: something was done to it, or happened to it."""
        self._clock += 1
        self._touched[machine] = self._clock
        self._kept.pop(machine, None)
        self._heard.pop(machine, None)
        self._answered.pop(machine, None)

    def changed(self, machine: MachineId, state: MachineState | None) -> None:
        """Take note of an event, and wake whoever has the machine if it is news.

        Whoever did something to a machine looks at it afterwards; until then there is nobody to wake. An
        event that contradicts the last answer may be older than it; the next event then tells soon.
        """
        last = self._kept.get(machine) or self._answered.get(machine)
        if _is_known(self._kept.get(machine), state):
            return
        self.touch(machine)
        if state is None:
            if last is not None:
                self._wake(machine, None)
            return
        self._heard[machine] = state
        if _is_known(last, state):
            self._kept[machine] = state
        elif last is not None:
            self._answered[machine] = last
            asyncio.get_running_loop().call_later(DOUBT.total_seconds(), self._wake_if_in_doubt, machine, state.owner)

    def _wake_if_in_doubt(self, machine: MachineId, owner: Owner | None) -> None:
        if machine not in self._kept and machine not in self._looking:
            self._wake(machine, owner)

    def lose(self) -> None:
        """Trust nothing any more: events may be missed from now on."""
        self._live = False
        self._begun.set()
        self._kept.clear()
        self._heard.clear()
        self._answered.clear()

    async def _until_begun(self) -> None:
        """Wait for the first listing: thousands of machines after a start are then one call, not one each."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._begun.wait(), FIRST_LISTING.total_seconds())
        self._begun.set()

    def _answer(self, machine: MachineId, state: MachineState | None, asked: int) -> None:
        """Keep an answer that no event contradicts: answers and events overtake each other, what both say holds."""
        untouched = self._untouched(machine, asked)
        if state is not None and (untouched or _is_known(self._heard.get(machine), state)):
            self._kept[machine] = state
        elif not untouched:
            if state is not None:
                self._answered[machine] = state
            self._wake(machine, state.owner if state is not None else None)

    async def _list(self) -> _Listing:
        """Let callers at the same time share one answer."""
        if self._listing is None or self._listing.done():
            self._listing = asyncio.create_task(self._ask(self._clock))
        return await asyncio.shield(self._listing)

    async def _ask(self, asked: int) -> _Listing:
        return _Listing(await self._provider.machines(), asked)

    def _untouched(self, machine: MachineId, since: int) -> bool:
        return self._touched.get(machine, 0) <= since


def _is_known(kept: MachineState | None, state: MachineState | None) -> bool:
    """Tell whether a state says nothing new; what a hypervisor tells beside it, such as an uptime, is no news."""
    return kept is not None and state is not None and (kept is state or replace(kept, raw=state.raw) == state)
