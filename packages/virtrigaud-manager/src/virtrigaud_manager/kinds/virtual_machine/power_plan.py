"""Which power verb brings a machine to the wanted power state. Pure; part of `plan`.

A machine that is off satisfies `Suspended`: there is no memory to keep, and starting it only to stop it
again would surprise its owner.
"""

from virtrigaud_api.contract import MachineState, PowerState, PowerVerb
from virtrigaud_api.v1beta1.power_state import DesiredPowerState

from virtrigaud_manager.kinds.virtual_machine.actions import Power
from virtrigaud_manager.kinds.virtual_machine.observation import Observation
from virtrigaud_manager.kinds.virtual_machine.wish import Unprovided


def stop(o: Observation, state: MachineState) -> Power | None:
    """Stop a machine that shall not run."""
    match o.wanted_power:
        case DesiredPowerState.ON:
            return None
        case DesiredPowerState.SUSPENDED:
            return None if isinstance(o.wish, Unprovided) else _suspend(o, state)
        case DesiredPowerState.OFF | DesiredPowerState.OFF_GRACEFUL:
            return _switch_off(o, state)


def start(o: Observation, state: MachineState) -> Power | None:
    """Start a machine that shall run."""
    if o.wanted_power is not DesiredPowerState.ON:
        return None
    match state.power:
        case PowerState.OFF | PowerState.SUSPENDED | PowerState.CRASHED:
            return power(o, state, PowerVerb.ON)
        case PowerState.ON | PowerState.UNKNOWN:
            return None


def power(o: Observation, state: MachineState, verb: PowerVerb) -> Power:
    """Return the action that says a verb to the machine."""
    return Power(state.id, verb, o.grace, state.power, o.wanted_power)


def _suspend(o: Observation, state: MachineState) -> Power | None:
    match state.power:
        case PowerState.ON:
            return power(o, state, PowerVerb.SUSPEND)
        case PowerState.CRASHED:
            return power(o, state, PowerVerb.OFF)
        case PowerState.SUSPENDED | PowerState.OFF | PowerState.UNKNOWN:
            return None


def _switch_off(o: Observation, state: MachineState) -> Power | None:
    match state.power:
        case PowerState.ON if o.wanted_power is DesiredPowerState.OFF_GRACEFUL:
            return power(o, state, PowerVerb.SHUTDOWN)
        case PowerState.ON | PowerState.SUSPENDED | PowerState.CRASHED:
            return power(o, state, PowerVerb.OFF)
        case PowerState.OFF | PowerState.UNKNOWN:
            return None
