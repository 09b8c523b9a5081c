"""Machine events as protobuf messages, both ways."""

from typing import Final

from virtrigaud_api.contract import MachineEvent, MachineEventKind, MachineId
from virtrigaud_api.wire.generated import provider_pb2 as pb2
from virtrigaud_api.wire.machine_states import state_from_message, state_to_message
from virtrigaud_api.wire.tasks import task_ref_from_message, task_ref_to_message

_KINDS: Final = {
    MachineEventKind.CHANGED: pb2.MACHINE_EVENT_KIND_CHANGED,
    MachineEventKind.GONE: pb2.MACHINE_EVENT_KIND_GONE,
    MachineEventKind.TASK_ENDED: pb2.MACHINE_EVENT_KIND_TASK_ENDED,
    MachineEventKind.RESYNC: pb2.MACHINE_EVENT_KIND_RESYNC,
}
_MEANINGS: Final = {kind: meaning for meaning, kind in _KINDS.items()}


def event_to_message(event: MachineEvent) -> pb2.MachineEvent:
    """Return one event."""
    return pb2.MachineEvent(
        kind=_KINDS[event.kind],
        machine_id=event.machine,
        task=task_ref_to_message(event.task),
        machine=None if event.state is None else state_to_message(event.state),
    )


def event_from_message(message: pb2.MachineEvent) -> MachineEvent:
    """Read one event; a kind that this side does not know means that anything may have happened: RESYNC."""
    return MachineEvent(
        kind=_MEANINGS.get(message.kind, MachineEventKind.RESYNC),
        machine=MachineId(message.machine_id) if message.machine_id else None,
        task=task_ref_from_message(message),
        state=state_from_message(message.machine) if message.HasField("machine") else None,
    )
