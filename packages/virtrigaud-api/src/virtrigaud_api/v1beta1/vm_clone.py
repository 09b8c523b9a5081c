"""The kind VMClone: a new machine out of another one, out of a snapshot, a template or an image.

What the guest of the new machine is told has a module of its own, and so have the options of the copying.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from annotated_types import MaxLen
from pydantic import Field

from virtrigaud_api.v1beta1 import keys
from virtrigaud_api.v1beta1.condition import Conditions
from virtrigaud_api.v1beta1.disk import Disk
from virtrigaud_api.v1beta1.environment import Environment
from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.kube_object import KubeObject
from virtrigaud_api.v1beta1.network_ref import NetworkRef
from virtrigaud_api.v1beta1.phases import VMClonePhase
from virtrigaud_api.v1beta1.references import LocalReference, ObjectReference
from virtrigaud_api.v1beta1.scalars import Boolean, Int32, Int64, NamespaceName, ObjectName, Timestamp
from virtrigaud_api.v1beta1.schema_marks import ListMap
from virtrigaud_api.v1beta1.vm_clone_customization import CloneCustomization
from virtrigaud_api.v1beta1.vm_clone_options import CloneOptions, CloneType


class ClonePurpose(StrEnum):
    """What a clone is for."""

    BACKUP = "backup"
    TESTING = "testing"
    MIGRATION = "migration"
    DEVELOPMENT = "development"
    PRODUCTION = "production"
    STAGING = "staging"


class CloneSource(KubeModel):
    """What the new machine is made from; exactly one source."""

    vm_ref: LocalReference | None = None
    """A VirtualMachine, as it is now."""
    snapshot_ref: LocalReference | None = None
    """A VMSnapshot: its machine, as it was then."""
    template_ref: ObjectReference | None = None
    """A VMImage that stands for a template of the hypervisor."""
    image_ref: ObjectReference | None = None
    """A VMImage."""


class CloneTarget(KubeModel):
    """The new machine."""

    name: ObjectName
    """Name of the VirtualMachine that is made."""
    namespace: NamespaceName | None = None
    """Namespace of the VirtualMachine; that of the VMClone when left out."""
    provider_ref: ObjectReference | None = None
    """The Provider that runs the new machine; that of the source when left out."""
    class_ref: LocalReference | None = None
    """The VMClass of the new machine; that of the source when left out."""
    placement_ref: LocalReference | None = None
    """The VMPlacementPolicy that chooses where the new machine goes."""
    networks: Annotated[tuple[NetworkRef, ...], MaxLen(10), ListMap("name")] = ()
    """Network interfaces instead of those of the source."""
    disks: Annotated[tuple[Disk, ...], MaxLen(20), ListMap("name")] = ()
    """Data disks instead of those of the source."""
    labels: Annotated[Mapping[str, str], MaxLen(50)] = Field(default_factory=dict)
    """Labels of the VirtualMachine."""
    annotations: Annotated[Mapping[str, str], MaxLen(50)] = Field(default_factory=dict)
    """Annotations of the VirtualMachine."""


class CloneMetadata(KubeModel):
    """What people want to know about the clone."""

    created_by: Annotated[str, MaxLen(255)] | None = None
    """Who asked for it."""
    project: Annotated[str, MaxLen(255)] | None = None
    """Project that it belongs to."""
    environment: Environment | None = None
    """What the new machine is used for."""
    purpose: ClonePurpose | None = None
    """What the clone is for."""
    tags: Annotated[Mapping[str, str], MaxLen(50)] = Field(default_factory=dict)
    """Tags to find the clone by."""


class VMCloneSpec(KubeModel):
    """The clone that is wanted."""

    source: CloneSource
    """What the new machine is made from. It can't be changed."""
    target: CloneTarget
    """The new machine. It can't be changed here; change the VirtualMachine."""
    options: CloneOptions | None = None
    """How the copy is made."""
    customization: CloneCustomization | None = None
    """What the guest of the new machine is told, so that it is not mistaken for the source."""
    metadata: CloneMetadata | None = None
    """What people want to know about the clone."""


class DiskCloneProgress(KubeModel):
    """How far the copy of one disk has come."""

    name: str
    """Name of the disk."""
    percentage: Int32 | None = Field(default=None, ge=0, le=100)
    """How much is done, in percent."""
    completed_bytes: Int64 | None = None
    """How much is copied, in bytes."""
    total_bytes: Int64 | None = None
    """How much there is to copy, in bytes."""
    transfer_rate: Int64 | None = None
    """How fast it goes, in bytes a second."""


class CloneProgress(KubeModel):
    """How far the copy has come."""

    overall_percentage: Int32 | None = Field(default=None, ge=0, le=100)
    """How much of all disks is done, in percent."""
    total_disks: Int32 | None = None
    """Number of disks to copy."""
    completed_disks: Int32 | None = None
    """Number of disks copied."""
    current_disk: DiskCloneProgress | None = None
    """The disk that is being copied."""
    eta: str | None = None
    """How much longer it is expected to take."""


class CustomizationStatus(KubeModel):
    """How far the customization of the guest has come."""

    started: Boolean | None = None
    """Whether it has begun."""
    completed: Boolean | None = None
    """Whether it is done."""
    current_step: str | None = None
    """What is being done."""
    completed_steps: tuple[str, ...] = ()
    """What is done."""
    failed_steps: tuple[str, ...] = ()
    """What failed."""
    message: str | None = None
    """Where the customization stands, in one sentence."""


class VMCloneStatus(KubeModel):
    """The clone as it was last seen."""

    phase: VMClonePhase | None = None
    """Where the clone stands, in one word."""
    message: str | None = None
    """Where the clone stands, in one sentence."""
    target_ref: LocalReference | None = None
    """The VirtualMachine that was made."""
    target_vm_id: str | None = None
    """The hypervisor's name for the new machine."""
    actual_clone_type: CloneType | None = None
    """How the disks were in fact copied."""
    start_time: Timestamp | None = None
    """When the copy began."""
    completion_time: Timestamp | None = None
    """When the new machine was ready."""
    progress: CloneProgress | None = None
    """How far the copy has come."""
    customization_status: CustomizationStatus | None = None
    """How far the customization of the guest has come."""
    task_ref: str | None = None
    """The hypervisor's task that is under way."""
    retry_count: Int32 | None = None
    """Number of times that it was tried again."""
    last_retry_time: Timestamp | None = None
    """When it was last tried again."""
    observed_generation: Int64 | None = None
    """The metadata.generation that this status speaks of."""
    conditions: Conditions = ()
    """What is known about the clone, one fact per condition."""


class VMClone(KubeObject):
    """A new virtual machine out of another one, a snapshot, a template or an image."""

    names: ClassVar = keys.VM_CLONE

    kind: Literal["VMClone"] = "VMClone"
    spec: VMCloneSpec
    """The clone that is wanted."""
    status: VMCloneStatus = Field(default_factory=VMCloneStatus)
    """The clone as it was last seen. Written by VirtRigaud."""
