"""The clones facet as protobuf messages, both ways."""

from virtrigaud_api.contract import CloneOrder, InvalidSpec, MachineId, Submitted
from virtrigaud_api.wire.generated import provider_pb2 as pb2
from virtrigaud_api.wire.json_fields import Payload
from virtrigaud_api.wire.json_reader import Document, read_object, write_json
from virtrigaud_api.wire.machines import machine_id, owner_from_message, owner_to_message
from virtrigaud_api.wire.payloads.customization import customization_from_json, customization_to_json
from virtrigaud_api.wire.payloads.hardware import hardware_from_json
from virtrigaud_api.wire.payloads.kube_class import class_to_json
from virtrigaud_api.wire.payloads.placement import placement_from_json, placement_to_json
from virtrigaud_api.wire.tasks import task_ref_from_message, task_ref_to_message


def order_to_message(source: MachineId, order: CloneOrder) -> pb2.CloneRequest:
    """Return the request that copies a machine."""
    return pb2.CloneRequest(
        source_vm_id=source,
        target_name=order.name,
        linked=order.linked,
        class_json=_text(None if order.hardware is None else class_to_json(order.hardware)),
        placement_json=_text(placement_to_json(order.placement)),
        customize_json=_text(customization_to_json(order.customization)),
        owner=owner_to_message(order.owner),
    )


def order_from_message(message: pb2.CloneRequest) -> tuple[MachineId, CloneOrder]:
    """Read the request that copies a machine.

    A Go manager names a placement policy instead of a place; it resolves none, so that means no place.

    Raises:
        InvalidSpec: A payload is no JSON, or a member is not what it must be.
    """
    if not message.target_name:
        raise InvalidSpec("CloneRequest.target_name: expected the name of a machine, got none")
    order = CloneOrder(
        owner=owner_from_message(message, message.target_name),
        name=message.target_name,
        linked=message.linked,
        hardware=hardware_from_json(read_object(message.class_json, Payload.CLASS)) if message.class_json else None,
        placement=placement_from_json(read_object(message.placement_json, Payload.PLACEMENT)),
        customization=customization_from_json(read_object(message.customize_json, Payload.CUSTOMIZE)),
    )
    return machine_id(message.source_vm_id, "CloneRequest.source_vm_id"), order


def cloned_to_message(submitted: Submitted) -> pb2.CloneResponse:
    """Return what Clone answers."""
    return pb2.CloneResponse(target_vm_id=submitted.machine, task=task_ref_to_message(submitted.task))


def cloned_from_message(message: pb2.CloneResponse) -> Submitted:
    """Read what Clone answers."""
    machine = MachineId(message.target_vm_id) if message.target_vm_id else None
    return Submitted(machine=machine, task=task_ref_from_message(message))


def _text(document: Document | None) -> str:
    return "" if document is None else write_json(document)
