"""What a step says about a VMImage: the status, the Event, and when to look again. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from virtrigaud_api.contract import ProviderError, TaskRef, WrongState
from virtrigaud_api.v1beta1 import VMImageStatus
from virtrigaud_api.v1beta1.vm_image import ProviderImageStatus

from virtrigaud_manager.cluster.event_note import EventNote
from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.conditions import conditions_after
from virtrigaud_manager.kinds.vm_image.actions import (
    Action,
    Announce,
    AwaitCopies,
    Cancel,
    DeleteCopy,
    NoteFailure,
    Prepare,
    Settle,
)
from virtrigaud_manager.kinds.vm_image.copy_record import record_after
from virtrigaud_manager.kinds.vm_image.event import event
from virtrigaud_manager.kinds.vm_image.observation import (
    Copy,
    CopyOf,
    Found,
    Look,
    NotThere,
    Observation,
    TaskRunning,
    Unseen,
)
from virtrigaud_manager.kinds.vm_image.results import Outcome
from virtrigaud_manager.kinds.vm_image.summary import summary
from virtrigaud_manager.look_again import AT_ONCE, NEVER, After, BackOff, LookAgain, after_error
from virtrigaud_manager.outcome import Failed

FIRST_RETRY: Final = timedelta(seconds=10)
LONGEST_RETRY: Final = timedelta(minutes=5)
IN_USE_FOR: Final = timedelta(minutes=5)
"""How long an import that disks rest on is not asked to go again."""

SEEN_AGAIN: Final = After(timedelta(minutes=10))
WAITED_AGAIN: Final = After(timedelta(minutes=1))
POLL_TASK: Final = BackOff(timedelta(milliseconds=50), timedelta(seconds=5))
POLL_WATCHED_TASK: Final = After(timedelta(seconds=2))
"""Where the end of a task is announced, asking is for its progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a step says.

    Attributes:
        looks: What providers answered and what still counts in the next pass.
        until: What is not tried before which time.
        cancelled: Tasks that were told to stop.
        awaited: Tasks whose end shall wake the object, each with its Provider.
    """

    status: VMImageStatus
    looks: Mapping[ObjectKey, Look]
    until: Mapping[ObjectKey | CopyOf, datetime]
    cancelled: frozenset[TaskRef]
    awaited: tuple[tuple[ObjectKey, TaskRef], ...]
    event: EventNote | None
    look_again: LookAgain
    error: str | None


def report(o: Observation, action: Action, outcome: Outcome) -> Report:
    """Say what is now true of a VMImage."""
    records = {copy.provider: record_after(o, copy, action, outcome) for copy in o.copies}
    kept = {key: record for key, record in records.items() if record is not None}
    until = _until(o, action, outcome, kept)
    status = _status(o, action, outcome, kept)
    return Report(
        status=status,
        looks={copy.provider: look for copy in o.copies if (look := _look(o, copy, action)) is not None},
        until=until,
        cancelled=_cancelled(o, action, outcome),
        awaited=tuple((key, TaskRef(record.task_ref)) for key, record in kept.items() if record.task_ref),
        event=event(o, action, outcome, kept),
        look_again=_look_again(o, action, outcome, until),
        error=str(outcome.error) if isinstance(outcome, Failed) else None,
    )


def _status(
    o: Observation, action: Action, outcome: Outcome, records: Mapping[ObjectKey, ProviderImageStatus]
) -> VMImageStatus:
    said = summary(o, action, outcome, records)
    generation = o.image.metadata.generation
    updates: dict[str, Any] = {
        **said.fields,
        "provider_status": {key.path: record for key, record in records.items()},
        "observed_generation": generation,
        "conditions": conditions_after(o.status.conditions, said.facts, now=o.now, generation=generation),
    }
    return o.status.model_copy(update=updates)


def _look(o: Observation, copy: Copy, action: Action) -> Look | None:
    """Keep an answer until something is done on that provider; the time is that of the answer."""
    touched = isinstance(action, Prepare | DeleteCopy | NoteFailure | Cancel) and action.provider == copy.provider
    if touched or copy.order is None or not isinstance(copy.sight, Found | NotThere):
        return None
    return Look(copy.order, copy.sight, copy.looked or o.now)


def _cancelled(o: Observation, action: Action, outcome: Outcome) -> frozenset[TaskRef]:
    running = {copy.work.ref for copy in o.copies if isinstance(copy.work, TaskRunning) and copy.work.cancelled}
    told = {action.task} if isinstance(action, Cancel) and not isinstance(outcome, Failed) else set()
    return frozenset(running | told)


def _until(
    o: Observation, action: Action, outcome: Outcome, records: Mapping[ObjectKey, ProviderImageStatus]
) -> Mapping[ObjectKey | CopyOf, datetime]:
    until = {key: time for key, time in o.until.items() if time > o.now}
    match action, outcome:
        case (NoteFailure(provider=provider), _) | (Prepare(provider=provider), Failed()):
            record = records.get(provider)
            until[provider] = o.now + _delay((record.attempts if record is not None else None) or 1)
        case DeleteCopy(provider=provider, name=name), Failed(WrongState()):
            until[CopyOf(provider, name)] = o.now + IN_USE_FOR
        case _:
            pass
    return until


def _delay(attempts: int) -> timedelta:
    doubled: timedelta = FIRST_RETRY * (1 << min(attempts - 1, 10))
    return min(doubled, LONGEST_RETRY)


def _look_again(
    o: Observation, action: Action, outcome: Outcome, until: Mapping[ObjectKey | CopyOf, datetime]
) -> LookAgain:
    if isinstance(outcome, Failed):
        return AT_ONCE if _goes_on(action, outcome.error, until, o) else after_error(outcome.error)
    if action.changes or isinstance(action, NoteFailure):
        return AT_ONCE
    if isinstance(action, Announce):
        return After(timedelta(0))
    if not isinstance(action, AwaitCopies | Settle):
        return NEVER
    times: list[LookAgain] = [look for copy in o.copies if (look := _of_copy(copy)) is not None]
    times.extend(After(time - o.now) for time in until.values())
    return min(times, key=_first, default=NEVER)


def _goes_on(
    action: Action, error: ProviderError, until: Mapping[ObjectKey | CopyOf, datetime], o: Observation
) -> bool:
    """Tell whether the pass goes on with other copies: what failed is not tried again now."""
    if isinstance(action, DeleteCopy):
        return isinstance(error, WrongState) and not o.deleting
    return isinstance(action, Prepare | Cancel) and (isinstance(action, Cancel) or action.provider in until)


def _of_copy(copy: Copy) -> LookAgain | None:
    if isinstance(copy.work, TaskRunning):
        return POLL_WATCHED_TASK if copy.watched else POLL_TASK
    if not copy.is_wanted or copy.faults:
        return None
    match copy.sight:
        case Unseen(error):
            return after_error(error)
        case Found():
            return SEEN_AGAIN
        case NotThere():
            return WAITED_AGAIN
        case _:
            return None


def _first(look_again: LookAgain) -> timedelta:
    match look_again:
        case After(delay):
            return delay
        case BackOff(first, _):
            return first
        case _:
            return timedelta.max
