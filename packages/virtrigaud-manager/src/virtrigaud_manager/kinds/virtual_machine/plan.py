"""The one next thing to do for a VirtualMachine. Pure and total; the first rule that applies wins."""

from virtrigaud_api.contract import MachineState, PowerState, PowerVerb, ProviderError
from virtrigaud_api.v1beta1.power_state import DesiredPowerState

from virtrigaud_manager.kinds.virtual_machine.actions import (
    Action,
    AddFinalizer,
    AwaitAdoption,
    AwaitDependencies,
    AwaitPower,
    AwaitRemoval,
    AwaitSight,
    AwaitTask,
    AwaitUnprotected,
    Create,
    Delete,
    Hold,
    Power,
    Reconfigure,
    Refuse,
    RemoveFinalizer,
    ReportFailedTask,
    ReportMissing,
    Settle,
)
from virtrigaud_manager.kinds.virtual_machine.observation import (
    Absent,
    Lacking,
    NeverMade,
    NoTask,
    Observation,
    Seen,
    Sight,
    TaskFailed,
    TaskRunning,
    Unseen,
    Unsuitable,
    Wanted,
    Work,
)


def plan(o: Observation) -> Action:
    """Decide the next action, and hold one that failed for good instead of trying it again."""
    decided = _deletion(o) if o.deleting else _life(o)
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
    if o.retained:
        return _work(o.work) or RemoveFinalizer("spec.deletionPolicy is Retain: the machine stays")
    hopeless = _hopeless(o) if o.forced else None
    if hopeless is not None:
        return RemoveFinalizer(f"forced, although {hopeless}")
    return _work(o.work) or _remove(o.sight)


def _hopeless(o: Observation) -> ProviderError | None:
    """Say why the machine can't be deleted, where that was tried or can't be."""
    if isinstance(o.sight, Unseen):
        return o.sight.error
    if isinstance(o.work, TaskFailed) and isinstance(o.work.action, Delete):
        return o.work.error
    return o.held.error if o.held is not None and isinstance(o.held.action, Delete) else None


def _remove(sight: Sight) -> Action:
    match sight:
        case Absent() | NeverMade():
            return RemoveFinalizer("the machine is not there")
        case Unseen(error):
            return AwaitSight(error)
        case Seen(state):
            return Delete(state.id)


def _life(o: Observation) -> Action:
    return _work(o.work) or _exist(o)


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
            return AwaitAdoption() if o.machine is None else ReportMissing(o.machine)
        case NeverMade() | Absent():
            return _make(o)
        case Unseen(error):
            return AwaitSight(error)
        case Seen(state):
            return _keep(o, state) if o.finalized else AddFinalizer()


def _make(o: Observation) -> Action:
    match o.wish:
        case Wanted(spec, digest):
            return Create(o.provider, spec, digest, vanished=o.machine) if o.finalized else AddFinalizer()
        case Lacking(missing):
            return AwaitDependencies(tuple(map(str, missing)))
        case Unsuitable(faults):
            return Refuse(faults)


def _keep(o: Observation, state: MachineState) -> Action:
    """Stop before reconfiguring and reconfigure before starting: both then need no restart."""
    return _stop(o, state) or _reconfigure(o, state) or _start(o, state) or _rest(o, state)


def _stop(o: Observation, state: MachineState) -> Action | None:
    if o.wanted_power in (DesiredPowerState.ON, DesiredPowerState.SUSPENDED):
        return None
    match state.power:
        case PowerState.ON if o.wanted_power is DesiredPowerState.OFF_GRACEFUL:
            return Power(state.id, PowerVerb.SHUTDOWN, o.grace, state.power, o.wanted_power)
        case PowerState.ON | PowerState.SUSPENDED | PowerState.CRASHED:
            return Power(state.id, PowerVerb.OFF, o.grace, state.power, o.wanted_power)
        case PowerState.OFF | PowerState.UNKNOWN:
            return None


def _reconfigure(o: Observation, state: MachineState) -> Action | None:
    """Reconfigure when the spec is another than the provider took, or the machine another than the spec."""
    if not isinstance(o.wish, Wanted):
        return None
    hardware = o.wish.spec.hardware
    differs = (state.cpus, state.memory) != (hardware.cpus, hardware.memory)
    changed = o.applied is not None and o.applied != o.wish.digest
    if changed or (differs and not state.pending_restart):
        return Reconfigure(state.id, o.wish.spec, o.wish.digest, state.cpus, state.memory)
    return None


def _start(o: Observation, state: MachineState) -> Action | None:
    if o.wanted_power is not DesiredPowerState.ON:
        return None
    match state.power:
        case PowerState.OFF | PowerState.SUSPENDED | PowerState.CRASHED:
            return Power(state.id, PowerVerb.ON, o.grace, state.power, o.wanted_power)
        case PowerState.ON | PowerState.UNKNOWN:
            return None


def _rest(o: Observation, state: MachineState) -> Action:
    match o.wish:
        case Lacking(missing):
            return AwaitDependencies(tuple(map(str, missing)))
        case Unsuitable(faults):
            return Refuse(faults)
        case Wanted():
            return AwaitPower(state.id) if state.power is PowerState.UNKNOWN else Settle(state)
