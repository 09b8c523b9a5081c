"""The kind VMSnapshot: a machine as it was at a point in time, taken once or by a schedule, kept as long as said."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from annotated_types import MaxLen
from pydantic import Field, StringConstraints

from virtrigaud_api.quantity import Duration, Quantity
from virtrigaud_api.v1beta1 import keys
from virtrigaud_api.v1beta1.condition import Conditions
from virtrigaud_api.v1beta1.cron import CronSchedule, TimeZone
from virtrigaud_api.v1beta1.environment import Environment
from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.kube_object import KubeObject
from virtrigaud_api.v1beta1.phases import VMSnapshotPhase
from virtrigaud_api.v1beta1.references import LocalReference
from virtrigaud_api.v1beta1.scalars import Boolean, Int32, Int64, Timestamp
from virtrigaud_api.v1beta1.vm_class import KeyProvider


class SnapshotType(StrEnum):
    """How much the guest takes part in a snapshot."""

    STANDARD = "Standard"
    CRASH = "Crash"
    APPLICATION = "Application"


class ConsistencyLevel(StrEnum):
    """What can be relied on after a machine was reverted to a snapshot."""

    CRASH_CONSISTENT = "CrashConsistent"
    FILESYSTEM_CONSISTENT = "FilesystemConsistent"
    APPLICATION_CONSISTENT = "ApplicationConsistent"


class ConcurrencyPolicy(StrEnum):
    """What happens when a snapshot is due while the one before is still being taken."""

    ALLOW = "Allow"
    FORBID = "Forbid"
    REPLACE = "Replace"


class SnapshotPurpose(StrEnum):
    """What a snapshot is for."""

    BACKUP = "backup"
    TESTING = "testing"
    MIGRATION = "migration"
    RESTORE_POINT = "restore-point"
    UPDATE = "update"
    OTHER = "other"


class SnapshotEncryption(KubeModel):
    """Encryption of the snapshot by the hypervisor."""

    enabled: Boolean = False
    """Whether the snapshot is encrypted."""
    key_provider: KeyProvider | None = None
    """Where the key comes from."""
    key_ref: LocalReference | None = None
    """The Secret that holds the key, for key provider external."""


class SnapshotConfig(KubeModel):
    """How the snapshot is taken."""

    name: (
        Annotated[str, StringConstraints(max_length=255, pattern=r"^[a-zA-Z0-9]([a-zA-Z0-9\-_]*[a-zA-Z0-9])?$")] | None
    ) = None
    """Name of the snapshot on the hypervisor; that of the VMSnapshot when left out."""
    description: Annotated[str, MaxLen(1024)] | None = None
    """What the snapshot is for, as the hypervisor shows it."""
    include_memory: Boolean = False
    """Whether the memory of the running machine goes into the snapshot, so that a revert goes on from there."""
    quiesce: Boolean = True
    """Whether the guest is asked to write its file systems out first. Needs the guest tools or agent."""
    type: SnapshotType = SnapshotType.STANDARD
    """How much the guest takes part: as configured (Standard), not at all (Crash), or its programs too."""
    consistency_level: ConsistencyLevel = ConsistencyLevel.FILESYSTEM_CONSISTENT
    """What can be relied on after a revert."""
    compression: Boolean = False
    """Whether the snapshot is compressed."""
    encryption: SnapshotEncryption | None = None
    """Encryption of the snapshot by the hypervisor."""


class RetentionPolicy(KubeModel):
    """How long snapshots are kept."""

    max_age: Duration | None = None
    """Age at which a snapshot expires, for example 168h; never when left out."""
    max_count: Int32 | None = Field(default=None, ge=1, le=100)
    """Most snapshots of a schedule; the oldest goes first."""
    grace_period: Duration = Duration("24h")
    """Time between expiry and deletion, in which a snapshot can still be pinned."""
    preserve_pinned: Boolean = True
    """Whether pinned snapshots are kept whatever their age and number."""
    delete_on_vm_delete: Boolean = True
    """Whether the snapshots go when their VirtualMachine is deleted."""


class SnapshotSchedule(KubeModel):
    """When snapshots are taken again and again."""

    enabled: Boolean = False
    """Whether the schedule holds; without it one snapshot is taken at once."""
    cron_spec: CronSchedule | None = None
    """When snapshots are due: five fields as in cron(5), a macro such as @daily, or @every 6h."""
    timezone: TimeZone = "UTC"
    """Time zone of the schedule, by its IANA name, for example Europe/Berlin."""
    suspend: Boolean = False
    """Whether the schedule pauses; what was taken is kept."""
    concurrency_policy: ConcurrencyPolicy = ConcurrencyPolicy.FORBID
    """What happens when one is due while the one before is under way: both (Allow), skip it, or start anew."""
    successful_jobs_history_limit: Int32 = Field(default=3, ge=0, le=100)
    """Number of good runs that are remembered."""
    failed_jobs_history_limit: Int32 = Field(default=1, ge=0, le=100)
    """Number of failed runs that are remembered."""


class SnapshotMetadata(KubeModel):
    """What people want to know about the snapshot."""

    application: Annotated[str, MaxLen(255)] | None = None
    """Application that runs in the machine."""
    environment: Environment | None = None
    """What the machine is used for."""
    purpose: SnapshotPurpose | None = None
    """What the snapshot is for."""
    pinned: Boolean = False
    """Whether the snapshot is kept beyond the retention policy."""
    tags: Annotated[Mapping[str, str], MaxLen(50)] = Field(default_factory=dict)
    """Tags to find the snapshot by."""


class VMSnapshotSpec(KubeModel):
    """The snapshot that is wanted."""

    vm_ref: LocalReference
    """The VirtualMachine that the snapshot is taken of. It can't be changed."""
    snapshot_config: SnapshotConfig | None = None
    """How the snapshot is taken."""
    retention_policy: RetentionPolicy | None = None
    """How long it is kept; until the VMSnapshot is deleted when left out."""
    schedule: SnapshotSchedule | None = None
    """When snapshots are taken again and again."""
    metadata: SnapshotMetadata | None = None
    """What people want to know about the snapshot."""


class SnapshotReference(KubeModel):
    """Another VMSnapshot of the same machine."""

    name: str
    """Name of the VMSnapshot."""
    namespace: str | None = None
    """Namespace of the VMSnapshot."""
    uid: str | None = None
    """The uid of the VMSnapshot."""


class SnapshotProgress(KubeModel):
    """How far the snapshot has come."""

    percentage: Int32 | None = Field(default=None, ge=0, le=100)
    """How much is done, in percent."""
    completed_bytes: Int64 | None = None
    """How much is written, in bytes."""
    total_bytes: Int64 | None = None
    """How much there is to write, in bytes."""
    start_time: Timestamp | None = None
    """When the hypervisor began."""
    eta: str | None = None
    """How much longer it is expected to take."""


class ProviderSnapshotStatus(KubeModel):
    """The snapshot on one provider."""

    available: Boolean
    """Whether the machine can be reverted to it."""
    id: str | None = None
    """The hypervisor's name for the snapshot."""
    path: str | None = None
    """Where the snapshot is, by a path of the hypervisor."""
    state: str | None = None
    """State of the snapshot, in the hypervisor's words."""
    message: str | None = None
    """Where the snapshot stands there, in one sentence."""
    last_updated: Timestamp | None = None
    """When this was last seen."""


class VMSnapshotStatus(KubeModel):
    """The snapshot as it was last seen."""

    snapshot_id: str | None = None
    """The hypervisor's name for the snapshot; set once it exists."""
    phase: VMSnapshotPhase | None = None
    """Where the snapshot stands, in one word."""
    message: str | None = None
    """Where the snapshot stands, in one sentence."""
    creation_time: Timestamp | None = None
    """When the hypervisor took it."""
    completion_time: Timestamp | None = None
    """When it was complete."""
    expiry_time: Timestamp | None = None
    """When it expires."""
    size: Quantity | None = None
    """Space that it takes up."""
    virtual_size: Quantity | None = None
    """Size of the disks that it stands for."""
    parent: SnapshotReference | None = None
    """The snapshot before it."""
    children: tuple[SnapshotReference, ...] = ()
    """The snapshots after it."""
    progress: SnapshotProgress | None = None
    """How far it has come."""
    provider_status: Mapping[str, ProviderSnapshotStatus] = Field(default_factory=dict)
    """The snapshot on each provider."""
    task_ref: str | None = None
    """The hypervisor's task that is under way."""
    observed_generation: Int64 | None = None
    """The metadata.generation that this status speaks of."""
    conditions: Conditions = ()
    """What is known about the snapshot, one fact per condition."""


class VMSnapshot(KubeObject):
    """A virtual machine as it was at a point in time."""

    names: ClassVar = keys.VM_SNAPSHOT

    kind: Literal["VMSnapshot"] = "VMSnapshot"
    spec: VMSnapshotSpec
    """The snapshot that is wanted."""
    status: VMSnapshotStatus = Field(default_factory=VMSnapshotStatus)
    """The snapshot as it was last seen. Written by VirtRigaud."""
