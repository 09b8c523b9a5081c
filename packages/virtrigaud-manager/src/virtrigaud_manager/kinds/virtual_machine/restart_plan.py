"""Restarts: a reboot that a person asks for, and a change that waits for one. Pure; part of `plan` and `report`.

A restart is a stop and a start whose two halves are written down before they begin, so that a crash at any
point neither forgets it nor makes it twice: while STOPPING is written the machine is stopped, and only when
it was seen off is STARTING written, and only then is it started.
"""

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from virtrigaud_api.contract import MachineState, PowerState, PowerVerb
from virtrigaud_api.v1beta1 import keys
from virtrigaud_api.v1beta1.power_state import DesiredPowerState
from virtrigaud_api.v1beta1.restart_policy import RestartPolicy, RestartType

from virtrigaud_manager.kinds.virtual_machine.actions import Power, Record
from virtrigaud_manager.kinds.virtual_machine.observation import Observation
from virtrigaud_manager.kinds.virtual_machine.receipt_keys import (
    RECEIPT_PROVIDER,
    RECEIPT_REBOOT,
    RECEIPT_RESTART,
    RECEIPT_RESTARTED_FOR,
)
from virtrigaud_manager.windows import is_open, next_opening

WANTED: Final = "a restart"
LONGEST_NONCE: Final = 64
"""Characters of a nonce that are kept as they are; of a longer one a digest is kept."""


class Half(StrEnum):
    """Where a restart stands."""

    STOPPING = "stopping"
    STARTING = "starting"


def restart(o: Observation, state: MachineState) -> Power | Record | None:
    """Go on with a restart, or begin one that is due."""
    if o.wanted_power is not DesiredPowerState.ON:
        return None
    if o.status.provider.get(RECEIPT_RESTART) == Half.STOPPING:
        return _stop(o, state)
    if RECEIPT_RESTART in o.status.provider or state.power is not PowerState.ON:
        return None
    if _reboot_is_due(o):
        return _begin("a reboot was asked for")
    if _change_is_due(o, state):
        return _begin("a change waits for it", (RECEIPT_RESTARTED_FOR, o.applied))
    return None


def nonce_of(o: Observation) -> str | None:
    """Return the nonce of the reboot that was asked for last, as it is kept in receipts."""
    nonce = o.vm.metadata.annotations.get(keys.ANNOTATION_REBOOT) or None
    if nonce is None or len(nonce) <= LONGEST_NONCE:
        return nonce
    return hashlib.sha256(nonce.encode()).hexdigest()


def begins(action: Record) -> bool:
    """Tell whether an action begins a restart."""
    return (RECEIPT_RESTART, Half.STOPPING) in action.receipts


def opens_in(o: Observation) -> timedelta | None:
    """Return how long to wait for the window in which a change that waits for a restart can have it."""
    opening = opening_for(o)
    return None if opening is None else max(opening - o.now, timedelta(0))


def opening_for(o: Observation) -> datetime | None:
    """Return when the next window opens for a change that waits for a restart."""
    policy = policy_of(o)
    waits = o.running and o.state is not None and o.state.pending_restart and not _was_restarted_for(o)
    return next_opening(policy.windows, o.now) if waits and policy.type is RestartType.WITHIN_WINDOW else None


def policy_of(o: Observation) -> RestartPolicy:
    """Return when the machine may be restarted for a change."""
    return o.vm.spec.restart_policy or RestartPolicy()


def when_restarted(o: Observation) -> str:
    """Say when the machine is restarted for a change that waits for it."""
    if _was_restarted_for(o):
        return "a restart did not apply it"
    match policy_of(o).type:
        case RestartType.NEVER:
            return "somebody has to restart it (spec.restartPolicy.type is Never)"
        case RestartType.ON_CHANGE:
            return "it is restarted at once (spec.restartPolicy.type is OnChange)"
        case RestartType.WITHIN_WINDOW:
            opening = opening_for(o)
            return "no window ever opens" if opening is None else f"the next window opens at {opening.isoformat()}"


def tidied(o: Observation, receipts: dict[str, str]) -> dict[str, str]:
    """Return the receipts without those of restarts that are over, or that nobody wants any more."""
    kept, state = dict(receipts), o.state
    if state is None:
        return kept
    over = kept.get(RECEIPT_RESTART) == Half.STARTING and state.power is PowerState.ON
    if over or o.wanted_power is not DesiredPowerState.ON:
        kept.pop(RECEIPT_RESTART, None)
    if state.power is PowerState.ON and not state.pending_restart:
        kept.pop(RECEIPT_RESTARTED_FOR, None)
    return kept


def _begin(why: str, *receipts: tuple[str, str | None]) -> Record:
    return Record(((RECEIPT_RESTART, Half.STOPPING), *receipts), f"restart the machine: {why}")


def _stop(o: Observation, state: MachineState) -> Power | Record | None:
    match state.power:
        case PowerState.ON:
            return Power(state.id, PowerVerb.SHUTDOWN, o.grace, state.power, WANTED)
        case PowerState.OFF | PowerState.CRASHED:
            why = f"the machine is {state.power} and is to be started again"
            return Record(((RECEIPT_RESTART, Half.STARTING),), why)
        case PowerState.SUSPENDED | PowerState.UNKNOWN:
            return None


def _reboot_is_due(o: Observation) -> bool:
    """A nonce that was there before the machine was, or before it was ours, asks for nothing."""
    nonce, receipts = nonce_of(o), o.status.provider
    return nonce is not None and RECEIPT_PROVIDER in receipts and nonce != receipts.get(RECEIPT_REBOOT)


def _change_is_due(o: Observation, state: MachineState) -> bool:
    if not state.pending_restart or _was_restarted_for(o):
        return False
    policy = policy_of(o)
    match policy.type:
        case RestartType.NEVER:
            return False
        case RestartType.ON_CHANGE:
            return True
        case RestartType.WITHIN_WINDOW:
            return is_open(policy.windows, o.now)


def _was_restarted_for(o: Observation) -> bool:
    """A restart that did not apply the change would not do so the next time either."""
    return o.applied is not None and o.status.provider.get(RECEIPT_RESTARTED_FOR) == o.applied
