"""The conditions that say how a machine is, each for itself, beside those that say what is done. Pure.

Part of `report`: they go into the same status, and state only what a pass has found out. What it could
not find out stays as it was said before, or becomes Unknown where that would be a lie.
"""

from collections.abc import Iterator, Sequence

from virtrigaud_api.contract import MachineState, PowerState, ProviderError, Recovery, Submitted
from virtrigaud_api.v1beta1 import ConditionStatus
from virtrigaud_api.v1beta1.condition_types import VirtualMachineCondition as Type
from virtrigaud_api.v1beta1.reasons import VirtualMachineReason as Reason

from virtrigaud_manager.conditions import Fact, false, find, true, unknown
from virtrigaud_manager.kinds.virtual_machine.actions import Action, Create
from virtrigaud_manager.kinds.virtual_machine.differences import Difference
from virtrigaud_manager.kinds.virtual_machine.drift import differences, drift
from virtrigaud_manager.kinds.virtual_machine.groups import Group, is_enforced
from virtrigaud_manager.kinds.virtual_machine.hook_plan import hook_facts
from virtrigaud_manager.kinds.virtual_machine.observation import Absent, NeverMade, Observation, Seen, Unseen
from virtrigaud_manager.kinds.virtual_machine.origin import outdated
from virtrigaud_manager.kinds.virtual_machine.receipt_keys import RECEIPT_ORIGIN
from virtrigaud_manager.kinds.virtual_machine.restart_plan import when_restarted
from virtrigaud_manager.kinds.virtual_machine.rests import AwaitTask
from virtrigaud_manager.kinds.virtual_machine.sizes import resources
from virtrigaud_manager.kinds.virtual_machine.wish import Wanted
from virtrigaud_manager.kinds.virtual_machine.wording import error_of, is_made, reason_of
from virtrigaud_manager.outcome import Failed

_NOT_REACHED = frozenset({Recovery.BACKOFF, Recovery.CREDENTIALS})
_ANSWERED_BADLY = frozenset({Recovery.LOUD_BACKOFF})
_UNSEEN = "the machine can't be seen"


def state_facts(o: Observation, action: Action, outcome: Submitted | Failed) -> tuple[Fact, ...]:
    """State how the provider and the machine are, as far as this pass has found out."""
    available = tuple(_available(o, error_of(action, outcome)))
    hooks = () if isinstance(outcome, Failed) else tuple(hook_facts(o, action))
    if o.deleting:
        return (*available, *hooks)
    return (*_provisioned(o, action), *available, *_machine(o, action), *hooks)


def _available(o: Observation, error: ProviderError | None) -> Iterator[Fact]:
    if error is not None and error.recovery in _NOT_REACHED:
        reason, before = reason_of(error), find(o.status.conditions, Type.PROVIDER_AVAILABLE)
        first = before is None or before.status is not ConditionStatus.FALSE or before.reason != reason
        yield false(Type.PROVIDER_AVAILABLE, reason, str(error) if first or before is None else before.message)
    elif (error is None or error.recovery not in _ANSWERED_BADLY) and isinstance(o.sight, Seen | Absent):
        yield true(Type.PROVIDER_AVAILABLE, Reason.ANSWERING, f"{o.provider} answers")


def _provisioned(o: Observation, action: Action) -> Iterator[Fact]:
    match o.sight:
        case Seen(state):
            yield true(Type.PROVISIONED, Reason.MACHINE_EXISTS, f"machine {state.id} is on {o.provider}")
        case Absent():
            yield false(Type.PROVISIONED, Reason.MISSING, f"machine {o.machine} is not there any more")
        case NeverMade() if isinstance(action, Create | AwaitTask) and not is_made(o):
            yield false(Type.PROVISIONED, Reason.CREATING, f"the machine is being made on {o.provider}")
        case NeverMade() if o.machine is None:
            yield false(Type.PROVISIONED, Reason.NOT_MADE, "no machine was made yet")
        case NeverMade() | Unseen():
            return


def _machine(o: Observation, action: Action) -> Iterator[Fact]:
    match o.sight:
        case Seen(state):
            yield _power(o)
            yield _resources(o, state)
            yield _address(state)
            yield _restart(o, state)
            yield from _recreation(o)
            if not action.changes:
                yield _drift(o)
        case Unseen() if is_made(o):
            for type_ in (Type.POWER_STATE_MATCHES, Type.RESOURCES_MATCH, Type.DRIFT_DETECTED):
                yield unknown(type_, Reason.NOT_SEEN, _UNSEEN)
        case _:
            return


def _power(o: Observation) -> Fact:
    type_, state = Type.POWER_STATE_MATCHES, o.state
    if state is None or state.power is PowerState.UNKNOWN:
        return unknown(type_, Reason.NOT_SEEN, f"{o.provider} can't tell the power state")
    if differs := [d for d in differences(o) if d.group is Group.POWER]:
        return false(type_, Reason.DIFFERS, _list(differs))
    return true(type_, Reason.AS_DESCRIBED, f"{state.power}, as described")


def _resources(o: Observation, state: MachineState) -> Fact:
    type_ = Type.RESOURCES_MATCH
    if not isinstance(o.wish, Wanted):
        return unknown(type_, Reason.NOT_KNOWN, "what is wanted can't be told; see the condition Ready")
    if not (state.cpus and state.memory):
        return unknown(type_, Reason.NOT_KNOWN, f"{o.provider} does not tell how big its machines are")
    if differs := [d for d in differences(o) if d.group is Group.RESOURCES]:
        reason = Reason.PENDING_RESTART if state.pending_restart else Reason.DIFFERS
        return false(type_, reason, _list(differs))
    return true(type_, Reason.AS_DESCRIBED, f"{resources(state.cpus, state.memory)}, as described")


def _address(state: MachineState) -> Fact:
    if state.addresses:
        return true(Type.ADDRESS_ASSIGNED, Reason.ADDRESS_KNOWN, ", ".join(state.addresses))
    running = state.power is PowerState.ON
    why = "the guest has shown no address yet" if running else "the machine is not running"
    return false(Type.ADDRESS_ASSIGNED, Reason.NO_ADDRESS, why)


def _restart(o: Observation, state: MachineState) -> Fact:
    if state.pending_restart:
        changed = [d for d in differences(o) if d.group is Group.RESOURCES]
        what = _list(changed) or "a change was accepted that the guest sees after its next restart"
        return true(Type.RESTART_REQUIRED, Reason.PENDING_RESTART, f"{what}; {when_restarted(o)}")
    return false(Type.RESTART_REQUIRED, Reason.NO_RESTART_PENDING, "no change waits for a restart")


def _recreation(o: Observation) -> Iterator[Fact]:
    if not isinstance(o.wish, Wanted):
        return
    if changed := outdated(o.status.provider.get(RECEIPT_ORIGIN, ""), o.wish.origin):
        message = f"{'; '.join(changed)}. A guest reads it once: only a machine that is made anew has it"
        yield true(Type.RECREATE_REQUIRED, Reason.ORIGIN_CHANGED, message)
    else:
        message = "nothing that is chosen once has changed since the machine was made"
        yield false(Type.RECREATE_REQUIRED, Reason.AS_DESCRIBED, message)


def _drift(o: Observation) -> Fact:
    if found := drift(o):
        return true(Type.DRIFT_DETECTED, Reason.DIFFERS, f"{_list(found)}{_left(o, found)}")
    return false(Type.DRIFT_DETECTED, Reason.AS_DESCRIBED, "nobody changed the machine on the hypervisor")


def _left(o: Observation, found: Sequence[Difference]) -> str:
    """Say why differences stay."""
    groups = sorted({d.group.value for d in found if not is_enforced(o.vm, d.group)})
    reported = f". Only reported by spec.driftPolicy: {', '.join(groups)}" if groups else ""
    stays = any(not d.mendable and is_enforced(o.vm, d.group) for d in found)
    return reported + (". What nobody described is left alone, and no disk is made smaller" if stays else "")


def _list(differs: Sequence[Difference]) -> str:
    return "; ".join(map(str, differs))
