"""What goes wrong, on order: errors, lost replies, slow calls, failed tasks, an unreachable hypervisor.

Tests order faults through the `Faults` of their provider; a process takes them from its settings.
The decorator `subject_to_faults` stands on every method of the provider that reaches the hypervisor.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Concatenate, ParamSpec, Protocol, TypeVar

from pydantic import AfterValidator
from virtrigaud_api.contract import BY_NAME, ProviderError, Unavailable

from virtrigaud_provider_memory.verbs import Verb

_P = ParamSpec("_P")
_R = TypeVar("_R")


class FaultKind(StrEnum):
    """Where in a call the fault strikes."""

    FAIL = "fail"
    """The call fails and has no effect."""

    FAIL_TASK = "fail_task"
    """The call answers with a task; the task fails and has no effect."""

    LOSE_REPLY = "lose_reply"
    """The call has its effect, and the caller hears `Unavailable`."""

    DELAY = "delay"
    """The call takes longer."""


def _known_error(name: str) -> str:
    if name not in BY_NAME:
        raise ValueError(f"{name!r} is no error of the taxonomy; known are {', '.join(BY_NAME)}")
    return name


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One ordered fault.

    Attributes:
        error: Class name in the error taxonomy, for FAIL and FAIL_TASK.
        times: How many calls it strikes.
        by: How much longer a call takes, for DELAY.
    """

    verb: Verb
    kind: FaultKind = FaultKind.FAIL
    error: Annotated[str, AfterValidator(_known_error)] = Unavailable.__name__
    times: int = 1
    by: timedelta = timedelta(0)

    def as_error(self) -> ProviderError:
        """Return the error that the caller hears."""
        return BY_NAME[self.error](f"cannot {self.verb.replace('_', ' ')}: this failure was ordered")


class Faults:
    """The faults that are still to strike.

    Attributes:
        unreachable: While true, every call that needs the hypervisor fails with `Unavailable`.
    """

    def __init__(self, ordered: Iterable[Fault] = (), *, unreachable_while: Path | None = None) -> None:
        self.unreachable = False
        self._unreachable_while = unreachable_while
        self._ordered: dict[tuple[Verb, FaultKind], deque[Fault]] = {}
        for fault in ordered:
            self.order(fault)

    def order(self, fault: Fault) -> None:
        """Let the fault strike the next calls of its verb, after the ones that were ordered before."""
        if fault.times > 0:
            self._ordered.setdefault((fault.verb, fault.kind), deque()).append(fault)

    def end(self) -> None:
        """Let nothing go wrong any more."""
        self.unreachable = False
        self._ordered.clear()

    def fail_next(self, verb: Verb, error: type[ProviderError], times: int = 1) -> None:
        """Let the next calls of the verb fail without an effect."""
        self.order(Fault(verb=verb, error=error.__name__, times=times))

    def fail_next_task(self, verb: Verb, error: type[ProviderError], times: int = 1) -> None:
        """Let the tasks of the next calls of the verb fail without an effect."""
        self.order(Fault(verb=verb, kind=FaultKind.FAIL_TASK, error=error.__name__, times=times))

    def lose_next_reply(self, verb: Verb, times: int = 1) -> None:
        """Let the next calls of the verb have their effect and lose their reply."""
        self.order(Fault(verb=verb, kind=FaultKind.LOSE_REPLY, times=times))

    def delay_next(self, verb: Verb, by: timedelta, times: int = 1) -> None:
        """Let the next calls of the verb take longer."""
        self.order(Fault(verb=verb, kind=FaultKind.DELAY, by=by, times=times))

    def take(self, verb: Verb, kind: FaultKind) -> Fault | None:
        """Return the fault that strikes this call, and count it."""
        waiting = self._ordered.get((verb, kind))
        if not waiting:
            return None
        fault = waiting.popleft()
        if fault.times > 1:
            waiting.appendleft(replace(fault, times=fault.times - 1))
        return fault

    async def before(self, verb: Verb) -> None:
        """Strike before the effect.

        Raises:
            ProviderError: The error that was ordered.
            Unavailable: The hypervisor can't be reached.
        """
        if delay := self.take(verb, FaultKind.DELAY):
            await asyncio.sleep(delay.by.total_seconds())
        if self.unreachable or (self._unreachable_while is not None and self._unreachable_while.exists()):
            raise Unavailable(f"cannot {verb.replace('_', ' ')}: the memory hypervisor is unreachable, as ordered")
        if failure := self.take(verb, FaultKind.FAIL):
            raise failure.as_error()

    def after(self, verb: Verb) -> None:
        """Strike after the effect.

        Raises:
            Unavailable: The reply is lost.
        """
        if self.take(verb, FaultKind.LOSE_REPLY):
            raise Unavailable(f"the reply to {verb.replace('_', ' ')} was lost, as ordered")


class HasFaults(Protocol):
    """Something whose calls can fail on order."""

    faults: Faults


_S = TypeVar("_S", bound=HasFaults)


def subject_to_faults(
    verb: Verb,
) -> Callable[
    [Callable[Concatenate[_S, _P], Coroutine[Any, Any, _R]]],
    Callable[Concatenate[_S, _P], Coroutine[Any, Any, _R]],
]:
    """Let the ordered faults of the verb strike around the decorated call."""

    def decorate(
        call: Callable[Concatenate[_S, _P], Coroutine[Any, Any, _R]],
    ) -> Callable[Concatenate[_S, _P], Coroutine[Any, Any, _R]]:
        @wraps(call)
        async def struck(self: _S, /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
            await self.faults.before(verb)
            answer = await call(self, *args, **kwargs)
            self.faults.after(verb)
            return answer

        return struck

    return decorate
