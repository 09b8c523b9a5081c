"""Hooks around starts and stops: when one is due, and what is said of it. Pure; part of `plan` and `report`.

A stop waits for the hook before it; the hook after a start keeps nothing waiting. Either is noted as done
when it has ended, well or not, so that after a crash it is run again and never left out.
"""

from collections.abc import Iterator
from typing import Final

from virtrigaud_api.contract import MachineState, PowerState, PowerVerb
from virtrigaud_api.v1beta1.condition_types import VirtualMachineCondition as Type
from virtrigaud_api.v1beta1.lifecycle import Lifecycle, LifecycleHook
from virtrigaud_api.v1beta1.reasons import VirtualMachineReason as Reason

from virtrigaud_manager.conditions import Fact, false, true
from virtrigaud_manager.hooks.order import HookEnded, HookOrder, HookPoint, HookRunning
from virtrigaud_manager.kinds.object_actions import Refuse
from virtrigaud_manager.kinds.virtual_machine.actions import Action, Delete, Power, Record
from virtrigaud_manager.kinds.virtual_machine.hook_actions import AwaitHook, NoteHook, StartHook
from virtrigaud_manager.kinds.virtual_machine.observation import Observation
from virtrigaud_manager.kinds.virtual_machine.receipt_keys import RECEIPT_POST_START, RECEIPT_PRE_STOP
from virtrigaud_manager.kinds.virtual_machine.rests import AwaitDependencies, Settle

DUE: Final = "due"
DONE: Final = "done"

_CONDITIONS: Final = {
    HookPoint.PRE_STOP: Type.PRE_STOP_COMPLETED,
    HookPoint.POST_START: Type.POST_START_COMPLETED,
}
_NOT_RUNNING: Final = (PowerState.OFF, PowerState.CRASHED)


def with_hooks(o: Observation, decided: Action) -> Action:
    """Return the hook that comes before what was decided, or what was decided."""
    state = o.state
    if state is None:
        return decided
    match decided:
        case Power(verb=PowerVerb.OFF | PowerVerb.SHUTDOWN) | Delete() if state.power is PowerState.ON:
            return _before_stop(o, state) or decided
        case Power(verb=PowerVerb.ON) if state.power in _NOT_RUNNING:
            return _before_start(o, state) or decided
        case Settle() | AwaitDependencies() | Refuse() if state.power is PowerState.ON and not o.deleting:
            return _after_start(o, state) or decided
        case _:
            return decided


def tidied(o: Observation, receipts: dict[str, str]) -> dict[str, str]:
    """Return the receipts of hooks that go with what was seen."""
    kept, power = dict(receipts), None if o.state is None else o.state.power
    if hook_at(o, HookPoint.POST_START) is None:
        kept.pop(RECEIPT_POST_START, None)
    elif (power is None and o.machine is None) or power in _NOT_RUNNING:
        kept[RECEIPT_POST_START] = DUE
    if power is not None and power is not PowerState.ON:
        kept.pop(RECEIPT_PRE_STOP, None)
    return kept


def noted(receipts: dict[str, str], action: Action) -> dict[str, str]:
    """Return the receipts after a step."""
    match action:
        case NoteHook(HookEnded(HookPoint.PRE_STOP)):
            return receipts | {RECEIPT_PRE_STOP: DONE}
        case NoteHook(HookEnded(HookPoint.POST_START)):
            return receipts | {RECEIPT_POST_START: DONE}
        case Settle():
            # Nobody stops the machine any more; the next stop has a hook of its own.
            return {name: value for name, value in receipts.items() if name != RECEIPT_PRE_STOP}
        case _:
            return receipts


def hook_facts(o: Observation, action: Action) -> Iterator[Fact]:
    """State how the hooks stand."""
    match action:
        case StartHook(order):
            yield false(_CONDITIONS[order.point], Reason.HOOK_RUNNING, f"{order.point} is being run")
        case AwaitHook(point):
            yield false(_CONDITIONS[point], Reason.HOOK_RUNNING, f"{point} is being run")
        case NoteHook(HookEnded(point, None)):
            yield true(_CONDITIONS[point], Reason.HOOK_SUCCEEDED, f"{point} ended well")
        case NoteHook(HookEnded(point, error, late)):
            yield false(_CONDITIONS[point], Reason.HOOK_TIMED_OUT if late else Reason.HOOK_FAILED, f"{point}: {error}")
        case Settle() if _waits_for_address(o):
            wait = "postStart waits for an address of the machine"
            yield false(Type.POST_START_COMPLETED, Reason.NO_ADDRESS, wait)
        case _:
            return


def hook_at(o: Observation, point: HookPoint) -> LifecycleHook | None:
    """Return the hook of a point."""
    lifecycle = o.vm.spec.lifecycle or Lifecycle()
    return lifecycle.pre_stop if point is HookPoint.PRE_STOP else lifecycle.post_start


def _before_stop(o: Observation, state: MachineState) -> Action | None:
    done = o.status.provider.get(RECEIPT_PRE_STOP) == DONE
    if hook_at(o, HookPoint.PRE_STOP) is None or done or o.forced:
        return None
    match o.hook:
        case HookRunning(HookPoint.PRE_STOP):
            return AwaitHook(HookPoint.PRE_STOP)
        case HookEnded(HookPoint.PRE_STOP):
            return NoteHook(o.hook)
        case _:
            return _start(o, state, HookPoint.PRE_STOP)


def _before_start(o: Observation, state: MachineState) -> Record | None:
    """Write down that the hook after the start is due, where the status still says that it was done."""
    published = o.vm.status
    noted_before = published.id is None or published.provider.get(RECEIPT_POST_START) == DUE
    if hook_at(o, HookPoint.POST_START) is None or noted_before:
        return None
    return Record(((RECEIPT_POST_START, DUE),), f"the machine is {state.power} and is to be started")


def _after_start(o: Observation, state: MachineState) -> Action | None:
    if o.status.provider.get(RECEIPT_POST_START) != DUE or _waits_for_address(o):
        return None
    match o.hook:
        case HookRunning(HookPoint.POST_START):
            return None
        case HookEnded(HookPoint.POST_START):
            return NoteHook(o.hook)
        case _:
            return _start(o, state, HookPoint.POST_START)


def _start(o: Observation, state: MachineState, point: HookPoint) -> StartHook | None:
    hook = hook_at(o, point)
    if hook is None:
        return None
    address = next(iter(state.addresses), None)
    order = HookOrder(point=point, uid=o.vm.metadata.uid, machine=state.id, hook=hook, address=address)
    return StartHook(order)


def _waits_for_address(o: Observation) -> bool:
    hook = hook_at(o, HookPoint.POST_START)
    due = o.status.provider.get(RECEIPT_POST_START) == DUE
    if not due or hook is None or hook.http_get is None or hook.http_get.host or o.state is None:
        return False
    return o.state.power is PowerState.ON and not o.state.addresses
