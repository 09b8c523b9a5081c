"""Disks to and from a staging place: a directory that holds one directory for each PVC.

What is staged is a small JSON document that stands for the disk. Another memory hypervisor makes the
same disk from it; no other hypervisor can read it. Files appear whole or not at all.
"""

import gzip
import hashlib
import os
import tempfile
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass
from virtrigaud_api.contract import (
    Backend,
    DiskInfo,
    ExportOrder,
    ImportOrder,
    InvalidSpec,
    NotFound,
    SnapshotId,
    StagingPlace,
    TransferMode,
    Unsupported,
)

from virtrigaud_provider_memory.snapshots import snapshot_named
from virtrigaud_provider_memory.world import ROOT_DISK, Disk, Machine

FORMATS: Final = ("qcow2", "raw", "vmdk")
MODES: Final = (TransferMode.AUTO, TransferMode.RELAY)
BACKENDS: Final = (Backend.PVC,)
_GZIP_MAGIC: Final = b"\x1f\x8b"


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedDisk:
    """The document that stands for a disk in a staging place."""

    format: str
    size_bytes: int
    content: str


_STAGED: Final = TypeAdapter(StagedDisk)


def staged_file(staging: Path, place: StagingPlace, image_format: str) -> Path:
    """Return the file that a staging place means.

    Raises:
        Unsupported: The backend, mode or format is not one that this provider has.
        InvalidSpec: The address leads out of the staging place.
    """
    if place.backend not in BACKENDS or place.mode not in MODES:
        raise Unsupported(f"staging by {place.backend} in mode {place.mode} can't be had; use pvc and relay")
    if image_format not in FORMATS:
        raise Unsupported(f"disk format {image_format} can't be had; use one of {', '.join(FORMATS)}")
    url = urlsplit(place.url)
    path = unquote(url.path).strip("/")
    if url.scheme != Backend.PVC or not url.netloc or not path or ".." in (url.netloc, *path.split("/")):
        raise InvalidSpec(f"staging address {place.url} must be pvc://CLAIM/PATH and stay inside the claim")
    return staging / url.netloc / path


def disk_of(machine: Machine, disk: str, snapshot: SnapshotId | None) -> Disk:
    """Return a machine's disk, as it is or as it was at a snapshot.

    Raises:
        NotFound: The disk or the snapshot does not exist.
    """
    body = machine.body
    if snapshot is not None:
        taken = snapshot_named(machine, snapshot)
        if taken is None:
            raise NotFound(f"machine {machine.name} has no snapshot {snapshot}")
        body = taken.body
    for candidate in body.disks:
        if candidate.name == (disk or ROOT_DISK):
            return candidate
    raise NotFound(f"machine {machine.name} has no disk {disk or ROOT_DISK}")


def document_of(disk: Disk, order: ExportOrder) -> bytes:
    """Return the bytes that stand for the disk in the staging place."""
    staged = StagedDisk(format=order.format, size_bytes=disk.size_bytes, content=disk.content)
    document = _STAGED.dump_json(staged)
    return gzip.compress(document, mtime=0) if order.compress else document


def checksum_of(document: bytes) -> str:
    """Return the SHA-256 digest of staged bytes in hexadecimal."""
    return hashlib.sha256(document).hexdigest()


def write_whole(file: Path, document: bytes) -> None:
    """Write a file so that it is never seen half-written, readable by its owner only."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(document)
        Path(draft).replace(file)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def read_staged(file: Path, order: ImportOrder) -> tuple[Disk, str]:
    """Return the loose disk that the staged bytes make, and their checksum.

    Raises:
        NotFound: Nothing is staged there.
        InvalidSpec: The checksum does not match, or the bytes are no disk of that format.
    """
    try:
        document = file.read_bytes()
    except (FileNotFoundError, IsADirectoryError) as error:
        raise NotFound(f"cannot import disk {order.name}: nothing is staged at {order.source.url}") from error
    checksum = checksum_of(document)
    if order.checksum is not None and order.checksum.lower() != checksum:
        raise InvalidSpec(f"cannot import disk {order.name}: its SHA-256 is {checksum}, wanted {order.checksum}")
    try:
        plain = gzip.decompress(document) if document.startswith(_GZIP_MAGIC) else document
        staged = _STAGED.validate_json(plain)
    except (OSError, EOFError, ValidationError) as error:
        raise InvalidSpec(f"cannot import disk {order.name}: {order.source.url} holds no memory disk") from error
    if staged.format != order.format:
        raise InvalidSpec(f"cannot import disk {order.name}: it is {staged.format}, wanted {order.format}")
    path = f"memory://disks/{order.name}"
    return Disk(
        name=order.name, path=path, size_bytes=staged.size_bytes, content=staged.content, storage=order.storage
    ), checksum


def info_of(machine: Machine, disk: Disk) -> DiskInfo:
    """Return the details of one disk."""
    return DiskInfo(
        disk_id=disk.name,
        format=disk.format,
        virtual_size_bytes=disk.size_bytes,
        actual_size_bytes=len(disk.content),
        path=disk.path,
        bootable=disk.name == ROOT_DISK,
        snapshots=tuple(snapshot.id for snapshot in machine.snapshots),
        backing_file=disk.backing,
        metadata={"storage": disk.storage} if disk.storage else {},
    )
