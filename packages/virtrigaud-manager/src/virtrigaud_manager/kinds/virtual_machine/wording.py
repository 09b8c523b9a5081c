"""Phase, conditions and message of a VirtualMachine after a step. Pure; part of `report`."""

from dataclasses import dataclass, replace

from virtrigaud_api.contract import MachineState, PowerState, ProviderError, Recovery, Submitted
from virtrigaud_api.v1beta1.condition_types import VirtualMachineCondition as Type
from virtrigaud_api.v1beta1.phases import VirtualMachinePhase as Phase
from virtrigaud_api.v1beta1.reasons import VirtualMachineReason as Reason

from virtrigaud_manager.conditions import Fact, false, find, true
from virtrigaud_manager.hooks.order import HookPoint
from virtrigaud_manager.kinds.object_actions import AddFinalizer, AwaitRemoval, Refuse, RemoveFinalizer
from virtrigaud_manager.kinds.virtual_machine.actions import Action, Create, Delete, Power, Reconfigure, Record, Revert
from virtrigaud_manager.kinds.virtual_machine.hook_actions import AwaitHook, NoteHook, StartHook
from virtrigaud_manager.kinds.virtual_machine.observation import Observation
from virtrigaud_manager.kinds.virtual_machine.receipt_keys import RECEIPT_RESTART, RECEIPT_REVERTING
from virtrigaud_manager.kinds.virtual_machine.rests import (
    AwaitAdoption,
    AwaitDependencies,
    AwaitImage,
    AwaitMaintenance,
    AwaitPower,
    AwaitRoom,
    AwaitSight,
    AwaitTask,
    AwaitUnprotected,
    Hold,
    ReportFailedTask,
    ReportMissing,
    ReportUnprovided,
    Settle,
)
from virtrigaud_manager.kinds.virtual_machine.sizes import resources
from virtrigaud_manager.outcome import Failed

_REASONS: dict[Recovery, Reason] = {
    Recovery.NEW_GENERATION: Reason.VALIDATION_ERROR,
    Recovery.DEPENDENCY: Reason.WAITING_FOR_DEPENDENCIES,
    Recovery.PERSON: Reason.CONFLICT,
    Recovery.SOON: Reason.PROVIDER_ERROR,
    Recovery.REPLAN: Reason.PROVIDER_ERROR,
    Recovery.CAPACITY: Reason.NO_CAPACITY,
    Recovery.CAPABILITY: Reason.UNSUPPORTED,
    Recovery.CREDENTIALS: Reason.REFUSED,
    Recovery.BACKOFF: Reason.PROVIDER_UNAVAILABLE,
    Recovery.LOUD_BACKOFF: Reason.PROVIDER_ERROR,
}
_AtRest = (
    AwaitRoom
    | AwaitDependencies
    | AwaitImage
    | AwaitAdoption
    | Refuse
    | ReportUnprovided
    | ReportMissing
    | AwaitPower
    | Settle
)
_Work = Create | Reconfigure | Power | Record | Revert | StartHook | NoteHook | AwaitHook | Delete | AwaitTask
_FAILED_FOR_GOOD = frozenset({Recovery.NEW_GENERATION, Recovery.PERSON, Recovery.CAPABILITY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What is said about a VirtualMachine.

    Attributes:
        phase: None leaves what was said before: nothing new was seen.
        making: The machine is being made, so what it is like is not told yet.
        warning: Something is not as it should be.
    """

    phase: Phase | None
    reason: Reason
    message: str
    facts: tuple[Fact, ...]
    making: bool = False
    warning: bool = False


def words(o: Observation, action: Action, outcome: Submitted | Failed) -> Words | None:
    """Say how a VirtualMachine stands; None when the step changes nothing that is worth saying."""
    if isinstance(outcome, Failed):
        return _after_error(o, outcome.error)
    if isinstance(action, AddFinalizer | RemoveFinalizer | AwaitRemoval):
        return None
    if isinstance(action, AwaitSight | Hold | ReportFailedTask):
        return _after_error(o, action.error)
    if isinstance(action, _Work):
        return _working(o, action)
    if isinstance(action, AwaitUnprotected | AwaitMaintenance):
        return _put_off(o, action)
    return _at_rest(o, action)


def error_of(action: Action, outcome: Submitted | Failed) -> ProviderError | None:
    """Return what went wrong: now, or before."""
    if isinstance(outcome, Failed):
        return outcome.error
    return action.error if isinstance(action, AwaitSight | Hold | ReportFailedTask) else None


def is_made(o: Observation) -> bool:
    """Tell whether the machine was once as it was asked for."""
    provisioning = find(o.status.conditions, Type.PROVISIONING)
    return provisioning is not None and provisioning.reason == Reason.RECONCILE_SUCCESS


def reason_of(error: ProviderError) -> Reason:
    """Name an error in a condition."""
    return _REASONS[error.recovery]


def _at_rest(o: Observation, action: _AtRest) -> Words:
    match action:
        case AwaitDependencies() | AwaitRoom() | AwaitImage():
            return _not_ready(o, _phase_at_rest(o, Phase.PENDING), *_waiting(action))
        case AwaitAdoption():
            message = action.why or "waiting for the id of the machine that is adopted"
            return _not_ready(o, Phase.PENDING, Reason.WAITING_FOR_DEPENDENCIES, message)
        case Refuse(faults) | ReportUnprovided(faults):
            reason = Reason.VALIDATION_ERROR if isinstance(action, Refuse) else Reason.UNSUPPORTED
            return _stalled(_not_ready(o, Phase.FAILED, reason, "; ".join(faults)))
        case ReportMissing(machine):
            why = "it is only observed" if o.observed_only else "it was adopted"
            message = f"machine {machine} is not there any more; {why}, so it is not made again"
            return _stalled(_not_ready(o, Phase.FAILED, Reason.MISSING, message))
        case AwaitPower(machine):
            message = f"{o.provider} can't tell the power state of machine {machine}"
            return _not_ready(o, Phase.PENDING, Reason.PROVIDER_ERROR, message)
        case Settle(state):
            return _settled(o, state)


def _waiting(action: AwaitDependencies | AwaitRoom | AwaitImage) -> tuple[Reason, str]:
    match action:
        case AwaitDependencies(missing):
            return Reason.WAITING_FOR_DEPENDENCIES, "; ".join(missing)
        case AwaitRoom(excess):
            return Reason.QUOTA_EXCEEDED, "; ".join(excess)
        case AwaitImage(why):
            return Reason.WAITING_FOR_IMAGE, why


def _settled(o: Observation, state: MachineState) -> Words:
    message = f"the machine is {_adjective(state.power)}: {resources(state.cpus, state.memory)}"
    done = Reason.RECONCILE_SUCCESS
    reconfiguring = false(Type.RECONFIGURING, done, "the machine is as it is described")
    if state.pending_restart:
        wait = "a change was accepted that the guest sees after its next restart"
        reconfiguring = true(Type.RECONFIGURING, Reason.PENDING_RESTART, wait)
        message += f"; {wait}"
    if o.observed_only:
        message += "; it is only observed"
    facts = (
        true(Type.READY, done, message),
        false(Type.PROVISIONING, done, f"the machine was made on {o.provider}"),
        reconfiguring,
    )
    return Words(phase=_phase_of(state), reason=done, message=message, facts=facts)


def _working(o: Observation, action: Action) -> Words:
    if isinstance(action, StartHook | NoteHook | AwaitHook):
        return _around_hook(o, action)
    if o.deleting:
        return _deleting(o, Reason.DELETING, f"the machine is being deleted from {o.provider}")
    if isinstance(action, Create) or not is_made(o):
        message = f"the machine is being made on {o.provider}"
        facts: tuple[Fact, ...] = (
            false(Type.READY, Reason.CREATING, message),
            true(Type.PROVISIONING, Reason.CREATING, message),
        )
        return Words(phase=Phase.PROVISIONING, reason=Reason.CREATING, message=message, facts=facts, making=True)
    if isinstance(action, Reconfigure) or o.status.reconfigure_task_ref is not None:
        message = "the machine is being changed to what is described"
        facts = (
            false(Type.READY, Reason.UPDATING, message),
            true(Type.RECONFIGURING, Reason.UPDATING, message),
        )
        return Words(phase=Phase.RECONFIGURING, reason=Reason.UPDATING, message=message, facts=facts)
    message = _deed(o, action)
    facts = (false(Type.READY, Reason.TASK_IN_PROGRESS, message),)
    return Words(phase=_phase_at_rest(o, None), reason=Reason.TASK_IN_PROGRESS, message=message, facts=facts)


def _put_off(o: Observation, action: AwaitUnprotected | AwaitMaintenance) -> Words:
    reason = Reason.MAINTENANCE if isinstance(action, AwaitMaintenance) else Reason.PROTECTED
    message = action.sentence.removeprefix("wait: ")
    if o.deleting:
        return _deleting(o, reason, message)
    return _not_ready(o, _phase_at_rest(o, Phase.PENDING), reason, message)


def _around_hook(o: Observation, action: StartHook | NoteHook | AwaitHook) -> Words:
    """A stop waits for its hook; the hook after a start changes nothing of what is said."""
    if _point_of(action) is HookPoint.POST_START:
        unchanged = o.status.message or ""
        return Words(phase=None, reason=Reason.RECONCILE_SUCCESS, message=unchanged, facts=(), making=not is_made(o))
    message = f"the machine is to be stopped, and {HookPoint.PRE_STOP} is run before"
    if o.deleting:
        return _deleting(o, Reason.DELETING, message)
    facts = (false(Type.READY, Reason.TASK_IN_PROGRESS, message),)
    return Words(phase=_phase_at_rest(o, None), reason=Reason.TASK_IN_PROGRESS, message=message, facts=facts)


def _point_of(action: StartHook | NoteHook | AwaitHook) -> HookPoint:
    match action:
        case StartHook(order):
            return order.point
        case NoteHook(ended):
            return ended.point
        case AwaitHook(point):
            return point


def _deed(o: Observation, action: Action) -> str:
    """Say what is done to the power of a machine, and why."""
    receipts = {*o.status.provider, *(dict(action.receipts) if isinstance(action, Record) else ())}
    if isinstance(action, Revert) or RECEIPT_REVERTING in receipts:
        return "the machine is being reverted to a snapshot"
    if RECEIPT_RESTART in receipts:
        return "the machine is being restarted"
    return f"the power state of the machine is being changed to {o.wanted_power}"


def _after_error(o: Observation, error: ProviderError) -> Words:
    """Say what went wrong; while a provider stays unreachable its first cause stays."""
    reason, message = reason_of(error), str(error)
    ready = find(o.status.conditions, Type.DELETING if o.deleting else Type.READY)
    if reason is Reason.PROVIDER_UNAVAILABLE and ready is not None and ready.reason == reason:
        message = ready.message
    if o.deleting:
        return _deleting(o, reason, message)
    if error.recovery in _FAILED_FOR_GOOD:
        return _stalled(_not_ready(o, Phase.FAILED, reason, message))
    phase = _phase_at_rest(o, None) or (None if o.machine is not None else Phase.PENDING)
    return _not_ready(o, phase, reason, message)


def _not_ready(o: Observation, phase: Phase | None, reason: Reason, message: str) -> Words:
    facts: tuple[Fact, ...] = (false(Type.READY, reason, message),)
    if not is_made(o):
        facts += (false(Type.PROVISIONING, reason, message),)
    elif o.status.reconfigure_task_ref is not None or find(o.status.conditions, Type.RECONFIGURING) is not None:
        facts += (false(Type.RECONFIGURING, reason, message),)
    making = not is_made(o)
    return Words(phase=phase, reason=reason, message=message, facts=facts, making=making, warning=True)


def _stalled(said: Words) -> Words:
    """Say that only a person can help."""
    return replace(said, facts=(*said.facts, true(Type.STALLED, said.reason, said.message)))


def _deleting(o: Observation, reason: Reason, message: str) -> Words:
    facts = (false(Type.READY, Reason.DELETING, message), true(Type.DELETING, reason, message))
    warning = reason is not Reason.DELETING
    return Words(phase=Phase.DELETING, reason=reason, message=message, facts=facts, warning=warning)


def _phase_at_rest(o: Observation, unseen: Phase | None) -> Phase | None:
    return _phase_of(o.state) if o.state is not None else unseen


def _phase_of(state: MachineState) -> Phase:
    match state.power:
        case PowerState.ON:
            return Phase.RUNNING
        case PowerState.OFF | PowerState.SUSPENDED:
            return Phase.STOPPED
        case PowerState.CRASHED:
            return Phase.FAILED
        case PowerState.UNKNOWN:
            return Phase.PENDING


def _adjective(power: PowerState) -> str:
    match power:
        case PowerState.ON:
            return "running"
        case PowerState.OFF:
            return "off"
        case PowerState.SUSPENDED:
            return "suspended"
        case PowerState.CRASHED:
            return "crashed"
        case PowerState.UNKNOWN:
            return "in an unknown state"
