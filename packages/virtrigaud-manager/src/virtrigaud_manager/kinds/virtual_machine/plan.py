"""The one next thing to do for a VirtualMachine. Pure and total; the first rule that applies wins."""

from dataclasses import replace

from virtrigaud_api.contract import MachineSpec, MachineState, PowerState, ProviderError
from virtrigaud_api.v1beta1.power_state import DesiredPowerState

from virtrigaud_manager.hooks.order import HookPoint
from virtrigaud_manager.kinds.object_actions import AddFinalizer, AwaitRemoval, Refuse, RemoveFinalizer
from virtrigaud_manager.kinds.virtual_machine.actions import Action, Create, Delete, Reconfigure
from virtrigaud_manager.kinds.virtual_machine.drift import differences, leaves_power, to_mend
from virtrigaud_manager.kinds.virtual_machine.groups import Group
from virtrigaud_manager.kinds.virtual_machine.hook_plan import hook_at, with_hooks
from virtrigaud_manager.kinds.virtual_machine.observation import Absent, NeverMade, Observation, Seen, Sight, Unseen
from virtrigaud_manager.kinds.virtual_machine.power_plan import start, stop
from virtrigaud_manager.kinds.virtual_machine.restart_plan import restart
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
from virtrigaud_manager.kinds.virtual_machine.reversion import hindrance, is_asked_for, revert
from virtrigaud_manager.kinds.virtual_machine.sparing import spec_to_send
from virtrigaud_manager.kinds.virtual_machine.spec_digest import changed_groups
from virtrigaud_manager.kinds.virtual_machine.wish import Imageless, Lacking, Unprovided, Unsuitable, Wanted
from virtrigaud_manager.kinds.virtual_machine.work import NoTask, TaskFailed, TaskRunning, Work


def plan(o: Observation) -> Action:
    """Decide the next action, and hold one that failed for good instead of trying it again."""
    decided = with_hooks(o, _deletion(o) if o.deleting else _life(o))
    if o.maintenance and decided.changes and not isinstance(decided, AddFinalizer | RemoveFinalizer):
        return AwaitMaintenance(o.provider, decided.sentence)
    held = o.held
    if held is None or held.action != decided:
        return decided
    if o.now >= held.until or held.capabilities != o.capabilities:
        return decided
    return Hold(held.error)


def _deletion(o: Observation) -> Action:
    if not o.finalized:
        return AwaitRemoval()
    if o.protected:
        return _work(o.work) or AwaitUnprotected()
    if o.why_retained is not None:
        return _work(o.work) or RemoveFinalizer(o.why_retained)
    hopeless = _hopeless(o) if o.forced else None
    if hopeless is not None:
        return RemoveFinalizer(f"forced, although {hopeless}")
    return _work(o.work) or _remove(o.sight)


def _hopeless(o: Observation) -> ProviderError | str | None:
    """Say why the machine can't be deleted, where that was tried or can't be."""
    if isinstance(o.sight, Unseen):
        return o.sight.error
    if isinstance(o.work, TaskFailed) and isinstance(o.work.action, Delete):
        return o.work.error
    if o.held is not None and isinstance(o.held.action, Delete):
        return o.held.error
    return f"{o.provider} is in maintenance" if o.maintenance else None


def _remove(sight: Sight) -> Action:
    match sight:
        case Absent() | NeverMade():
            return RemoveFinalizer("the machine is not there")
        case Unseen(error):
            return AwaitSight(error)
        case Seen(state):
            return Delete(state.id)


def _life(o: Observation) -> Action:
    return _work(o.work) or (_observe(o) if o.observed_only else _exist(o))


def _observe(o: Observation) -> Action:
    """Show the machine as it is, whatever the spec says."""
    match o.sight:
        case Seen(state):
            return AwaitPower(state.id) if state.power is PowerState.UNKNOWN else Settle(state)
        case Unseen(error):
            return AwaitSight(error)
        case NeverMade() | Absent():
            return AwaitAdoption(o.not_handed_over) if o.machine is None else ReportMissing(o.machine)


def _work(work: Work) -> Action | None:
    match work:
        case TaskRunning(ref):
            return AwaitTask(ref)
        case TaskFailed(ref, _, error):
            return ReportFailedTask(ref, error)
        case NoTask():
            return None


def _exist(o: Observation) -> Action:
    match o.sight:
        case NeverMade() | Absent() if o.adopted:
            return AwaitAdoption(o.not_handed_over) if o.machine is None else ReportMissing(o.machine)
        case NeverMade() | Absent():
            return _make(o)
        case Unseen(error):
            return AwaitSight(error)
        case Seen(state):
            return _keep(o, state) if o.finalized else AddFinalizer()


def _make(o: Observation) -> Action:
    match o.wish:
        case Wanted() if o.excess:
            return AwaitRoom(o.excess)
        case Wanted(spec, digest):
            return _create(o, spec, digest) if o.finalized else AddFinalizer()
        case Lacking(missing):
            return AwaitDependencies(tuple(map(str, missing)))
        case Imageless(why):
            return AwaitImage(why)
        case Unsuitable(faults):
            return Refuse(faults)
        case Unprovided(faults):
            return ReportUnprovided(faults)


def _create(o: Observation, spec: MachineSpec, digest: str) -> Create:
    """Make the machine; start it at once where that is wanted and nothing comes before its start."""
    prepared = hook_at(o, HookPoint.POST_START) is not None or is_asked_for(o)
    starts = o.wanted_power is DesiredPowerState.ON and not prepared
    return Create(o.provider, replace(spec, starts=starts), digest, vanished=o.machine)


def _keep(o: Observation, state: MachineState) -> Action:
    """Stop before reconfiguring and reconfigure before starting: both then need no restart."""
    if (back := revert(o, state)) is not None:
        return back
    if leaves_power(o):
        return _reconfigure(o, state) or restart(o, state) or _rest(o, state)
    bring = stop(o, state) or _reconfigure(o, state) or restart(o, state) or start(o, state)
    return bring or _rest(o, state)


def _reconfigure(o: Observation, state: MachineState) -> Action | None:
    """Reconfigure when the spec is another than the provider took, or the machine another than the spec."""
    if not isinstance(o.wish, Wanted):
        return None
    mends = to_mend(o)
    unknown = o.applied is None and any(d.mendable for d in differences(o) if d.group is not Group.POWER)
    if not (mends or unknown or o.applied not in (None, o.wish.digest)):
        return None
    return Reconfigure(
        state.id,
        spec_to_send(o, o.wish.spec, state),
        o.wish.digest,
        state.cpus,
        state.memory,
        mends=mends,
        changed=tuple(sorted(changed_groups(o.applied, o.wish.digest))) if o.applied else (),
    )


def _rest(o: Observation, state: MachineState) -> Action:
    match o.wish:
        case Lacking(missing):
            return AwaitDependencies(tuple(map(str, missing)))
        case Imageless(why):
            return AwaitImage(why)
        case Unsuitable(faults):
            return Refuse(faults)
        case Unprovided(faults):
            return ReportUnprovided(faults)
        case Wanted() if state.power is PowerState.UNKNOWN:
            return AwaitPower(state.id)
        case Wanted():
            return hindrance(o) or Settle(state)
