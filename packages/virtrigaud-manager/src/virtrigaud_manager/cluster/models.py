"""The kinds of ours that the manager watches, by the models that they are read with."""

from collections.abc import Mapping
from typing import Final

from virtrigaud_api.v1beta1 import (
    KubeObject,
    Provider,
    VirtualMachine,
    VMClass,
    VMImage,
    VMNetworkAttachment,
    VMSnapshot,
)

from virtrigaud_manager.cluster.object_key import ObjectKind

MODELS: Final[Mapping[ObjectKind, type[KubeObject]]] = {
    ObjectKind.PROVIDER: Provider,
    ObjectKind.VIRTUAL_MACHINE: VirtualMachine,
    ObjectKind.VM_CLASS: VMClass,
    ObjectKind.VM_IMAGE: VMImage,
    ObjectKind.VM_NETWORK_ATTACHMENT: VMNetworkAttachment,
    ObjectKind.VM_SNAPSHOT: VMSnapshot,
}
