"""What the status says of a VMImage as a whole: phase, message, progress and conditions. Pure; part of `report`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from virtrigaud_api.v1beta1.condition_types import VMImageCondition as Type
from virtrigaud_api.v1beta1.image_format import ImageFormat
from virtrigaud_api.v1beta1.phases import VMImagePhase as Phase
from virtrigaud_api.v1beta1.reasons import VMImageReason as Reason
from virtrigaud_api.v1beta1.vm_image import ImageImportProgress, ProviderImageStatus

from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.conditions import Fact, false, true
from virtrigaud_manager.kinds.object_actions import HoldForUsers
from virtrigaud_manager.kinds.users import named
from virtrigaud_manager.kinds.vm_image.actions import Action
from virtrigaud_manager.kinds.vm_image.observation import Found, Observation
from virtrigaud_manager.kinds.vm_image.results import Outcome
from virtrigaud_manager.outcome import Failed

Records = Mapping[ObjectKey, ProviderImageStatus]


@dataclass(frozen=True, slots=True)
class Summary:
    """Fields of the status, and conditions."""

    fields: dict[str, Any]
    facts: tuple[Fact, ...]


def summary(o: Observation, action: Action, outcome: Outcome, records: Records) -> Summary:
    """Put together what is known of all providers."""
    wanted = {copy.provider: records[copy.provider] for copy in o.copies if copy.is_wanted and copy.provider in records}
    phase, message = _phase(wanted), _message(wanted)
    fields: dict[str, Any] = {
        "ready": phase is Phase.READY,
        "phase": phase,
        "message": message,
        "available_on": tuple(key.path for key, record in records.items() if record.available),
        **_progress(o, records),
        **_details(o, records),
    }
    if _is_prepared_now(o, records):
        fields["last_prepare_time"] = o.now
    return Summary(fields, tuple(_facts(o, action, outcome, phase, message)))


def _phase(wanted: Records) -> Phase:
    phases = [record.phase for record in wanted.values()]
    for phase in (Phase.FAILED, Phase.IMPORTING, Phase.PENDING):
        if phase in phases:
            return phase
    return Phase.READY


def _message(wanted: Records) -> str:
    if not wanted:
        return "no machine refers to the image yet; it is brought to a provider when one does"
    troubles = [f"{key}: {record.message}" for key, record in wanted.items() if record.phase is not Phase.READY]
    return "; ".join(troubles) or f"machines can be made from it on {', '.join(map(str, wanted))}"


def _facts(o: Observation, action: Action, outcome: Outcome, phase: Phase, message: str) -> Iterator[Fact]:
    if o.deleting:
        yield from _deleting(o, action, outcome)
        return
    yield _ready(o, phase, message)
    faults = tuple(dict.fromkeys(fault for copy in o.copies if copy.is_wanted for fault in copy.faults))
    if faults:
        yield false(Type.VALIDATED, Reason.VALIDATION_ERROR, "; ".join(faults))
    else:
        yield true(Type.VALIDATED, Reason.VALID, "every field can be honoured")
    if phase is Phase.IMPORTING:
        yield true(Type.IMPORTING, Reason.IMPORTING, message)
    else:
        yield false(Type.IMPORTING, Reason.PREPARED if phase is Phase.READY else Reason.WAITING_FOR_IMAGE, message)
    if phase is Phase.FAILED:
        yield true(Type.STALLED, Reason.VALIDATION_ERROR if faults else Reason.IMPORT_FAILED, message)


def _ready(o: Observation, phase: Phase, message: str) -> Fact:
    match phase:
        case Phase.READY if not any(copy.is_wanted for copy in o.copies):
            return true(Type.READY, Reason.NOT_IN_USE, message)
        case Phase.READY:
            return true(Type.READY, Reason.PREPARED, message)
        case Phase.IMPORTING:
            return false(Type.READY, Reason.IMPORTING, message)
        case Phase.FAILED if any(copy.faults for copy in o.copies):
            return false(Type.READY, Reason.VALIDATION_ERROR, message)
        case Phase.FAILED if any(copy.record.attempts for copy in o.copies):
            return false(Type.READY, Reason.IMPORT_FAILED, message)
        case _:
            return false(Type.READY, Reason.MISSING_ON_PROVIDER, message)


def _deleting(o: Observation, action: Action, outcome: Outcome) -> Iterator[Fact]:
    if isinstance(action, HoldForUsers):
        message = f"the image stays while machines rest on it: {named(action.users)}"
        yield true(Type.DELETING, Reason.IN_USE, message)
        return
    error = outcome.error if isinstance(outcome, Failed) else None
    yield false(Type.READY, Reason.DELETING, "the image is being deleted")
    reason, message = (Reason.DELETING, action.sentence) if error is None else (Reason.PROVIDER_ERROR, str(error))
    yield true(Type.DELETING, reason, message)


def _progress(o: Observation, records: Records) -> dict[str, Any]:
    """Tell of the first import that is under way; how long it still takes is said when it has come further."""
    record = next((record for record in records.values() if record.task_ref and record.start_time), None)
    if record is None or record.start_time is None:
        return {"import_progress": None, "prepare_task_ref": None}
    before = o.status.import_progress
    if before is not None and (before.percentage, before.start_time) == (record.percentage, record.start_time):
        return {"prepare_task_ref": record.task_ref}
    updates: dict[str, Any] = {"start_time": record.start_time}
    if record.percentage is not None:
        updates["percentage"] = record.percentage
        updates["eta"] = _eta(o.now, record.start_time, record.percentage)
    return {"import_progress": ImageImportProgress(**updates), "prepare_task_ref": record.task_ref}


def _eta(now: datetime, started: datetime, percent: int) -> str | None:
    """Guess how much longer an import takes, in Go's spelling of a duration."""
    if not percent:
        return None
    left: timedelta = (now - started) * ((100 - percent) / percent)
    minutes, seconds = divmod(round(left.total_seconds()), 60)
    return f"{minutes}m{seconds}s" if minutes else f"{seconds}s"


def _details(o: Observation, records: Records) -> dict[str, Any]:
    """Tell size, format and checksum as a provider tells them; until one does, what was told last stays."""
    for copy in o.copies:
        if isinstance(copy.sight, Found) and copy.provider in records:
            state = copy.sight.state
            return {
                "size": records[copy.provider].size,
                "format": next((known for known in ImageFormat if known.value == state.format), None),
                "checksum": f"{state.checksum.type}:{state.checksum.hex}" if state.checksum is not None else None,
            }
    return {}


def _is_prepared_now(o: Observation, records: Records) -> bool:
    return any(
        copy.is_fetched and not copy.record.available and copy.provider in records and records[copy.provider].available
        for copy in o.copies
    )
