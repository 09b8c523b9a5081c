"""Where a machine is not as it is described, and which of it is put right. Pure.

`plan` asks it what to reconfigure, `facts` says it to people. What a provider does not tell is no
difference: nobody can say that it differs. How single fields compare is in `differences`.
"""

from virtrigaud_api.contract import MachineState

from virtrigaud_manager.kinds.virtual_machine.differences import (
    Difference,
    device_differences,
    power_differences,
    resource_differences,
)
from virtrigaud_manager.kinds.virtual_machine.groups import Group, is_enforced
from virtrigaud_manager.kinds.virtual_machine.observation import Observation
from virtrigaud_manager.kinds.virtual_machine.receipt_keys import RECEIPT_RESTART
from virtrigaud_manager.kinds.virtual_machine.spec_digest import changed_groups
from virtrigaud_manager.kinds.virtual_machine.wish import Wanted

_AFTER_A_RESTART = frozenset({Group.RESOURCES, Group.DISKS, Group.NETWORKS})
"""Groups in which an accepted change may show only after the next start."""


def differences(o: Observation) -> tuple[Difference, ...]:
    """Compare the machine with what is wanted of it; nothing when one of them is not known."""
    if o.state is None:
        return ()
    power = tuple(power_differences(o.wanted_power, o.state))
    if not isinstance(o.wish, Wanted):
        return power
    return (*power, *resource_differences(o.vm, o.state, o.wish.spec), *_devices(o.state, o.wish))


def drift(o: Observation) -> tuple[Difference, ...]:
    """Return the differences that nobody asked for: the provider took the spec, and the machine is another."""
    if not isinstance(o.wish, Wanted) or o.state is None or o.applied is None:
        return ()
    asked_for = changed_groups(o.applied, o.wish.digest)
    if o.state.pending_restart:
        asked_for |= _AFTER_A_RESTART
    if o.applied_power != o.wanted_power:
        asked_for |= {Group.POWER}
    return tuple(d for d in differences(o) if d.group not in asked_for)


def to_mend(o: Observation) -> tuple[Difference, ...]:
    """Return the drift that a reconfiguration shall put right."""
    return tuple(d for d in drift(o) if d.group is not Group.POWER and d.mendable and is_enforced(o.vm, d.group))


def leaves_power(o: Observation) -> bool:
    """Tell whether the power state is left as it is: it was reached once, and drift of it is only reported."""
    reached = o.applied_power == o.wanted_power and RECEIPT_RESTART not in o.status.provider
    return reached and not is_enforced(o.vm, Group.POWER)


def _devices(state: MachineState, wish: Wanted) -> tuple[Difference, ...]:
    return tuple(device_differences(state, wish.spec)) if state.is_complete else ()
