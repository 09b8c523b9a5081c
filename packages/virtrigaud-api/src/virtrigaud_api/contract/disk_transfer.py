"""Facet of providers that can move disk bytes to and from a staging place.

The bytes never travel on the gRPC channel: both sides read and write the staging place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

from virtrigaud_api.contract.names import MachineId, TaskRef
from virtrigaud_api.contract.snapshots import SnapshotId


class Backend(StrEnum):
    """The kind of a staging place."""

    PVC = "pvc"
    NFS = "nfs"
    S3 = "s3"


class TransferMode(StrEnum):
    """Who carries the bytes: the provider's pod, or the hypervisor itself."""

    AUTO = "auto"
    RELAY = "relay"
    DIRECT = "direct"


class StagingOption(StrEnum):
    """The settings of a staging place that managers send, by their names on the wire; each backend reads its own."""

    BUCKET = "bucket"
    ENDPOINT = "endpoint"
    REGION = "region"
    USE_PATH_STYLE = "usePathStyle"
    PREFIX = "prefix"
    SERVER = "server"
    EXPORT = "export"
    PATH = "path"
    UID = "uid"
    GID = "gid"


class StagingCredential(StrEnum):
    """The credentials of a staging place; a Secret has the same keys."""

    ACCESS_KEY_ID = "accessKeyID"
    SECRET_ACCESS_KEY = "secretAccessKey"  # noqa: S105 the name of a key, no secret
    SESSION_TOKEN = "sessionToken"  # noqa: S105 the name of a key, no secret


@dataclass(frozen=True, slots=True, kw_only=True)
class StagingPlace:
    """Where the bytes of one transfer rest.

    Attributes:
        url: `pvc://`, `nfs://` or `s3://` address of the object.
        options: The backend's settings, by the names of `StagingOption`.
        credentials: Access keys, by the names of `StagingCredential`; never shown in a repr or a log.
    """

    url: str
    backend: Backend = Backend.PVC
    mode: TransferMode = TransferMode.AUTO
    options: Mapping[str, str | bool | int] = field(default_factory=dict)
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOrder:
    """Write a disk to a staging place. The same destination again is the same export.

    Attributes:
        disk: The disk's id; empty means the root disk.
        snapshot: Export the disk as it was then; None takes a consistent copy now.
        format: Format of the bytes in the staging place (qcow2, raw, vmdk).
    """

    machine: MachineId
    destination: StagingPlace
    disk: str = ""
    snapshot: SnapshotId | None = None
    format: str = "qcow2"
    compress: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What `export_disk` answers. `checksum` is SHA-256 of the staged bytes, once it is known."""

    id: str
    task: TaskRef | None = None
    estimated_size_bytes: int = 0
    checksum: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOrder:
    """Make a disk from a staging place. The same name again is the same disk.

    Attributes:
        checksum: SHA-256 that the staged bytes must have; None checks nothing.
        storage: Pool, datastore or storage that receives the disk; None leaves the choice.
    """

    source: StagingPlace
    name: str
    format: str = "qcow2"
    checksum: str | None = None
    storage: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What `import_disk` answers: how `ImportedDisk` refers to it, and the task that makes it."""

    disk_id: str
    path: str
    task: TaskRef | None = None
    size_bytes: int = 0
    checksum: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskInfo:
    """One disk of a machine in detail."""

    disk_id: str
    format: str
    virtual_size_bytes: int
    actual_size_bytes: int
    path: str
    bootable: bool = False
    snapshots: tuple[str, ...] = ()
    backing_file: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@runtime_checkable
class DiskTransfer(Protocol):
    """Facet of a provider that exports and imports disks."""

    async def export_disk(self, order: ExportOrder) -> Exported:
        """Write a disk to a staging place.

        Raises:
            NotFound: The machine, its disk or the snapshot does not exist.
            Unsupported: The backend, mode or format is not one that this provider has.
        """
        ...

    async def import_disk(self, order: ImportOrder) -> Imported:
        """Make a disk from a staging place.

        Raises:
            NotFound: Nothing is staged there.
            InvalidSpec: The checksum does not match.
            Unsupported: The backend, mode or format is not one that this provider has.
        """
        ...

    async def disk_info(self, machine: MachineId, disk: str, snapshot: SnapshotId | None = None) -> DiskInfo:
        """Describe one disk; an empty `disk` means the root disk.

        Raises:
            NotFound: The machine or the disk does not exist.
        """
        ...
