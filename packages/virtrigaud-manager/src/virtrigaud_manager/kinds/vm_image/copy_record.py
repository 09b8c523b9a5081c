"""What the status says of a VMImage on one provider: the record before, and after a step. Pure; part of `report`."""

from typing import Any

from virtrigaud_api.contract import Busy, ImageState, PreparedImage, ProviderError, Recovery, Refused, Unavailable
from virtrigaud_api.quantity import GIB, KIB, MIB, Quantity
from virtrigaud_api.v1beta1.phases import VMImagePhase as Phase
from virtrigaud_api.v1beta1.vm_image import ProviderImageStatus
from virtrigaud_api.v1beta1.vm_image_prepare import OnMissing

from virtrigaud_manager.kinds.vm_image.actions import Action, Announce, Cancel, DeleteCopy, NoteFailure, Prepare
from virtrigaud_manager.kinds.vm_image.observation import (
    Copy,
    Found,
    NoProvider,
    NotKnown,
    NotThere,
    NotTold,
    Observation,
    TaskRunning,
    Unseen,
)
from virtrigaud_manager.kinds.vm_image.plan import is_exhausted
from virtrigaud_manager.kinds.vm_image.results import Outcome, Removed
from virtrigaud_manager.outcome import Failed

_NO_WORK: dict[str, Any] = {"task_ref": None, "start_time": None, "percentage": None}
_NO_FAILURE: dict[str, Any] = {"attempts": None, "final": None}
_FOR_GOOD = frozenset({Recovery.NEW_GENERATION, Recovery.CAPABILITY, Recovery.PERSON})


def record_for(record: ProviderImageStatus, name: str | None) -> ProviderImageStatus:
    """Return the record for the import that is wanted today; an earlier import becomes a previous one."""
    if record.name is None or record.name == name:
        return record
    fresh = ProviderImageStatus(available=False, last_updated=record.last_updated)
    return fresh.model_copy(update={"previous": (*record.previous, record.name)})


def counts(error: ProviderError) -> bool:
    """Tell whether a call that failed this way was an attempt; a provider that can't be reached tried nothing."""
    return not isinstance(error, Unavailable | Busy | Refused)


def record_after(o: Observation, copy: Copy, action: Action, outcome: Outcome) -> ProviderImageStatus | None:
    """Return what is now said of the image on a provider; None when nothing is left to say."""
    concerned = (
        isinstance(action, Announce | Prepare | Cancel | DeleteCopy | NoteFailure) and action.provider == copy.provider
    )
    updates = _done(o, copy, action, outcome) if concerned else None
    if updates is None:
        if not copy.is_wanted and not _keeps(o, copy):
            return None
        updates = _seen(o, copy)
    after = copy.record.model_copy(update=updates)
    return after if after == copy.record else after.model_copy(update={"last_updated": o.now})


def _keeps(o: Observation, copy: Copy) -> bool:
    """Tell whether something of the image is there that we look after; a Provider that goes takes the rest along."""
    if copy.record.task_ref is not None:
        return True
    looked_after = o.deletes and copy.can_delete if copy.is_leaving else not isinstance(copy.sight, NoProvider)
    return bool(copy.imported) and (looked_after or o.deleting)


def _done(o: Observation, copy: Copy, action: Action, outcome: Outcome) -> dict[str, Any] | None:
    after: dict[str, Any] | None = None
    match action:
        case Announce(name=name):
            previous = tuple(other for other in copy.record.previous if other != name)
            after = {"name": name, "previous": previous, "phase": Phase.PENDING, "message": "it will be imported"}
        case Prepare():
            after = _prepared(o, copy, outcome)
        case NoteFailure(error=error):
            after = _NO_WORK | {"message": str(error)} if copy.record.available else _failed(o, copy, error)
        case Cancel(why=why):
            failed = _NO_WORK | {"phase": Phase.FAILED, "final": True, "message": f"the import failed: {why}"}
            after = failed if isinstance(outcome, Failed) else {"message": f"the import is being cancelled: {why}"}
        case DeleteCopy(name=name) if isinstance(outcome, Removed):
            after = _without(copy.record, name) if outcome.task is None else {"task_ref": outcome.task}
    return after


def _prepared(o: Observation, copy: Copy, outcome: Outcome) -> dict[str, Any]:
    match outcome:
        case PreparedImage():
            return _began(o, outcome)
        case Failed(error) if counts(error):
            return _failed(o, copy, error)
        case Failed(error):
            return _NO_WORK | {"phase": Phase.PENDING, "message": str(error)}
        case _:
            return {}


def _began(o: Observation, prepared: PreparedImage) -> dict[str, Any]:
    ready = prepared.task is None
    return _NO_WORK | {
        "available": ready,
        "id": prepared.id,
        "path": prepared.path,
        "task_ref": prepared.task,
        "start_time": None if ready else o.now,
        "phase": Phase.READY if ready else Phase.IMPORTING,
        "message": "imported" if ready else "importing",
    }


def _failed(o: Observation, copy: Copy, error: ProviderError) -> dict[str, Any]:
    attempts = (copy.record.attempts or 0) + 1
    final = error.recovery in _FOR_GOOD or None
    over = bool(final) or attempts > o.prepare.retries
    again = "" if over else f", and is tried again ({attempts} of {o.prepare.retries + 1} attempts)"
    return _NO_WORK | {
        "available": False,
        "attempts": attempts,
        "final": final,
        "phase": Phase.FAILED if over else Phase.PENDING,
        "message": f"the import failed{again}: {error}",
    }


def _without(record: ProviderImageStatus, name: str) -> dict[str, Any]:
    if name != record.name:
        return _NO_WORK | {"previous": tuple(other for other in record.previous if other != name)}
    gone: dict[str, Any] = {"available": False, "name": None, "id": None, "path": None, "size": None, "format": None}
    return _NO_WORK | gone | {"phase": Phase.PENDING, "message": "deleted"}


def _seen(o: Observation, copy: Copy) -> dict[str, Any]:
    if isinstance(copy.work, TaskRunning):
        return _working(copy, copy.work)
    if not copy.is_wanted or o.deleting:
        return {}
    if copy.faults:
        return {"available": False, "phase": Phase.FAILED, "message": "; ".join(copy.faults)}
    return _sighted(o, copy)


def _sighted(o: Observation, copy: Copy) -> dict[str, Any]:
    after: dict[str, Any]
    match copy.sight:
        case Found(state):
            after = _NO_WORK | _NO_FAILURE | _found(copy, state)
        case NotTold():
            after = _untold(o, copy)
        case NotThere():
            after = _NO_WORK | {"available": False} | _absent(o, copy)
        case NoProvider():
            after = {"available": False, "phase": Phase.PENDING, "message": "the Provider does not exist"}
        case NotKnown():
            message = "the Provider has not said yet what it can do"
            after = {"available": False, "phase": Phase.PENDING, "message": message}
        case Unseen(error):
            after = _unseen(copy, error)
    return after


def _working(copy: Copy, work: TaskRunning) -> dict[str, Any]:
    if copy.record.available or work.cancelled:
        return {}
    percent = f", {work.percent} %" if work.percent is not None else ""
    return {"phase": Phase.IMPORTING, "percentage": work.percent, "message": f"importing{percent}"}


def _found(copy: Copy, state: ImageState) -> dict[str, Any]:
    name = copy.order.name if copy.is_fetched and copy.order is not None else None
    return {
        "name": name,
        "previous": tuple(other for other in copy.record.previous if other != name),
        "available": True,
        "id": state.id,
        "path": state.path,
        "size": _size(state.size_bytes),
        "format": state.format,
        "phase": Phase.READY,
        "message": "imported" if copy.is_fetched else "used where it is",
    }


def _untold(o: Observation, copy: Copy) -> dict[str, Any]:
    """Say what is known of a provider that can't tell which images it has."""
    if copy.is_fetched:
        done = {"phase": Phase.READY, "message": "imported"}
        return _NO_WORK | _NO_FAILURE | done if copy.record.available else _NO_WORK | _absent(o, copy)
    message = "used where it is; the provider can't tell whether it is there"
    return {"available": True, "phase": Phase.READY, "message": message}


def _absent(o: Observation, copy: Copy) -> dict[str, Any]:
    has_failed = copy.record.attempts or is_exhausted(o, copy) or (copy.until is not None and o.now < copy.until)
    if has_failed and not copy.missing:
        return {}
    fails = o.prepare.on_missing is OnMissing.FAIL and not copy.missing and not copy.is_resting
    return {"phase": Phase.FAILED if fails else Phase.PENDING, "message": _why_absent(o, copy)}


def _why_absent(o: Observation, copy: Copy) -> str:
    if copy.missing:
        return f"{', '.join(map(str, copy.missing))} does not exist"
    if copy.is_resting:
        return "the Provider is in maintenance"
    what = _described(copy)
    match o.prepare.on_missing:
        case OnMissing.FAIL:
            return f"{what} is not there, and prepare.onMissing is Fail"
        case OnMissing.WAIT:
            return f"{what} is not there yet, and prepare.onMissing is Wait"
        case OnMissing.IMPORT:
            missing = "is not there yet" if copy.is_fetched else "does not exist there, and nothing says how to get it"
            return f"{what} {missing}"


def _described(copy: Copy) -> str:
    source = copy.order.source if copy.order is not None else None
    here = (source.template or source.path) if source is not None else None
    return f"image {here or (copy.order.name if copy.order is not None else '')}"


def _unseen(copy: Copy, error: ProviderError) -> dict[str, Any]:
    """Say that the provider can't be asked; while that lasts the first cause stays."""
    said = "the provider can't be asked: "
    if (copy.record.message or "").startswith(said):
        return {}
    phase = {} if copy.record.available else {"phase": Phase.PENDING}
    return phase | {"message": f"{said}{error}"}


def _size(size_bytes: int) -> Quantity | None:
    """Return a size in the largest unit that it is a whole number of."""
    if not size_bytes:
        return None
    for suffix, unit in (("Gi", GIB), ("Mi", MIB), ("Ki", KIB)):
        if size_bytes % unit == 0:
            return Quantity(f"{size_bytes // unit}{suffix}")
    return Quantity(str(size_bytes))
