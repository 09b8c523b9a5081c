"""The images facet as protobuf messages, both ways."""

from virtrigaud_api.contract import ImageOrder, InvalidSpec, PreparedImage
from virtrigaud_api.wire.generated import provider_pb2 as pb2
from virtrigaud_api.wire.json_fields import Payload
from virtrigaud_api.wire.json_reader import read_object, write_json
from virtrigaud_api.wire.payloads.kube_image import image_spec_from_json, image_spec_to_json
from virtrigaud_api.wire.tasks import task_ref_from_message, task_ref_to_message


def order_to_message(order: ImageOrder) -> pb2.ImagePrepareRequest:
    """Return the request that prepares an image."""
    return pb2.ImagePrepareRequest(
        image_json=write_json(image_spec_to_json(order.source)),
        target_name=order.name,
        storage_hint=order.storage,
    )


def order_from_message(message: pb2.ImagePrepareRequest) -> ImageOrder:
    """Read the request that prepares an image.

    Raises:
        InvalidSpec: The payload is no JSON, or a member is not what it must be.
    """
    if not message.target_name:
        raise InvalidSpec("ImagePrepareRequest.target_name: expected the name of an image, got none")
    return ImageOrder(
        name=message.target_name,
        source=image_spec_from_json(read_object(message.image_json, Payload.IMAGE)),
        storage=message.storage_hint or None,
    )


def prepared_to_message(prepared: PreparedImage) -> pb2.ImagePrepareResponse:
    """Return what ImagePrepare answers."""
    return pb2.ImagePrepareResponse(
        task=task_ref_to_message(prepared.task),
        prepared_image_id=prepared.id,
        prepared_image_path=prepared.path,
    )


def prepared_from_message(message: pb2.ImagePrepareResponse) -> PreparedImage:
    """Read what ImagePrepare answers."""
    return PreparedImage(
        id=message.prepared_image_id,
        path=message.prepared_image_path or None,
        task=task_ref_from_message(message),
    )
