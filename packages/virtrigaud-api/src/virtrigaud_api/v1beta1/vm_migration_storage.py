"""Where the disk of a migration rests between two hypervisors: a volume claim, an NFS export or an S3 bucket."""

from enum import StrEnum
from typing import Annotated, Final

from annotated_types import Ge, Le, MaxLen
from pydantic import Strict, StringConstraints

from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.references import ObjectReference
from virtrigaud_api.v1beta1.scalars import Boolean, HostName
from virtrigaud_api.v1beta1.schema_marks import Format

DEFAULT_MOUNT_PATH: Final = "/mnt/migration-storage"

_CLAIM_SIZE = r"^[0-9]+(\.[0-9]+)?(Ei?|Pi?|Ti?|Gi?|Mi?|Ki?)$"
_HIGHEST_POSIX_ID = 4294967295

PosixId = Annotated[int, Strict(), Format("int64"), Ge(0), Le(_HIGHEST_POSIX_ID)]


class StagingType(StrEnum):
    """Sort of a staging place."""

    PVC = "pvc"
    NFS = "nfs"
    S3 = "s3"


class TransferMode(StrEnum):
    """Which way the bytes take to the staging place and from it."""

    AUTO = "auto"
    RELAY = "relay"
    DIRECT = "direct"


class VolumeAccessMode(StrEnum):
    """Who may mount a volume at the same time."""

    READ_WRITE_ONCE = "ReadWriteOnce"
    READ_WRITE_MANY = "ReadWriteMany"
    READ_ONLY_MANY = "ReadOnlyMany"


class ClaimStaging(KubeModel):
    """A PersistentVolumeClaim that both providers mount."""

    name: str | None = None
    """Name of a claim that exists, which is never deleted; one is made and deleted again when left out."""
    size: Annotated[str, StringConstraints(pattern=_CLAIM_SIZE)] | None = None
    """Size of the claim that is made, for example 100Gi; by the size of the disk when left out."""
    storage_class_name: str | None = None
    """StorageClass of the claim that is made; the cluster's default when left out."""
    access_mode: VolumeAccessMode = VolumeAccessMode.READ_WRITE_MANY
    """Who may mount the volume; providers on different nodes need ReadWriteMany."""
    mount_path: str = DEFAULT_MOUNT_PATH
    """Where the providers mount the volume."""


class NfsStaging(KubeModel):
    """An NFS export that both hypervisors or providers reach."""

    server: HostName
    """Host name or address of the server."""
    export: Annotated[str, MaxLen(4096)]
    """Path of the export on the server."""
    path: Annotated[str, MaxLen(4096)] | None = None
    """Directory inside the export."""
    read_only: Boolean = False
    """Whether the export is mounted read-only by the target; the source always writes."""
    uid: PosixId | None = None
    """Number of the user that files belong to."""
    gid: PosixId | None = None
    """Number of the group that files belong to."""


class S3Staging(KubeModel):
    """A bucket of an S3 object store."""

    bucket: str
    """Name of the bucket."""
    credentials_secret_ref: ObjectReference
    """The Secret in the VMMigration's namespace with accessKeyID, secretAccessKey and perhaps sessionToken."""
    endpoint: Annotated[str, MaxLen(263)] | None = None
    """Host name and port of the store; that of AWS when left out."""
    region: str | None = None
    """Region of the bucket."""
    prefix: str | None = None
    """What the names of the objects begin with."""
    use_path_style: Boolean = False
    """Whether the bucket is named in the path and not in the host name."""


class MigrationStorage(KubeModel):
    """Where the disk rests on its way; the block that belongs to the type."""

    type: StagingType = StagingType.PVC
    """Sort of staging place."""
    transfer_mode: TransferMode = TransferMode.AUTO
    """Whether the hypervisor reaches the staging place itself (direct) or through its provider (relay)."""
    pvc: ClaimStaging | None = None
    """A PersistentVolumeClaim, for type pvc."""
    nfs: NfsStaging | None = None
    """An NFS export, for type nfs."""
    s3: S3Staging | None = None
    """A bucket, for type s3."""
