"""The kind VMSet: a number of machines of one sort, made from a template, scaled and rolled.

The strategy of updates has a module of its own, and so has the status.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import MaxLen
from pydantic import Field

from virtrigaud_api.v1beta1 import keys
from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.kube_object import KubeObject
from virtrigaud_api.v1beta1.label_selector import LabelSelector
from virtrigaud_api.v1beta1.scalars import Int32, LabelValue, ObjectName
from virtrigaud_api.v1beta1.schema_marks import CoreType, SchemaMark
from virtrigaud_api.v1beta1.virtual_machine import VirtualMachineSpec
from virtrigaud_api.v1beta1.vm_set_status import VMSetStatus
from virtrigaud_api.v1beta1.vm_set_update import UpdateStrategy


class ClaimRetention(StrEnum):
    """What becomes of volume claims that are not needed any more."""

    RETAIN = "Retain"
    DELETE = "Delete"


class ClaimRetentionPolicy(KubeModel):
    """What becomes of the volume claims of machines that go."""

    when_deleted: ClaimRetention = ClaimRetention.RETAIN
    """When the VMSet is deleted."""
    when_scaled: ClaimRetention = ClaimRetention.RETAIN
    """When the VMSet has fewer replicas."""


class Ordinals(KubeModel):
    """How the machines are numbered."""

    start: Int32 = Field(default=0, ge=0, le=999999)
    """Number of the first machine."""


class ReplicaSelector(LabelSelector):
    """Labels by which a VMSet knows its machines."""

    match_labels: Annotated[Mapping[str, str], MaxLen(64)] = Field(default_factory=dict)
    """Labels with exactly these values."""


class TemplateMetadata(KubeModel):
    """Labels and annotations of the machines that are made."""

    labels: Annotated[Mapping[str, LabelValue], MaxLen(64)] = Field(default_factory=dict)
    """Labels; the selector must match them."""
    annotations: Annotated[Mapping[str, str], MaxLen(64)] = Field(default_factory=dict)
    """Annotations."""


class MachineTemplate(KubeModel):
    """What the machines are made from."""

    metadata: TemplateMetadata | None = None
    """Labels and annotations of the machines."""
    spec: VirtualMachineSpec
    """The machines that are wanted."""


class ClaimMetadata(KubeModel):
    """Name, labels and annotations of the volume claims that are made."""

    name: ObjectName | None = None
    """What the names of the claims begin with; the name of the machine follows."""
    labels: Annotated[Mapping[str, LabelValue], MaxLen(64)] = Field(default_factory=dict)
    """Labels."""
    annotations: Annotated[Mapping[str, str], MaxLen(64)] = Field(default_factory=dict)
    """Annotations."""


class VolumeClaimTemplate(KubeModel):
    """A volume claim that is made for each machine."""

    metadata: ClaimMetadata | None = None
    """Name, labels and annotations of the claims."""
    spec: Annotated[Mapping[str, Any], CoreType("PersistentVolumeClaimSpec")]
    """The claim, as Kubernetes defines it."""


class VMSetSpec(KubeModel):
    """The machines that are wanted."""

    replicas: Int32 = Field(default=1, ge=0, le=1000)
    """Number of machines."""
    selector: Annotated[ReplicaSelector, SchemaMark.ATOMIC_MAP]
    """Labels by which the VMSet knows its machines. It can't be changed, and the template must have them."""
    template: MachineTemplate
    """What the machines are made from."""
    service_name: Annotated[str, MaxLen(253)] | None = None
    """The Service that gives the machines their DNS names."""
    update_strategy: UpdateStrategy | None = None
    """How machines are replaced when the template changes."""
    min_ready_seconds: Int32 | None = Field(default=None, ge=0, le=3600)
    """How long a machine must be ready before it counts as available, in seconds."""
    revision_history_limit: Int32 = Field(default=10, ge=0, le=100)
    """Number of earlier templates that are kept for going back."""
    ordinals: Ordinals | None = None
    """How the machines are numbered."""
    volume_claim_templates: Annotated[tuple[VolumeClaimTemplate, ...], MaxLen(20)] = ()
    """Volume claims that are made for each machine."""
    persistent_volume_claim_retention_policy: ClaimRetentionPolicy | None = None
    """What becomes of the volume claims of machines that go."""


class VMSet(KubeObject):
    """A number of virtual machines of one sort."""

    names: ClassVar = keys.VM_SET

    kind: Literal["VMSet"] = "VMSet"
    spec: VMSetSpec
    """The machines that are wanted."""
    status: VMSetStatus = Field(default_factory=VMSetStatus)
    """The machines as they were last seen. Written by VirtRigaud."""
