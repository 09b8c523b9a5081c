"""Which of several managers acts: the one that holds the Lease, and only as long as it can be sure of that.

The holder renews the Lease; who waits takes it when it was laid down, or when it has not changed for its
whole duration by the waiter's own clock, so that clocks need not agree. A holder counts its time from
before it sent a renewal, and makes no change after that time, even if it was stopped in between. What was
already sent is refused by the term: providers compare it, and the API server compares resourceVersions.
"""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, Protocol

import structlog
from virtrigaud_api.wire.terms import Term

from virtrigaud_manager.cluster.lease import Claim, Lease, SeenLease
from virtrigaud_manager.cluster.store import ClusterError, StaleError

SURE_SHARE: Final = 0.8
"""The share of the duration for which a holder is sure of the Lease, so that clocks may run at different speeds."""

_RENEWALS: Final = 5
"""How often the Lease is renewed while it would last."""
_LONGEST_WAIT: Final = timedelta(seconds=1)

log = structlog.get_logger("leadership")


class NotLeadingError(ClusterError):
    """Another manager may act by now, so this one must not."""


class Mandate(Protocol):
    """The right to change anything."""

    @property
    def term(self) -> Term | None:
        """Return the term that changes are made in; None when there is only one manager."""
        ...

    async def take(self) -> None:
        """Return when this manager leads."""
        ...

    async def hold(self) -> None:
        """Keep the mandate; returns when it is lost."""
        ...

    def check(self) -> None:
        """Let a change pass.

        Raises:
            NotLeadingError: This manager does not lead, or can't be sure of it.
        """
        ...

    async def lay_down(self) -> None:
        """Let another one lead at once."""
        ...


class Alone:
    """The mandate of the only manager."""

    term: Term | None = None

    async def take(self) -> None:
        """Lead at once."""

    async def hold(self) -> None:
        """Lead for ever."""
        await asyncio.Event().wait()

    def check(self) -> None:
        """Let every change pass."""

    async def lay_down(self) -> None:
        """Tell nobody."""


@dataclass(frozen=True, slots=True)
class _Held:
    lease: SeenLease
    until: float


class Leadership:
    """The mandate that a Lease gives.

    Args:
        identity: Names this process, and no other one ever.
        duration: How long the mandate lasts without renewal.
        clock: Seconds that go on while the process or the machine is stopped.
    """

    def __init__(self, lease: Lease, identity: str, duration: timedelta, clock: Callable[[], float]) -> None:
        self._lease = lease
        self._identity = identity
        self._duration = duration
        self._clock = clock
        self._held: _Held | None = None
        self._seen: tuple[str, float] = ("", 0.0)

    @property
    def term(self) -> Term | None:
        """Return the term that changes are made in."""
        if self._held is None:
            return None
        return Term(self._held.lease.uid, self._held.lease.claim.transitions)

    async def take(self) -> None:
        """Return when this manager leads, however long that takes."""
        wait = min(self._duration / _RENEWALS, _LONGEST_WAIT).total_seconds()
        told = ""
        while True:
            try:
                holder = await self._try_to_take()
            except ClusterError as error:
                holder = f"the Lease can't be asked: {error}"
            if holder is None:
                return
            if holder != told:
                log.info("standing by", leader=holder)
                told = holder
            await asyncio.sleep(wait * random.uniform(0.8, 1.0))  # noqa: S311 - spreads requests, guards nothing

    async def hold(self) -> None:
        """Renew the Lease again and again; returns when it is lost."""
        pause = (self._duration / _RENEWALS).total_seconds()
        while True:
            await asyncio.sleep(pause)
            try:
                await self._renew()
            except StaleError:
                if not await self._still_ours():
                    break
            except ClusterError as error:
                log.warning("the Lease can't be renewed", error=str(error))
            if not self._is_sure():
                break
        self._held = None
        log.critical("another manager may lead by now; this one stops")

    def check(self) -> None:
        """Let a change pass, as long as no other manager can lead."""
        if not self._is_sure():
            raise NotLeadingError("nothing was changed: another manager may lead by now")

    async def lay_down(self) -> None:
        """Let another one lead at once; nothing may be changed afterwards."""
        held, self._held = self._held, None
        if held is None:
            return
        try:
            await self._lease.write(replace(held.lease.claim, holder=""), held.lease)
        except ClusterError as error:
            log.warning("the Lease could not be laid down; it runs out by itself", error=str(error))

    async def _try_to_take(self) -> str | None:
        """Take the Lease where that is allowed; otherwise return who has it."""
        found = await self._lease.read()
        if found is not None and found.claim.holder not in {"", self._identity} and not self._has_run_out(found):
            return found.claim.holder
        claim = self._claim_after(found)
        try:
            await self._write(claim, found)
        except StaleError:
            return "another manager was faster"
        log.info("leading", term=claim.transitions)
        return None

    def _claim_after(self, found: SeenLease | None) -> Claim:
        """Return what to write over a Lease: a new term, or the one that is ours already.

        It is ours where the answer to taking it was lost. Writing it over the version that was read is a renewal
        then, and fails when anybody has led in between.
        """
        if found is not None and found.claim.holder == self._identity:
            return replace(found.claim, duration=self._duration)
        transitions = found.claim.transitions + 1 if found is not None else 1
        return Claim(holder=self._identity, transitions=transitions, duration=self._duration)

    def _has_run_out(self, found: SeenLease) -> bool:
        """Tell whether nobody has renewed the Lease for its duration, since it was first seen like this."""
        now = self._clock()
        version, since = self._seen
        if found.version != version:
            self._seen = (found.version, now)
            return False
        return now - since > found.claim.duration.total_seconds()

    async def _renew(self) -> None:
        if self._held is not None:
            await self._write(self._held.lease.claim, self._held.lease)

    async def _write(self, claim: Claim, over: SeenLease | None) -> None:
        sent = self._clock()
        lease = await self._lease.write(claim, over)
        self._held = _Held(lease, sent + self._duration.total_seconds() * SURE_SHARE)

    async def _still_ours(self) -> bool:
        """Look whose the Lease is after somebody wrote it: a person may have, or an answer was lost."""
        try:
            found = await self._lease.read()
        except ClusterError:
            return self._is_sure()
        if found is None or self._held is None or found.claim.holder != self._identity:
            return False
        self._held = replace(self._held, lease=found)
        return True

    def _is_sure(self) -> bool:
        return self._held is not None and self._clock() < self._held.until


def time_that_never_stops() -> float:
    """Return seconds that go on while the machine sleeps, where the system tells them."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)
