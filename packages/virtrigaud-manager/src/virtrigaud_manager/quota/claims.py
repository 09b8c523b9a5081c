"""What the machines of a namespace take together, kept up to date as they come, change and go. Pure.

The cache has one `Claims` for each namespace that anybody asks about: with thousands of machines, adding them all up
for each that is made would cost more than making it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from virtrigaud_manager.quota.amounts import NOTHING, Amounts
from virtrigaud_manager.quota.limits import Limit, exceeded

_MOST_PROMISES: Final = 10_000


@dataclass(frozen=True, slots=True, order=True)
class Claim:
    """What one machine takes, ordered by whose turn it is.

    Attributes:
        waits: It has not been given room yet; those that have come first.
        since: When its object was made.
    """

    waits: bool
    since: str
    uid: str
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class _Promise:
    amounts: Amounts
    until: float


@dataclass(frozen=True, slots=True)
class _Turns:
    limits: Sequence[Limit]
    used: dict[str, Amounts]
    by_all: Amounts


class Claims:
    """What the machines of one namespace take, and the room that is kept for those that are not there yet."""

    def __init__(self) -> None:
        self._machines: dict[str, Claim] = {}
        self._promises: dict[str, _Promise] = {}
        self._taken = self._promised = NOTHING
        self._turns: _Turns | None = None

    def put(self, name: str, claim: Claim | None) -> None:
        """Take in what a machine takes now, None when it is gone; a promise to it is kept thereby."""
        self._break_promise(name)
        before = self._machines.pop(name, None)
        if before == claim:
            if claim is not None:
                self._machines[name] = claim
            return
        self._turns = None
        if before is not None:
            self._taken -= before.amounts
        if claim is not None:
            self._machines[name] = claim
            self._taken += claim.amounts

    @property
    def taken(self) -> Amounts:
        """Return what all machines take."""
        return self._taken

    def taken_by_others(self, name: str) -> Amounts:
        """Return what all machines but one take."""
        claim = self._machines.get(name)
        return self._taken if claim is None else self._taken - claim.amounts

    def taken_before(self, uid: str, limits: Sequence[Limit]) -> Amounts:
        """Return what is taken when it is a machine's turn: by all that have room, and by those before it that fit."""
        turns = self._turns
        if turns is None or turns.limits != limits:
            turns = self._turns = _in_turn(self._machines.values(), limits)
        return turns.used.get(uid, turns.by_all)

    def promise(self, name: str, amounts: Amounts, until: float) -> None:
        """Keep room, until a moment, for a machine that was let in and is not seen yet."""
        self._break_promise(name)
        if name not in self._machines and len(self._promises) < _MOST_PROMISES:
            self._promises[name] = _Promise(amounts, until)
            self._promised += amounts

    def promised_to_others(self, name: str, now: float) -> Amounts:
        """Return the room that is kept for all but one."""
        # The oldest promise stands first, because all of them last equally long.
        while self._promises and self._promises[oldest := next(iter(self._promises))].until <= now:
            self._break_promise(oldest)
        own = self._promises.get(name)
        return self._promised if own is None else self._promised - own.amounts

    def _break_promise(self, name: str) -> None:
        promise = self._promises.pop(name, None)
        if promise is not None:
            self._promised -= promise.amounts


def _in_turn(claims: Iterable[Claim], limits: Sequence[Limit]) -> _Turns:
    turns: dict[str, Amounts] = {}
    used = NOTHING
    for claim in sorted(claims):
        turns[claim.uid] = used
        if not claim.waits or not exceeded(limits, used, claim.amounts):
            used += claim.amounts
    return _Turns(limits, turns, used)
