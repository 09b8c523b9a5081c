"""What is known about a migration: where it stands, what it has made, and what was checked."""

from pydantic import Field

from virtrigaud_api.quantity import Quantity
from virtrigaud_api.v1beta1.condition import Conditions
from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.phases import VMMigrationPhase
from virtrigaud_api.v1beta1.references import LocalReference
from virtrigaud_api.v1beta1.scalars import Boolean, Int32, Int64, Timestamp


class MigrationProgress(KubeModel):
    """How far the migration has come."""

    current_phase: VMMigrationPhase | None = None
    """The phase that this speaks of."""
    phase_start_time: Timestamp | None = None
    """When the phase began."""
    percentage: Int32 | None = Field(default=None, ge=0, le=100)
    """How much is done, in percent."""
    transferred_bytes: Int64 | None = None
    """How much is transferred, in bytes."""
    total_bytes: Int64 | None = None
    """How much there is to transfer, in bytes."""
    transfer_rate: Int64 | None = None
    """How fast it goes, in bytes a second."""
    eta: str | None = None
    """How much longer it is expected to take."""


class MigrationDisk(KubeModel):
    """The disk that moves, on both sides."""

    source_disk_id: str | None = None
    """The source hypervisor's name for the disk."""
    source_format: str | None = None
    """Format of the disk on the source."""
    source_size: Quantity | None = None
    """Size of the disk on the source."""
    source_checksum: str | None = None
    """SHA-256 of the disk on the source, in hexadecimal digits."""
    target_disk_id: str | None = None
    """The target hypervisor's name for the disk."""
    target_path: str | None = None
    """Where the disk is on the target, by a path of the hypervisor."""
    target_format: str | None = None
    """Format of the disk on the target."""
    target_size: Quantity | None = None
    """Size of the disk on the target."""
    target_checksum: str | None = None
    """SHA-256 of the disk on the target, in hexadecimal digits."""
    checksum: str | None = None
    """SHA-256 of what was transferred, in hexadecimal digits."""


class StagedDisk(KubeModel):
    """The disk in the staging place."""

    url: str | None = None
    """Where the disk is, without credentials."""
    size: Quantity | None = None
    """Space that it takes up there."""
    uploaded_at: Timestamp | None = None
    """When it was complete there."""
    cleaned_up: Boolean | None = None
    """Whether it was deleted there."""


class ValidationResults(KubeModel):
    """What was checked, and how it came out."""

    disk_size_match: Boolean | None = None
    """Whether the disk has the same size on both sides."""
    checksum_match: Boolean | None = None
    """Whether the disk has the same content on both sides."""
    boot_success: Boolean | None = None
    """Whether the machine was seen running on the target."""
    connectivity_success: Boolean | None = None
    """Whether the guest has an address on the target."""
    validation_errors: tuple[str, ...] = ()
    """What was found wrong."""


class VMMigrationStatus(KubeModel):
    """The migration as it was last seen."""

    phase: VMMigrationPhase | None = None
    """Where the migration stands, in one word."""
    message: str | None = None
    """Where the migration stands, in one sentence."""
    start_time: Timestamp | None = None
    """When the migration began."""
    completion_time: Timestamp | None = None
    """When the migration was done."""
    target_vm_ref: LocalReference | None = None
    """The VirtualMachine that was made."""
    target_vm_id: str | None = None
    """The target hypervisor's name for the machine."""
    snapshot_id: str | None = None
    """The source hypervisor's name for the snapshot that is moved."""
    snapshot_ref: str | None = None
    """The VMSnapshot that is moved."""
    export_id: str | None = None
    """The source provider's name for the export."""
    import_id: str | None = None
    """The target provider's name for the import."""
    storage_pvc_name: str | None = None
    """The PersistentVolumeClaim that the disk rests on."""
    task_ref: str | None = None
    """The hypervisor's task that is under way."""
    progress: MigrationProgress | None = None
    """How far the migration has come."""
    disk_info: MigrationDisk | None = None
    """The disk that moves, on both sides."""
    storage_info: StagedDisk | None = None
    """The disk in the staging place."""
    validation_results: ValidationResults | None = None
    """What was checked, and how it came out."""
    retry_count: Int32 | None = None
    """Number of times that it was tried again."""
    last_retry_time: Timestamp | None = None
    """When it was last tried again."""
    observed_generation: Int64 | None = None
    """The metadata.generation that this status speaks of."""
    conditions: Conditions = ()
    """What is known about the migration, one fact per condition."""
