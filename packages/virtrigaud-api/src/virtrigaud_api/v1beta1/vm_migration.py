"""The kind VMMigration: a machine moves from one provider to another, through a staging place.

The staging place has a module of its own, and so has the status.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from annotated_types import MaxLen
from pydantic import Field

from virtrigaud_api.quantity import Duration
from virtrigaud_api.v1beta1 import keys
from virtrigaud_api.v1beta1.disk import Disk
from virtrigaud_api.v1beta1.environment import Environment
from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.kube_object import KubeObject
from virtrigaud_api.v1beta1.network_ref import NetworkRef
from virtrigaud_api.v1beta1.references import LocalReference, ObjectReference
from virtrigaud_api.v1beta1.scalars import Boolean, Int32, NamespaceName, ObjectName
from virtrigaud_api.v1beta1.schema_marks import ListMap
from virtrigaud_api.v1beta1.vm_migration_status import VMMigrationStatus
from virtrigaud_api.v1beta1.vm_migration_storage import MigrationStorage


class CleanupPolicy(StrEnum):
    """When the staging place is emptied."""

    ALWAYS = "Always"
    ON_SUCCESS = "OnSuccess"
    NEVER = "Never"


class MigrationDiskFormat(StrEnum):
    """Format of the disk on the target."""

    QCOW2 = "qcow2"
    VMDK = "vmdk"
    RAW = "raw"


class MigrationPurpose(StrEnum):
    """What a migration is for."""

    DISASTER_RECOVERY = "disaster-recovery"
    CLOUD_MIGRATION = "cloud-migration"
    PROVIDER_CHANGE = "provider-change"
    TESTING = "testing"
    MAINTENANCE = "maintenance"


class MigrationSource(KubeModel):
    """The machine that moves."""

    vm_ref: LocalReference
    """The VirtualMachine that moves."""
    provider_ref: ObjectReference | None = None
    """The Provider that it runs on; that of the VirtualMachine when left out."""
    snapshot_ref: LocalReference | None = None
    """The VMSnapshot that is moved, instead of the machine as it is now."""
    create_snapshot: Boolean = True
    """Whether a snapshot is taken first, so that the source can go on running."""
    power_off_before_migration: Boolean = False
    """Whether the source is stopped first, so that nothing is written after the copy has begun."""
    delete_after_migration: Boolean = False
    """Whether the source is deleted once the target was seen running."""


class MigrationTarget(KubeModel):
    """The machine after it has moved."""

    name: ObjectName
    """Name of the VirtualMachine that is made."""
    namespace: NamespaceName | None = None
    """Namespace of the VirtualMachine; that of the VMMigration when left out."""
    provider_ref: ObjectReference
    """The Provider that the machine moves to."""
    class_ref: LocalReference | None = None
    """The VMClass of the machine there; that of the source when left out."""
    image_ref: LocalReference | None = None
    """The VMImage that the machine was made from, for the record; the disk comes from the source."""
    placement_ref: LocalReference | None = None
    """The VMPlacementPolicy that chooses where the machine goes."""
    networks: Annotated[tuple[NetworkRef, ...], MaxLen(10), ListMap("name")] = ()
    """Network interfaces there; the hardware addresses of the source are kept where they are not named."""
    disks: Annotated[tuple[Disk, ...], MaxLen(20), ListMap("name")] = ()
    """Data disks there, in addition to those that move."""
    power_on: Boolean = False
    """Whether the machine is started there."""
    labels: Annotated[Mapping[str, str], MaxLen(50)] = Field(default_factory=dict)
    """Labels of the VirtualMachine."""
    annotations: Annotated[Mapping[str, str], MaxLen(50)] = Field(default_factory=dict)
    """Annotations of the VirtualMachine."""


class MigrationRetryPolicy(KubeModel):
    """How often a migration is tried again."""

    max_retries: Int32 = Field(default=3, ge=0, le=10)
    """Most attempts after the first one."""
    retry_delay: Duration = Duration("5m")
    """Time before the first of them."""
    backoff_multiplier: Int32 = Field(default=2, ge=1, le=10)
    """How many times longer each wait is than the one before."""


class ValidationChecks(KubeModel):
    """What is checked before the migration counts as done."""

    check_disk_size: Boolean = True
    """Whether the disk has the same size on both sides."""
    check_checksum: Boolean = True
    """Whether the disk has the same content on both sides."""
    check_boot: Boolean = False
    """Whether the machine was seen running on the target."""
    check_connectivity: Boolean = False
    """Whether the guest has an address on the target."""


class MigrationOptions(KubeModel):
    """How the machine moves."""

    disk_format: MigrationDiskFormat | None = None
    """Format of the disk on the target; that of its provider when left out."""
    compress: Boolean = False
    """Whether the disk is compressed on its way."""
    verify_checksums: Boolean = True
    """Whether the bytes are checked on their way."""
    timeout: Duration = Duration("4h")
    """How long the migration may take."""
    cleanup_policy: CleanupPolicy = CleanupPolicy.ON_SUCCESS
    """When the staging place is emptied of what the migration has put there."""
    retry_policy: MigrationRetryPolicy | None = None
    """How often the migration is tried again."""
    validation_checks: ValidationChecks | None = None
    """What is checked before the migration counts as done."""


class MigrationMetadata(KubeModel):
    """What people want to know about the migration."""

    created_by: Annotated[str, MaxLen(255)] | None = None
    """Who asked for it."""
    project: Annotated[str, MaxLen(255)] | None = None
    """Project that it belongs to."""
    environment: Environment | None = None
    """What the machine is used for."""
    purpose: MigrationPurpose | None = None
    """What the migration is for."""
    tags: Annotated[Mapping[str, str], MaxLen(50)] = Field(default_factory=dict)
    """Tags to find the migration by."""


class VMMigrationSpec(KubeModel):
    """The migration that is wanted."""

    source: MigrationSource
    """The machine that moves. It can't be changed."""
    target: MigrationTarget
    """The machine after it has moved. It can't be changed."""
    storage: MigrationStorage | None = None
    """Where the disk rests on its way; a volume claim that is made for it when left out."""
    options: MigrationOptions | None = None
    """How the machine moves."""
    metadata: MigrationMetadata | None = None
    """What people want to know about the migration."""


class VMMigration(KubeObject):
    """A virtual machine moves from one provider to another."""

    names: ClassVar = keys.VM_MIGRATION

    kind: Literal["VMMigration"] = "VMMigration"
    spec: VMMigrationSpec
    """The migration that is wanted."""
    status: VMMigrationStatus = Field(default_factory=VMMigrationStatus)
    """The migration as it was last seen. Written by VirtRigaud."""
