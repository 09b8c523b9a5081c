"""Data disks as JSON, as Create and Reconfigure carry them."""

from collections.abc import Sequence

from virtrigaud_api.contract import DataDisk, DiskType, GiB, Scsi, ScsiController, SharedBus
from virtrigaud_api.wire.json_fields import EXPAND_ONLINE, REMOVAL_DELETE, DiskField, ScsiField
from virtrigaud_api.wire.json_reader import Document, JsonObject, present


def disks_to_json(disks: Sequence[DataDisk]) -> list[Document] | None:
    """Return the disks; no disks are null, as from the Go manager."""
    return [_disk_to_json(disk) for disk in disks] or None


def disks_from_json(documents: Sequence[JsonObject]) -> tuple[DataDisk, ...]:
    """Read the disks.

    Raises:
        InvalidSpec: A member is not what it must be, or a disk has no name or no size.
    """
    return tuple(_disk_from_json(document) for document in documents)


def _disk_to_json(disk: DataDisk) -> Document:
    document: Document = {
        DiskField.SIZE_GIB: disk.size,
        DiskField.TYPE: disk.type or "",
        DiskField.NAME: disk.name,
    }
    additions: Document = {
        DiskField.SCSI: None if disk.scsi is None else _scsi_to_json(disk.scsi),
        DiskField.EXPAND_POLICY: EXPAND_ONLINE if disk.grows_online else None,
        DiskField.STORAGE_CLASS: disk.storage_class,
        DiskField.REMOVAL_POLICY: REMOVAL_DELETE if disk.deleted_when_removed else None,
    }
    return document | present(additions)


def _disk_from_json(document: JsonObject) -> DataDisk:
    name, size = document.optional_text(DiskField.NAME), document.integer(DiskField.SIZE_GIB, minimum=1)
    if name is None:
        raise document.invalid(DiskField.NAME, "expected the name of a disk, got none")
    if size is None:
        raise document.invalid(DiskField.SIZE_GIB, "expected at least 1 GiB, got none")
    return DataDisk(
        name=name,
        size=GiB(size),
        type=document.choice(DiskField.TYPE, DiskType),
        grows_online=document.text(DiskField.EXPAND_POLICY) == EXPAND_ONLINE,
        storage_class=document.optional_text(DiskField.STORAGE_CLASS),
        deleted_when_removed=document.text(DiskField.REMOVAL_POLICY) == REMOVAL_DELETE,
        scsi=_scsi_from_json(document.child(DiskField.SCSI)) if document.has(DiskField.SCSI) else None,
    )


def _scsi_to_json(scsi: Scsi) -> Document:
    place: Document = {
        ScsiField.CONTROLLER: scsi.controller,
        ScsiField.SHARED_BUS: scsi.shared_bus,
        ScsiField.CONTROLLER_TYPE: scsi.model,
    }
    return present(place)


def _scsi_from_json(document: JsonObject) -> Scsi:
    return Scsi(
        controller=document.integer(ScsiField.CONTROLLER),
        model=document.choice(ScsiField.CONTROLLER_TYPE, ScsiController) or ScsiController.PVSCSI,
        shared_bus=document.choice(ScsiField.SHARED_BUS, SharedBus) or SharedBus.NONE,
    )
