"""The snapshot that a machine is to be brought back to, and whether that was done. Pure.

Part of `observe` (what is wanted) and of `plan` (what is next). The machine is stopped first and the note
that the reversion begins is written while it is off: a machine that has not run since loses nothing by being
reverted twice, so a crash at any point discards nothing that the guest did afterwards.
"""

from typing import Final

from virtrigaud_api.contract import MachineState, PowerState, PowerVerb, SnapshotId, Submitted
from virtrigaud_api.v1beta1 import VirtualMachine, VMSnapshot
from virtrigaud_api.v1beta1.phases import VMSnapshotPhase

from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.kinds.object_actions import Refuse
from virtrigaud_manager.kinds.virtual_machine.actions import Action, Power, Record, Revert
from virtrigaud_manager.kinds.virtual_machine.observation import Observation
from virtrigaud_manager.kinds.virtual_machine.receipt_keys import RECEIPT_POWER, RECEIPT_REVERTED, RECEIPT_REVERTING
from virtrigaud_manager.kinds.virtual_machine.rests import AwaitDependencies, ReportFailedTask, Settle
from virtrigaud_manager.kinds.virtual_machine.wish import (
    Missing,
    Reversion,
    RevertTo,
    RevertToMissing,
    RevertToOther,
    Unprovided,
)
from virtrigaud_manager.outcome import Failed

WANTED: Final = "the state of a snapshot"


def reversion_of(vm: VirtualMachine, key: ObjectKey | None, found: VMSnapshot | None) -> Reversion | None:
    """Say what a machine is to be reverted to; None where nothing is asked for."""
    if key is None:
        return None
    if found is None:
        return RevertToMissing(Missing(key))
    if found.spec.vm_ref.name != vm.metadata.name:
        machine = f"VirtualMachine {found.metadata.namespace}/{found.spec.vm_ref.name}"
        return RevertToOther(f"spec.snapshot.revertToRef: {key} is a snapshot of {machine}")
    status = found.status
    deleted = found.metadata.deletion_timestamp is not None
    if status.snapshot_id is None or status.phase is not VMSnapshotPhase.READY or deleted:
        return RevertToMissing(Missing(key, "is not ready"))
    return RevertTo(key, found.metadata.uid, SnapshotId(status.snapshot_id))


def revert(o: Observation, state: MachineState) -> Power | Record | Revert | None:
    """Go on with a reversion, or begin one that is asked for."""
    wanted = o.reversion
    if not isinstance(wanted, RevertTo) or isinstance(o.wish, Unprovided) or is_done(o, wanted):
        return None
    begun = o.status.provider.get(RECEIPT_REVERTING) == wanted.uid
    match state.power:
        case PowerState.OFF if begun:
            return Revert(state.id, wanted.snapshot, wanted.key, wanted.uid)
        case PowerState.OFF:
            return Record(
                ((RECEIPT_REVERTING, wanted.uid), (RECEIPT_POWER, None)),
                f"the machine is Off and is to be reverted to {wanted.key}",
            )
        case PowerState.ON | PowerState.SUSPENDED if begun:
            # It was off when this was noted: the snapshot holds memory, and the guest runs on from there.
            return Record(((RECEIPT_REVERTED, wanted.uid), (RECEIPT_REVERTING, None)), f"reverted to {wanted.key}")
        case PowerState.ON | PowerState.SUSPENDED | PowerState.CRASHED:
            return Power(state.id, PowerVerb.OFF, o.grace, state.power, WANTED)
        case PowerState.UNKNOWN:
            return None


def hindrance(o: Observation) -> AwaitDependencies | Refuse | None:
    """Say why a reversion that is asked for can't be made."""
    match o.reversion:
        case RevertToMissing(missing):
            return AwaitDependencies((str(missing),))
        case RevertToOther(fault):
            return Refuse((fault,))
        case _:
            return None


def is_asked_for(o: Observation) -> bool:
    """Tell whether the machine is still to be reverted to a snapshot."""
    return isinstance(o.reversion, RevertTo) and not is_done(o, o.reversion)


def is_done(o: Observation, wanted: RevertTo) -> bool:
    """Tell whether the machine was reverted to this snapshot since it was asked for."""
    return o.status.provider.get(RECEIPT_REVERTED) == wanted.uid


def tidied(o: Observation, receipts: dict[str, str]) -> dict[str, str]:
    """Return the receipts without those of a reversion that nobody asks for any more."""
    return _without(receipts, RECEIPT_REVERTED, RECEIPT_REVERTING) if o.reversion is None else receipts


def noted(receipts: dict[str, str], action: Action, outcome: Submitted | Failed) -> dict[str, str]:
    """Return the receipts after a step; while the task of a reversion runs both notes stand, because it may fail."""
    match action, outcome:
        case Revert(uid=uid), Submitted(task=task):
            done = receipts | {RECEIPT_REVERTED: uid}
            return done if task is not None else _without(done, RECEIPT_REVERTING)
        case ReportFailedTask(), _ if RECEIPT_REVERTING in receipts:
            return _without(receipts, RECEIPT_REVERTED)
        case Settle(), _ if receipts.get(RECEIPT_REVERTING) == receipts.get(RECEIPT_REVERTED):
            return _without(receipts, RECEIPT_REVERTING)
        case _:
            return receipts


def _without(receipts: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in receipts.items() if name not in names}
