"""A root disk that exists already, instead of one made from an image."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.references import LocalReference
from virtrigaud_api.v1beta1.scalars import Int32


class ImportedDiskFormat(StrEnum):
    """Format of a disk file."""

    QCOW2 = "qcow2"
    VMDK = "vmdk"
    RAW = "raw"
    VDI = "vdi"
    VHDX = "vhdx"


class ImportedDiskSource(StrEnum):
    """What brought a disk to the hypervisor."""

    MIGRATION = "migration"
    CLONE = "clone"
    IMPORT = "import"
    SNAPSHOT = "snapshot"
    MANUAL = "manual"


class ImportedDisk(KubeModel):
    """A root disk that exists already on the hypervisor."""

    disk_id: Annotated[str, StringConstraints(min_length=1, max_length=253)]
    """The hypervisor's name for the disk."""
    path: str | None = None
    """Where the disk is, by a path of the hypervisor; found by diskID when left out."""
    format: ImportedDiskFormat = ImportedDiskFormat.QCOW2
    """Format of the disk file."""
    source: ImportedDiskSource | None = None
    """What brought the disk there."""
    migration_ref: LocalReference | None = None
    """The VMMigration that brought the disk there."""
    size_gib: Int32 | None = Field(default=None, ge=1)
    """Size of the disk in GiB."""
