"""The disk transfer facet as protobuf messages, both ways. The disk bytes themselves never travel here."""

from typing import TypeVar

from virtrigaud_api.contract import (
    Backend,
    DiskInfo,
    Exported,
    ExportOrder,
    Imported,
    ImportOrder,
    MachineId,
    SnapshotId,
    StagingPlace,
    TransferMode,
    Unsupported,
)
from virtrigaud_api.wire.generated import provider_pb2 as pb2
from virtrigaud_api.wire.json_fields import Payload, StorageField
from virtrigaud_api.wire.json_reader import Document, read_object, write_json
from virtrigaud_api.wire.machines import machine_id
from virtrigaud_api.wire.tasks import task_ref_from_message, task_ref_to_message

_DEFAULT_FORMAT = "qcow2"
_Word = TypeVar("_Word", Backend, TransferMode)


def export_to_message(order: ExportOrder) -> pb2.ExportDiskRequest:
    """Return the request that exports a disk."""
    place = order.destination
    return pb2.ExportDiskRequest(
        vm_id=order.machine,
        disk_id=order.disk,
        snapshot_id=order.snapshot,
        destination_url=place.url,
        format=order.format,
        compress=order.compress,
        credentials=place.credentials,
        backend_type=place.backend,
        transfer_mode=place.mode,
        storage_options_json=_options_to_json(place),
    )


def export_from_message(message: pb2.ExportDiskRequest) -> ExportOrder:
    """Read the request that exports a disk.

    Raises:
        InvalidSpec: It names no machine, or its options are not what they must be.
        Unsupported: The backend or the mode is none that this side knows.
    """
    return ExportOrder(
        machine=machine_id(message.vm_id, "ExportDiskRequest.vm_id"),
        destination=_place_from_message(message.destination_url, message),
        disk=message.disk_id,
        snapshot=SnapshotId(message.snapshot_id) if message.snapshot_id else None,
        format=message.format or _DEFAULT_FORMAT,
        compress=message.compress,
    )


def exported_to_message(exported: Exported) -> pb2.ExportDiskResponse:
    """Return what ExportDisk answers."""
    return pb2.ExportDiskResponse(
        export_id=exported.id,
        task=task_ref_to_message(exported.task),
        estimated_size_bytes=exported.estimated_size_bytes,
        checksum=exported.checksum,
    )


def exported_from_message(message: pb2.ExportDiskResponse) -> Exported:
    """Read what ExportDisk answers."""
    return Exported(
        id=message.export_id,
        task=task_ref_from_message(message),
        estimated_size_bytes=message.estimated_size_bytes,
        checksum=message.checksum,
    )


def import_to_message(order: ImportOrder) -> pb2.ImportDiskRequest:
    """Return the request that imports a disk."""
    place = order.source
    return pb2.ImportDiskRequest(
        source_url=place.url,
        storage_hint=order.storage,
        format=order.format,
        target_name=order.name,
        verify_checksum=order.checksum is not None,
        expected_checksum=order.checksum,
        credentials=place.credentials,
        backend_type=place.backend,
        transfer_mode=place.mode,
        storage_options_json=_options_to_json(place),
    )


def import_from_message(message: pb2.ImportDiskRequest) -> ImportOrder:
    """Read the request that imports a disk; a checksum that is not to be verified is none.

    Raises:
        InvalidSpec: Its options are not what they must be.
        Unsupported: The backend or the mode is none that this side knows.
    """
    return ImportOrder(
        source=_place_from_message(message.source_url, message),
        name=message.target_name,
        format=message.format or _DEFAULT_FORMAT,
        checksum=(message.expected_checksum or None) if message.verify_checksum else None,
        storage=message.storage_hint or None,
    )


def imported_to_message(imported: Imported) -> pb2.ImportDiskResponse:
    """Return what ImportDisk answers."""
    return pb2.ImportDiskResponse(
        disk_id=imported.disk_id,
        path=imported.path,
        task=task_ref_to_message(imported.task),
        actual_size_bytes=imported.size_bytes,
        checksum=imported.checksum,
    )


def imported_from_message(message: pb2.ImportDiskResponse) -> Imported:
    """Read what ImportDisk answers."""
    return Imported(
        disk_id=message.disk_id,
        path=message.path,
        task=task_ref_from_message(message),
        size_bytes=message.actual_size_bytes,
        checksum=message.checksum,
    )


def disk_query_to_message(machine: MachineId, disk: str, snapshot: SnapshotId | None) -> pb2.GetDiskInfoRequest:
    """Return the request that asks for one disk."""
    return pb2.GetDiskInfoRequest(vm_id=machine, disk_id=disk, snapshot_id=snapshot)


def disk_query_from_message(message: pb2.GetDiskInfoRequest) -> tuple[MachineId, str, SnapshotId | None]:
    """Read the request that asks for one disk.

    Raises:
        InvalidSpec: It names no machine.
    """
    snapshot = SnapshotId(message.snapshot_id) if message.snapshot_id else None
    return machine_id(message.vm_id, "GetDiskInfoRequest.vm_id"), message.disk_id, snapshot


def disk_info_to_message(info: DiskInfo) -> pb2.GetDiskInfoResponse:
    """Return what GetDiskInfo answers."""
    return pb2.GetDiskInfoResponse(
        disk_id=info.disk_id,
        format=info.format,
        virtual_size_bytes=info.virtual_size_bytes,
        actual_size_bytes=info.actual_size_bytes,
        path=info.path,
        is_bootable=info.bootable,
        snapshots=info.snapshots,
        backing_file=info.backing_file,
        metadata=info.metadata,
    )


def disk_info_from_message(message: pb2.GetDiskInfoResponse) -> DiskInfo:
    """Read what GetDiskInfo answers."""
    return DiskInfo(
        disk_id=message.disk_id,
        format=message.format,
        virtual_size_bytes=message.virtual_size_bytes,
        actual_size_bytes=message.actual_size_bytes,
        path=message.path,
        bootable=message.is_bootable,
        snapshots=tuple(message.snapshots),
        backing_file=message.backing_file or None,
        metadata=dict(message.metadata),
    )


def _options_to_json(place: StagingPlace) -> str:
    """Return the backend's settings; none at all is the empty string, as from the Go manager for PVC."""
    if not place.options:
        return ""
    document: Document = {StorageField.BACKEND: place.backend}
    return write_json(document | dict(place.options))


def _place_from_message(url: str, message: pb2.ExportDiskRequest | pb2.ImportDiskRequest) -> StagingPlace:
    options = read_object(message.storage_options_json, Payload.STORAGE_OPTIONS)
    return StagingPlace(
        url=url,
        backend=_word(Backend, message.backend_type, Backend.PVC),
        mode=_word(TransferMode, message.transfer_mode, TransferMode.AUTO),
        options=options.scalars(except_for=StorageField.BACKEND),
        credentials=dict(message.credentials),
    )


def _word(words: type[_Word], text: str, default: _Word) -> _Word:
    if not text:
        return default
    for word in words:
        if word.value == text:
            return word
    raise Unsupported(f"cannot move disks by {text!a}: this provider knows {', '.join(words)}")
