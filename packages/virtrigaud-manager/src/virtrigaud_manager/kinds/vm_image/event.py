"""The Event of a step on a VMImage: it became ready, an import failed, an import was deleted or left. Pure."""

from collections.abc import Mapping

from virtrigaud_api.v1beta1.reasons import VMImageEvent as Reason
from virtrigaud_api.v1beta1.vm_image import ProviderImageStatus

from virtrigaud_manager.cluster.event_note import EventNote, EventType
from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.kinds.vm_image.actions import Action, DeleteCopy, NoteFailure, Prepare, RemoveFinalizer
from virtrigaud_manager.kinds.vm_image.observation import Observation
from virtrigaud_manager.kinds.vm_image.results import Outcome, Removed
from virtrigaud_manager.outcome import Failed


def event(
    o: Observation, action: Action, outcome: Outcome, records: Mapping[ObjectKey, ProviderImageStatus]
) -> EventNote | None:
    """Return what people should read about a step."""
    match action, outcome:
        case RemoveFinalizer(left=left), _ if left:
            return _note(EventType.WARNING, Reason.COPY_LEFT, action.sentence, action)
        case DeleteCopy(), Removed(task=None):
            return _note(EventType.NORMAL, Reason.COPY_DELETED, action.sentence, action)
        case (NoteFailure(provider=provider), _) | (Prepare(provider=provider), Failed()):
            said = records[provider].message if provider in records else None
            return _note(EventType.WARNING, Reason.IMPORT_FAILED, f"{provider}: {said}", action)
        case _:
            return _prepared(o, action, records)


def _prepared(o: Observation, action: Action, records: Mapping[ObjectKey, ProviderImageStatus]) -> EventNote | None:
    fresh = [
        copy.provider
        for copy in o.copies
        if copy.is_fetched
        and not copy.record.available
        and copy.provider in records
        and records[copy.provider].available
    ]
    if not fresh:
        return None
    return _note(EventType.NORMAL, Reason.PREPARED, f"the image is ready on {', '.join(map(str, fresh))}", action)


def _note(type_: EventType, reason: Reason, message: str, action: Action) -> EventNote:
    return EventNote(type_, reason.value, message, type(action).__name__)
