"""Receipts: what a step leaves in the status because nobody can observe it again. Pure; part of `report`."""

from collections.abc import Sequence
from typing import Any, Final

from virtrigaud_api.contract import PowerState, Submitted
from virtrigaud_api.v1beta1 import VirtualMachineStatus

from virtrigaud_manager.kinds.virtual_machine import hook_plan, restart_plan, reversion
from virtrigaud_manager.kinds.virtual_machine.actions import Action, Create, Delete, Reconfigure, Record, Revert
from virtrigaud_manager.kinds.virtual_machine.differences import power_differences
from virtrigaud_manager.kinds.virtual_machine.groups import Group, is_enforced
from virtrigaud_manager.kinds.virtual_machine.observation import Observation
from virtrigaud_manager.kinds.virtual_machine.receipt_keys import (
    IMAGE_RECEIPTS,
    RECEIPT_ORIGIN,
    RECEIPT_POWER,
    RECEIPT_PRE_STOP,
    RECEIPT_PROVIDER,
    RECEIPT_REBOOT,
    RECEIPT_RESTART,
    RECEIPT_SPEC,
    RECEIPTS,
)
from virtrigaud_manager.kinds.virtual_machine.restart_plan import nonce_of
from virtrigaud_manager.kinds.virtual_machine.rests import ReportFailedTask, Settle
from virtrigaud_manager.kinds.virtual_machine.wish import Wanted
from virtrigaud_manager.outcome import Failed

_OF_ONE_MACHINE: Final = (RECEIPT_RESTART, RECEIPT_POWER, RECEIPT_PRE_STOP)
"""What was under way or reached with a machine means nothing to the one that is made in its place."""


def receipts_after(o: Observation, action: Action, outcome: Submitted | Failed) -> dict[str, Any]:
    """Return the fields of the status that hold receipts."""
    return {"provider": _provider(o, action, outcome)} | _fields(o, action, outcome)


def _provider(o: Observation, action: Action, outcome: Submitted | Failed) -> dict[str, str]:
    kept = hook_plan.noted(reversion.noted(_of_what_is_seen(o), action, outcome), action)
    match action, outcome:
        case Create(provider, _, digest), Submitted():
            kept = _without(kept, *_OF_ONE_MACHINE, *IMAGE_RECEIPTS)
            kept |= dict(o.wish.receipts) if isinstance(o.wish, Wanted) else {}
            return kept | {RECEIPT_PROVIDER: provider.path, RECEIPT_SPEC: digest} | _reboot_of(o) | _origin_of(o)
        case Reconfigure(digest=digest), Submitted():
            return kept | {RECEIPT_SPEC: digest}
        case Record(receipts), Submitted():
            return _with(kept, receipts)
        case ReportFailedTask(ref), _ if ref == o.status.reconfigure_task_ref:
            return kept | {RECEIPT_SPEC: ""}
        case Settle(), _:
            return _of_rest(o, kept)
        case _:
            return kept


def _fields(o: Observation, action: Action, outcome: Submitted | Failed) -> dict[str, Any]:
    match action, outcome:
        case Create(), Submitted(machine=machine, task=task):
            return {"id": machine, "last_task_ref": task}
        case Reconfigure(), Submitted(task=task):
            return {"reconfigure_task_ref": task, "last_reconfigure_time": o.now}
        case Delete() | Revert(), Submitted(task=task):
            return {"last_task_ref": task}
        case ReportFailedTask(ref), _ if ref == o.status.reconfigure_task_ref:
            return {"reconfigure_task_ref": None}
        case Settle(), _:
            return {"reconfigure_task_ref": None}
        case _:
            return {}


def recorded(o: Observation, action: Record) -> VirtualMachineStatus:
    """Return the status that has to be written before anything else is done."""
    return o.status.model_copy(update=receipts_after(o, action, Submitted()))


def _of_what_is_seen(o: Observation) -> dict[str, str]:
    """Return the receipts that still mean something; a machine that is off leaves nothing to reboot."""
    kept = hook_plan.tidied(o, reversion.tidied(o, restart_plan.tidied(o, dict(o.status.provider))))
    off = o.state is not None and o.state.power in (PowerState.OFF, PowerState.CRASHED)
    return kept | _reboot_of(o) if off else kept


def _of_rest(o: Observation, kept: dict[str, str]) -> dict[str, str]:
    """Note the receipts of a machine that somebody else made, and leave out what is no receipt."""
    kept = {name: value for name, value in kept.items() if name in RECEIPTS}
    if RECEIPT_PROVIDER not in kept:
        kept |= {RECEIPT_PROVIDER: o.provider.path} | _reboot_of(o)
    if isinstance(o.wish, Wanted):
        kept.setdefault(RECEIPT_SPEC, o.wish.digest)
    if is_enforced(o.vm, Group.POWER):
        kept.pop(RECEIPT_POWER, None)
    elif o.state is not None and not any(power_differences(o.wanted_power, o.state)):
        kept[RECEIPT_POWER] = o.wanted_power
    return kept


def _origin_of(o: Observation) -> dict[str, str]:
    return {RECEIPT_ORIGIN: o.wish.origin} if isinstance(o.wish, Wanted) and o.wish.origin else {}


def _reboot_of(o: Observation) -> dict[str, str]:
    nonce = nonce_of(o)
    return {} if nonce is None else {RECEIPT_REBOOT: nonce}


def _with(kept: dict[str, str], receipts: Sequence[tuple[str, str | None]]) -> dict[str, str]:
    changed = kept | {name: value for name, value in receipts if value is not None}
    return _without(changed, *(name for name, value in receipts if value is None))


def _without(kept: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in kept.items() if name not in names}
