"""Bookkeeping of conditions: their order, their generation, and when their status last changed.

Reports state facts; this module turns the conditions of the last status and the facts of this pass into
the conditions of the next status. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from virtrigaud_api.v1beta1 import Condition, ConditionStatus
from virtrigaud_api.v1beta1.condition_types import STALLED


@dataclass(frozen=True, slots=True)
class Fact:
    """What a pass found out about one condition."""

    type: StrEnum
    status: ConditionStatus
    reason: StrEnum
    message: str


def true(type_: StrEnum, reason: StrEnum, message: str) -> Fact:
    """State that a condition holds."""
    return Fact(type_, ConditionStatus.TRUE, reason, message)


def false(type_: StrEnum, reason: StrEnum, message: str) -> Fact:
    """State that a condition does not hold."""
    return Fact(type_, ConditionStatus.FALSE, reason, message)


def unknown(type_: StrEnum, reason: StrEnum, message: str) -> Fact:
    """State that a condition could not be observed."""
    return Fact(type_, ConditionStatus.UNKNOWN, reason, message)


def conditions_after(
    before: Sequence[Condition], facts: Sequence[Fact], *, now: datetime, generation: int
) -> tuple[Condition, ...]:
    """Return the conditions after the facts: those of the facts in their order, then the untouched ones.

    A condition that is there only while it holds goes when no fact states it.

    The transition time of a condition is the time at which its status changed, and stays while only the
    reason, the message or the generation change.
    """
    known = {condition.type: condition for condition in before}
    stated = tuple(_after(known.pop(fact.type, None), fact, now, generation) for fact in facts)
    return (*stated, *(condition for condition in known.values() if condition.type != STALLED))


def _after(before: Condition | None, fact: Fact, now: datetime, generation: int) -> Condition:
    if before is not None and _says(before, fact) and before.observed_generation == generation:
        return before
    changed = before is None or before.status is not fact.status
    return Condition(
        type=fact.type.value,
        status=fact.status,
        reason=fact.reason.value,
        message=fact.message,
        last_transition_time=now if before is None or changed else before.last_transition_time,
        observed_generation=generation,
    )


def _says(condition: Condition, fact: Fact) -> bool:
    return (condition.status, condition.reason, condition.message) == (fact.status, fact.reason.value, fact.message)


def find(conditions: Sequence[Condition], type_: StrEnum) -> Condition | None:
    """Return the condition of a type."""
    return next((condition for condition in conditions if condition.type == type_), None)


def is_true(conditions: Sequence[Condition], type_: StrEnum) -> bool:
    """Tell whether a condition is there and holds."""
    condition = find(conditions, type_)
    return condition is not None and condition.status is ConditionStatus.TRUE
