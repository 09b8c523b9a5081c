"""Rules for machines and what they are made of: VirtualMachine, VMSet and VMClass."""

from collections.abc import Mapping
from typing import Final

from virtrigaud_api.crd.rule import Rule, exactly_one, immutable, needs, only_with
from virtrigaud_api.v1beta1 import VirtualMachine, VirtualMachineSpec, VMClassSpec, VMSetSpec
from virtrigaud_api.v1beta1.disk import Disk
from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.lifecycle import LifecycleHook
from virtrigaud_api.v1beta1.network_ref import NetworkRef
from virtrigaud_api.v1beta1.restart_policy import RestartPolicy
from virtrigaud_api.v1beta1.user_data import CloudInit, CloudInitMetaData, CloudInitNetworkData, Ignition, UserData
from virtrigaud_api.v1beta1.vm_class import EncryptionPolicy, ResourceLimits, SecurityProfile
from virtrigaud_api.v1beta1.vm_set_update import RollingUpdate, UpdateStrategy

_IMAGE_STAYS: Final = Rule(
    condition=(
        "!has(oldSelf.status) || !has(oldSelf.status.id) || (has(self.spec.imageRef) == has(oldSelf.spec.imageRef)"
        " && (!has(self.spec.imageRef) || self.spec.imageRef == oldSelf.spec.imageRef))"
    ),
    message=(
        "imageRef cannot be changed once the machine exists, because its root disk is made once; "
        "make another VirtualMachine from the other image"
    ),
    field_path=".spec.imageRef",
)
_PROVIDER_STAYS: Final = Rule(
    condition="self.spec.providerRef == oldSelf.spec.providerRef",
    message="providerRef cannot be changed; move the machine with a VMMigration, or delete it and create it anew",
    field_path=".spec.providerRef",
)
_IMAGE_OR_DISK: Final = Rule(
    condition="has(self.imageRef) != has(self.importedDisk)",
    message="name the root disk by exactly one of imageRef (made from an image) and importedDisk (exists already)",
)
_ADDRESS_NEEDS_PREFIX: Final = needs(
    "ipAddress",
    "prefix",
    "a static ipAddress needs prefix, the length of the network prefix in bits, for example 24",
)
_DISK_ONLY_GROWS: Final = Rule(
    condition="self.sizeGiB >= oldSelf.sizeGiB",
    message="sizeGiB cannot become less: a disk grows and never shrinks; add a smaller disk and copy the data",
    field_path=".sizeGiB",
)
_ONE_HOOK: Final = exactly_one(
    ("exec", "httpGet", "snapshot"), "a hook does exactly one of exec, httpGet and snapshot; write one of them"
)
_ONE_DOCUMENT: Final = exactly_one(
    ("inline", "secretRef"), "write the document in exactly one place: inline, or in the Secret that secretRef names"
)
_ONE_KIND_OF_USER_DATA: Final = Rule(
    condition="!(has(self.cloudInit) && has(self.ignition))",
    message="a guest reads either cloudInit or ignition; write one of them",
)
_WINDOWS_FOR_WITHIN_WINDOW: Final = Rule(
    condition="(self.type == 'WithinWindow') == (has(self.windows) && size(self.windows) > 0)",
    message="windows go with type WithinWindow, which needs at least one of them; write both or none",
    field_path=".windows",
)

_SECURE_BOOT_NEEDS_UEFI: Final = Rule(
    condition="!has(self.securityProfile) || !self.securityProfile.secureBoot || self.firmware != 'BIOS'",
    message="secureBoot needs firmware UEFI",
    field_path=".firmware",
)
_VERSION_NEEDS_TPM: Final = only_with("tpmVersion", "self.tpmEnabled", "tpmVersion needs tpmEnabled: true")
_REQUIRED_ENCRYPTION_IS_ENABLED: Final = Rule(
    condition="!self.requireEncryption || self.enabled",
    message="requireEncryption needs enabled: true",
    field_path=".requireEncryption",
)
_RESERVATION_WITHIN_LIMIT: Final = Rule(
    condition="!has(self.cpuLimit) || !has(self.cpuReservation) || self.cpuReservation <= self.cpuLimit",
    message="cpuReservation cannot be more than cpuLimit; lower the one or raise the other",
    field_path=".cpuReservation",
)

_SELECTOR_STAYS: Final = immutable(
    "selector", "selector cannot be changed, because machines would be lost or taken over; make another VMSet"
)
_SELECTOR_SELECTS: Final = Rule(
    condition=(
        "(has(self.selector.matchLabels) && size(self.selector.matchLabels) > 0)"
        " || (has(self.selector.matchExpressions) && size(self.selector.matchExpressions) > 0)"
    ),
    message="an empty selector would select every machine; write matchLabels",
    field_path=".selector",
)
_TEMPLATE_HAS_THE_LABELS: Final = Rule(
    condition=(
        "!has(self.selector.matchLabels) || size(self.selector.matchLabels) == 0"
        " || (has(self.template.metadata) && has(self.template.metadata.labels)"
        " && self.selector.matchLabels.all(key, key in self.template.metadata.labels"
        " && self.template.metadata.labels[key] == self.selector.matchLabels[key]))"
    ),
    message="template.metadata.labels must have every label of selector.matchLabels, or the set finds no machine",
    field_path=".template",
)
_DISK_OF_ONE_MACHINE: Final = Rule(
    condition="self.replicas <= 1 || !has(self.template.spec.importedDisk)",
    message="machines cannot share a root disk: with replicas above 1 the template names imageRef, not importedDisk",
    field_path=".template",
)
_ADDRESS_OF_ONE_MACHINE: Final = Rule(
    condition=(
        "self.replicas <= 1 || !has(self.template.spec.networks)"
        " || self.template.spec.networks.all(network, !has(network.ipAddress) && !has(network.macAddress))"
    ),
    message="machines cannot share an address: with replicas above 1 leave out ipAddress and macAddress of networks",
    field_path=".template",
)
_ROLLING_UPDATE_HAS_ITS_TYPE: Final = only_with(
    "rollingUpdate", "self.type == 'RollingUpdate'", "rollingUpdate needs type: RollingUpdate"
)
_ROLLING_UPDATE_CAN_MOVE: Final = Rule(
    condition=(
        "!((self.maxUnavailable == 0 || self.maxUnavailable == '0%') && (self.maxSurge == 0 || self.maxSurge == '0%'))"
    ),
    message="with maxUnavailable and maxSurge both 0 no machine can ever be replaced; raise one of them",
    field_path=".maxUnavailable",
)

RULES: Final[Mapping[type[KubeModel], tuple[Rule, ...]]] = {
    VirtualMachine: (_PROVIDER_STAYS, _IMAGE_STAYS),
    VirtualMachineSpec: (_IMAGE_OR_DISK,),
    NetworkRef: (_ADDRESS_NEEDS_PREFIX,),
    Disk: (_DISK_ONLY_GROWS,),
    LifecycleHook: (_ONE_HOOK,),
    CloudInit: (_ONE_DOCUMENT,),
    CloudInitMetaData: (_ONE_DOCUMENT,),
    CloudInitNetworkData: (_ONE_DOCUMENT,),
    Ignition: (_ONE_DOCUMENT,),
    UserData: (_ONE_KIND_OF_USER_DATA,),
    RestartPolicy: (_WINDOWS_FOR_WITHIN_WINDOW,),
    VMClassSpec: (_SECURE_BOOT_NEEDS_UEFI,),
    SecurityProfile: (_VERSION_NEEDS_TPM,),
    EncryptionPolicy: (_REQUIRED_ENCRYPTION_IS_ENABLED,),
    ResourceLimits: (_RESERVATION_WITHIN_LIMIT,),
    VMSetSpec: (
        _SELECTOR_STAYS,
        _SELECTOR_SELECTS,
        _TEMPLATE_HAS_THE_LABELS,
        _DISK_OF_ONE_MACHINE,
        _ADDRESS_OF_ONE_MACHINE,
    ),
    UpdateStrategy: (_ROLLING_UPDATE_HAS_ITS_TYPE,),
    RollingUpdate: (_ROLLING_UPDATE_CAN_MOVE,),
}
