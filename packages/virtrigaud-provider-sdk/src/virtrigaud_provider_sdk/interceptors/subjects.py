"""What a request is about: ids and names for log lines and spans, and never a payload."""

from google.protobuf.message import Message
from virtrigaud_api.wire.generated import provider_pb2 as pb2

_FIELDS = {
    "id": "machine",
    "vm_id": "machine",
    "source_vm_id": "machine",
    "name": "name",
    "target_name": "name",
    "name_hint": "name",
}
_known: dict[type[Message], tuple[tuple[str, str], ...]] = {}


def subject_of(request: object) -> dict[str, str]:
    """Return machine, name, owner and task, as far as the request names them."""
    if not isinstance(request, Message):
        return {}
    subject = {key: value for field, key in _fields_of(type(request)) if (value := getattr(request, field))}
    match request:
        case pb2.CreateRequest() | pb2.ReconfigureRequest() | pb2.CloneRequest() | pb2.FindMachineRequest() if (
            request.HasField("owner")
        ):
            subject["owner"] = f"{request.owner.namespace}/{request.owner.name}"
        case pb2.TaskStatusRequest() | pb2.TaskCancelRequest():
            subject["task"] = request.task.id
        case _:
            pass
    return subject


def _fields_of(kind: type[Message]) -> tuple[tuple[str, str], ...]:
    fields = _known.get(kind)
    if fields is None:
        names = kind.DESCRIPTOR.fields_by_name
        fields = _known[kind] = tuple((field, key) for field, key in _FIELDS.items() if field in names)
    return fields
