"""What users write: the kinds of infra.virtrigaud.io/v1beta1 as typed, frozen models.

`Provider.model_validate(document)` reads a manifest, `provider.to_manifest()` writes it again. Names of the API
are in `keys`. Nothing here knows how a provider is spoken to.
"""

from virtrigaud_api.quantity import Duration, Quantity
from virtrigaud_api.v1beta1.condition import Condition, ConditionStatus
from virtrigaud_api.v1beta1.kube_object import KubeObject
from virtrigaud_api.v1beta1.object_meta import ObjectMeta, OwnerReference
from virtrigaud_api.v1beta1.provider import Provider, ProviderSpec
from virtrigaud_api.v1beta1.provider_status import ProviderStatus
from virtrigaud_api.v1beta1.virtual_machine import VirtualMachine, VirtualMachineSpec, VirtualMachineStatus
from virtrigaud_api.v1beta1.vm_class import VMClass, VMClassSpec, VMClassStatus
from virtrigaud_api.v1beta1.vm_clone import VMClone, VMCloneSpec, VMCloneStatus
from virtrigaud_api.v1beta1.vm_image import VMImage, VMImageSpec, VMImageStatus
from virtrigaud_api.v1beta1.vm_migration import VMMigration, VMMigrationSpec
from virtrigaud_api.v1beta1.vm_migration_status import VMMigrationStatus
from virtrigaud_api.v1beta1.vm_network_attachment import (
    VMNetworkAttachment,
    VMNetworkAttachmentSpec,
    VMNetworkAttachmentStatus,
)
from virtrigaud_api.v1beta1.vm_placement_policy import VMPlacementPolicy, VMPlacementPolicySpec
from virtrigaud_api.v1beta1.vm_placement_status import VMPlacementPolicyStatus
from virtrigaud_api.v1beta1.vm_set import VMSet, VMSetSpec
from virtrigaud_api.v1beta1.vm_set_status import VMSetStatus
from virtrigaud_api.v1beta1.vm_snapshot import VMSnapshot, VMSnapshotSpec, VMSnapshotStatus

KINDS: tuple[type[KubeObject], ...] = (
    Provider,
    VirtualMachine,
    VMClass,
    VMImage,
    VMNetworkAttachment,
    VMPlacementPolicy,
    VMSet,
    VMSnapshot,
    VMClone,
    VMMigration,
)
"""All kinds, in the order in which people meet them."""

__all__ = [
    "KINDS",
    "Condition",
    "ConditionStatus",
    "Duration",
    "KubeObject",
    "ObjectMeta",
    "OwnerReference",
    "Provider",
    "ProviderSpec",
    "ProviderStatus",
    "Quantity",
    "VMClass",
    "VMClassSpec",
    "VMClassStatus",
    "VMClone",
    "VMCloneSpec",
    "VMCloneStatus",
    "VMImage",
    "VMImageSpec",
    "VMImageStatus",
    "VMMigration",
    "VMMigrationSpec",
    "VMMigrationStatus",
    "VMNetworkAttachment",
    "VMNetworkAttachmentSpec",
    "VMNetworkAttachmentStatus",
    "VMPlacementPolicy",
    "VMPlacementPolicySpec",
    "VMPlacementPolicyStatus",
    "VMSet",
    "VMSetSpec",
    "VMSetStatus",
    "VMSnapshot",
    "VMSnapshotSpec",
    "VMSnapshotStatus",
    "VirtualMachine",
    "VirtualMachineSpec",
    "VirtualMachineStatus",
]
