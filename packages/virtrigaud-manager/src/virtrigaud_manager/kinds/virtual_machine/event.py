"""The Event of a step on a VirtualMachine: one for what was done, one for what went wrong. Pure; part of `report`.

Powering on a machine that is just being made is no news of its own, and neither is an error that is
already in the status.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from virtrigaud_api.contract import PowerVerb, Submitted
from virtrigaud_api.v1beta1 import ConditionStatus
from virtrigaud_api.v1beta1.condition_types import VirtualMachineCondition as Type

from virtrigaud_manager.cluster.event_note import EventNote, EventType
from virtrigaud_manager.conditions import Fact, find
from virtrigaud_manager.hooks.order import HookPoint
from virtrigaud_manager.kinds.object_actions import RemoveFinalizer
from virtrigaud_manager.kinds.virtual_machine.actions import Action, Create, Delete, Power, Reconfigure, Record, Revert
from virtrigaud_manager.kinds.virtual_machine.hook_actions import NoteHook
from virtrigaud_manager.kinds.virtual_machine.observation import Observation
from virtrigaud_manager.kinds.virtual_machine.restart_plan import begins
from virtrigaud_manager.kinds.virtual_machine.rests import Settle
from virtrigaud_manager.kinds.virtual_machine.wording import Words, is_made
from virtrigaud_manager.outcome import Failed


class EventReason(StrEnum):
    """The reasons of Events about what was done for a VirtualMachine."""

    CREATED = "Created"
    RECREATED = "Recreated"
    RECONFIGURED = "Reconfigured"
    POWERED_ON = "PoweredOn"
    POWERED_OFF = "PoweredOff"
    SHUT_DOWN = "ShutDown"
    REBOOTED = "Rebooted"
    SUSPENDED = "Suspended"
    REVERTED = "Reverted"
    RESTARTING = "Restarting"
    DELETED = "Deleted"
    FORCED = "DeletionForced"
    PRE_STOP_COMPLETED = "PreStopCompleted"
    PRE_STOP_FAILED = "PreStopFailed"
    POST_START_COMPLETED = "PostStartCompleted"
    POST_START_FAILED = "PostStartFailed"


_WORTH_READING = frozenset({Type.DRIFT_DETECTED, Type.RECREATE_REQUIRED})
_REASONS: dict[type[Action], EventReason] = {
    Reconfigure: EventReason.RECONFIGURED,
    Revert: EventReason.REVERTED,
    Delete: EventReason.DELETED,
}
_POWER_REASONS = {
    PowerVerb.ON: EventReason.POWERED_ON,
    PowerVerb.OFF: EventReason.POWERED_OFF,
    PowerVerb.SHUTDOWN: EventReason.SHUT_DOWN,
    PowerVerb.REBOOT: EventReason.REBOOTED,
    PowerVerb.SUSPEND: EventReason.SUSPENDED,
}


_HOOK_REASONS = {
    HookPoint.PRE_STOP: (EventReason.PRE_STOP_COMPLETED, EventReason.PRE_STOP_FAILED),
    HookPoint.POST_START: (EventReason.POST_START_COMPLETED, EventReason.POST_START_FAILED),
}
_WARNINGS = (EventReason.FORCED, EventReason.PRE_STOP_FAILED, EventReason.POST_START_FAILED)


def event(
    o: Observation, action: Action, outcome: Submitted | Failed, said: Words | None, facts: Sequence[Fact]
) -> EventNote | None:
    """Return what people should read about a step."""
    if isinstance(outcome, Submitted) and (reason := _done(o, action)) is not None:
        type_ = EventType.WARNING if reason in _WARNINGS else EventType.NORMAL
        message = action.why if isinstance(action, Record) else action.sentence
        return EventNote(type_, reason.value, message, type(action).__name__)
    if said is not None and said.warning and said.message != o.status.message:
        return EventNote(EventType.WARNING, said.reason.value, said.message, type(action).__name__)
    return next(_news(o, facts), None) if isinstance(action, Settle) else None


def _news(o: Observation, facts: Sequence[Fact]) -> Iterator[EventNote]:
    """Tell once what differs from the description and is left so."""
    for fact in facts:
        before = find(o.status.conditions, fact.type)
        known = before is not None and before.message == fact.message
        if fact.type in _WORTH_READING and fact.status is ConditionStatus.TRUE and not known:
            yield EventNote(EventType.WARNING, fact.type.value, fact.message, Settle.__name__)


def _done(o: Observation, action: Action) -> EventReason | None:
    match action:
        case Create(vanished=vanished):
            return EventReason.CREATED if vanished is None else EventReason.RECREATED
        case Power(verb=verb) if is_made(o):
            return _POWER_REASONS[verb]
        case Record() if begins(action):
            return EventReason.RESTARTING
        case NoteHook(ended):
            well, badly = _HOOK_REASONS[ended.point]
            return well if ended.error is None else badly
        case RemoveFinalizer() if o.forced and o.state is not None:
            return EventReason.FORCED
        case _:
            return _REASONS.get(type(action))
