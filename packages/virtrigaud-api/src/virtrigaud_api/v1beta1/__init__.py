"""What users write: the kinds of infra.virtrigaud.io/v1beta1 as typed, frozen models.

`Provider.model_validate(document)` reads a manifest, `provider.to_manifest()` writes it again. Names of the API
are in `keys`. Nothing here knows how a provider is spoken to.
"""

from virtrigaud_api.v1beta1.condition import Condition, ConditionStatus
from virtrigaud_api.v1beta1.kube_object import KubeObject
from virtrigaud_api.v1beta1.object_meta import ObjectMeta, OwnerReference
from virtrigaud_api.v1beta1.provider import Provider, ProviderSpec
from virtrigaud_api.v1beta1.provider_status import ProviderStatus
from virtrigaud_api.v1beta1.quantity import Duration, Quantity
from virtrigaud_api.v1beta1.virtual_machine import VirtualMachine, VirtualMachineSpec, VirtualMachineStatus
from virtrigaud_api.v1beta1.vm_class import VMClass, VMClassSpec, VMClassStatus
from virtrigaud_api.v1beta1.vm_image import VMImage, VMImageSpec, VMImageStatus
from virtrigaud_api.v1beta1.vm_network_attachment import (
    VMNetworkAttachment,
    VMNetworkAttachmentSpec,
    VMNetworkAttachmentStatus,
)

KINDS: tuple[type[KubeObject], ...] = (Provider, VirtualMachine, VMClass, VMImage, VMNetworkAttachment)
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
    "VMImage",
    "VMImageSpec",
    "VMImageStatus",
    "VMNetworkAttachment",
    "VMNetworkAttachmentSpec",
    "VMNetworkAttachmentStatus",
    "VirtualMachine",
    "VirtualMachineSpec",
    "VirtualMachineStatus",
]
