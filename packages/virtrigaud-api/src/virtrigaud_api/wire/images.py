"""The facets of images as protobuf messages, both ways."""

from datetime import timedelta
from typing import Final

from virtrigaud_api.contract import (
    Checksum,
    ChecksumType,
    Download,
    ImageOrder,
    ImageState,
    InvalidSpec,
    PreparedImage,
    ProviderFault,
)
from virtrigaud_api.wire.generated import provider_pb2 as pb2
from virtrigaud_api.wire.json_fields import Payload
from virtrigaud_api.wire.json_reader import read_object, write_json
from virtrigaud_api.wire.payloads.kube_image import image_spec_from_json, image_spec_to_json
from virtrigaud_api.wire.tasks import task_ref_from_message, task_ref_to_message

_LONGEST_TIMEOUT_SECONDS: Final = 2**31 - 1


def order_to_message(order: ImageOrder) -> pb2.ImagePrepareRequest:
    """Return the request that prepares an image; a timeout is rounded up to whole seconds."""
    timeout = order.download.timeout
    return pb2.ImagePrepareRequest(
        image_json=write_json(image_spec_to_json(order.source)),
        target_name=order.name,
        storage_hint=order.storage,
        target_format=order.format,
        download_headers=order.download.headers,
        download_timeout_seconds=0 if timeout is None else -(-timeout // timedelta(seconds=1)),
    )


def order_from_message(message: pb2.ImagePrepareRequest) -> ImageOrder:
    """Read the request that prepares an image.

    Raises:
        InvalidSpec: The payload is no JSON, or a member is not what it must be.
    """
    seconds = message.download_timeout_seconds
    if not 0 <= seconds <= _LONGEST_TIMEOUT_SECONDS:
        raise InvalidSpec(f"ImagePrepareRequest.download_timeout_seconds: expected a time to wait, got {seconds}")
    return _order(message, Download(headers=dict(message.download_headers), timeout=_duration(seconds)))


def query_to_message(order: ImageOrder) -> pb2.ImageDescribeRequest:
    """Return the request that looks for an image; how it would be fetched is nobody's business then."""
    return pb2.ImageDescribeRequest(
        image_json=write_json(image_spec_to_json(order.source)),
        target_name=order.name,
        storage_hint=order.storage,
        target_format=order.format,
    )


def query_from_message(message: pb2.ImageDescribeRequest) -> ImageOrder:
    """Read the request that looks for an image.

    Raises:
        InvalidSpec: The payload is no JSON, or a member is not what it must be.
    """
    return _order(message, Download())


def deletion_to_message(name: str) -> pb2.ImageDeleteRequest:
    """Return the request that deletes a prepared image."""
    return pb2.ImageDeleteRequest(name=name)


def deletion_from_message(message: pb2.ImageDeleteRequest) -> str:
    """Read the request that deletes a prepared image.

    Raises:
        InvalidSpec: It names none.
    """
    if not message.name:
        raise InvalidSpec("ImageDeleteRequest.name: expected the name of an image, got none")
    return message.name


def state_to_message(state: ImageState | None) -> pb2.ImageDescribeResponse:
    """Return what is known of an image."""
    if state is None:
        return pb2.ImageDescribeResponse()
    return pb2.ImageDescribeResponse(
        exists=True,
        id=state.id,
        path=state.path,
        size_bytes=state.size_bytes,
        format=state.format,
        checksum=state.checksum.hex if state.checksum else None,
        checksum_type=state.checksum.type if state.checksum else None,
    )


def state_from_message(message: pb2.ImageDescribeResponse) -> ImageState | None:
    """Read what is known of an image; a digest of a kind that this side does not know is left out.

    Raises:
        ProviderFault: It is there and has no name.
    """
    if not message.exists:
        return None
    if not message.id:
        raise ProviderFault("ImageDescribeResponse.id: expected how machines refer to the image, got nothing")
    return ImageState(
        id=message.id,
        path=message.path or None,
        size_bytes=message.size_bytes,
        format=message.format or None,
        checksum=_checksum(message),
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


def _order(message: pb2.ImagePrepareRequest | pb2.ImageDescribeRequest, download: Download) -> ImageOrder:
    if not message.target_name:
        raise InvalidSpec(f"{type(message).__name__}.target_name: expected the name of an image, got none")
    return ImageOrder(
        name=message.target_name,
        source=image_spec_from_json(read_object(message.image_json, Payload.IMAGE)),
        storage=message.storage_hint or None,
        format=message.target_format or None,
        download=download,
    )


def _duration(seconds: int) -> timedelta | None:
    return timedelta(seconds=seconds) if seconds else None


def _checksum(message: pb2.ImageDescribeResponse) -> Checksum | None:
    if not message.checksum or message.checksum_type not in set(ChecksumType):
        return None
    return Checksum(type=ChecksumType(message.checksum_type), hex=message.checksum)
