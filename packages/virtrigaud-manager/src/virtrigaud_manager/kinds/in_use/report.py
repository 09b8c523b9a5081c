"""What a step says about an object that machines refer to: its status, and nothing to wait for but events. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from virtrigaud_manager.conditions import Fact, true
from virtrigaud_manager.kinds.in_use.actions import Action
from virtrigaud_manager.kinds.object_actions import AddFinalizer, HoldForUsers, RemoveFinalizer
from virtrigaud_manager.kinds.users import named
from virtrigaud_manager.look_again import AT_ONCE, NEVER, LookAgain, after_error
from virtrigaud_manager.outcome import Failed

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Report(Generic[S]):
    """What a step says."""

    status: S
    look_again: LookAgain
    error: str | None


def report_of(status: S, action: Action, outcome: Failed | None) -> Report[S]:
    """Say when to look again: a step that is done is followed by the next."""
    if isinstance(outcome, Failed):
        return Report(status, after_error(outcome.error), str(outcome.error))
    return Report(status, AT_ONCE if isinstance(action, AddFinalizer | RemoveFinalizer) else NEVER, None)


def deletion(action: Action, type_: StrEnum, reason: StrEnum) -> Iterator[Fact]:
    """Name who holds an object that is being deleted."""
    if isinstance(action, HoldForUsers):
        yield true(type_, reason, f"the object stays while it is in use by {named(action.users)}")
