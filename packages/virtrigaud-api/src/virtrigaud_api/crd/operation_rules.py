"""Rules for what is done with machines: VMSnapshot, VMClone and VMMigration."""

from collections.abc import Mapping
from typing import Final

from virtrigaud_api.crd.rule import Rule, exactly_one, immutable, immutable_optional, needs, only_with
from virtrigaud_api.v1beta1 import VMCloneSpec, VMMigrationSpec, VMSnapshotSpec
from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.vm_clone import CloneSource
from virtrigaud_api.v1beta1.vm_clone_customization import GuestCertificate, GuestNetwork, SecretText
from virtrigaud_api.v1beta1.vm_clone_options import ClonePerformance
from virtrigaud_api.v1beta1.vm_migration_storage import ClaimStaging, MigrationStorage
from virtrigaud_api.v1beta1.vm_snapshot import SnapshotConfig, SnapshotEncryption, SnapshotSchedule

_MACHINE_STAYS: Final = immutable(
    "vmRef", "vmRef cannot be changed: a snapshot is of one machine; make another VMSnapshot"
)
_SCHEDULE_HAS_AN_END: Final = Rule(
    condition=(
        "!has(self.schedule) || !self.schedule.enabled || (has(self.retentionPolicy)"
        " && (has(self.retentionPolicy.maxCount) || has(self.retentionPolicy.maxAge)))"
    ),
    message="a schedule needs retentionPolicy.maxCount or retentionPolicy.maxAge, or snapshots fill the storage up",
    field_path=".schedule",
)
_SCHEDULE_SAYS_WHEN: Final = Rule(
    condition="!self.enabled || has(self.cronSpec)",
    message="an enabled schedule needs cronSpec, for example 0 2 * * *",
    field_path=".cronSpec",
)
_CONSISTENT_PROGRAMS_NEED_QUIESCE: Final = Rule(
    condition="self.consistencyLevel != 'ApplicationConsistent' || self.quiesce",
    message="consistencyLevel ApplicationConsistent needs quiesce: true",
    field_path=".consistencyLevel",
)
_EXTERNAL_KEY_IS_NAMED: Final = Rule(
    condition="!has(self.keyProvider) || self.keyProvider != 'external' || has(self.keyRef)",
    message="keyProvider external needs keyRef, the Secret that holds the key",
    field_path=".keyRef",
)

_ONE_SOURCE: Final = exactly_one(
    ("vmRef", "snapshotRef", "templateRef", "imageRef"),
    "name exactly one source: vmRef, snapshotRef, templateRef or imageRef",
)
_CLONE_SOURCE_STAYS: Final = immutable("source", "source cannot be changed: a clone is made once; make another VMClone")
_CLONE_TARGET_STAYS: Final = immutable(
    "target", "target cannot be changed: a clone is made once; change the VirtualMachine, or make another VMClone"
)
_CLONE_IS_ANOTHER_MACHINE: Final = Rule(
    condition=(
        "has(self.target.__namespace__) || !has(self.source.vmRef) || self.target.name != self.source.vmRef.name"
    ),
    message="target.name cannot be the name of the source; choose another name, or another namespace",
    field_path=".target.name",
)
_INSTANT_FROM_A_MACHINE: Final = Rule(
    condition=("!has(self.options) || self.options.type != 'InstantClone' || has(self.source.vmRef)"),
    message="an InstantClone shares the memory of a running machine, so that its source is a vmRef",
    field_path=".options.type",
)
_THROTTLING_HAS_A_LIMIT: Final = Rule(
    condition="!self.ioThrottling || has(self.maxIOPS)",
    message="ioThrottling needs maxIOPS",
    field_path=".maxIOPS",
)
_STATIC_OR_DHCP: Final = Rule(
    condition="!has(self.dhcp) || !self.dhcp || !has(self.ipAddress)",
    message="an interface has either dhcp: true or ipAddress; write one of them",
    field_path=".dhcp",
)
_ADDRESS_NEEDS_MASK: Final = needs(
    "ipAddress", "subnetMask", "a static ipAddress needs subnetMask, for example 255.255.255.0"
)
_ONE_SECRET: Final = exactly_one(
    ("value", "secretRef"), "write the text in exactly one place: value, or in the Secret that secretRef names"
)
_ONE_CERTIFICATE: Final = exactly_one(
    ("data", "secretRef"), "write the certificate in exactly one place: data, or in the Secret that secretRef names"
)

_STORAGE_FITS_ITS_TYPE: Final = Rule(
    condition=(
        "(self.type == 'pvc' || !has(self.pvc)) && (self.type == 'nfs') == has(self.nfs)"
        " && (self.type == 's3') == has(self.s3)"
    ),
    message="write the block of the type and no other: pvc (may be left out), nfs or s3",
)
_CLAIM_THAT_EXISTS: Final = only_with(
    "name",
    "!has(self.storageClassName)",
    "name is a claim that exists, storageClassName is for one that is made; write one of them",
)
_MIGRATION_SOURCE_STAYS: Final = immutable(
    "source", "source cannot be changed while a machine moves; delete this VMMigration and make another one"
)
_MIGRATION_TARGET_STAYS: Final = immutable(
    "target", "target cannot be changed while a machine moves; delete this VMMigration and make another one"
)
_STAGING_STAYS: Final = immutable_optional(
    "storage", "storage cannot be changed while a disk rests there; delete this VMMigration and make another one"
)
_MIGRATION_IS_ANOTHER_MACHINE: Final = Rule(
    condition="has(self.target.__namespace__) || self.target.name != self.source.vmRef.name",
    message="target.name cannot be the name of the source; choose another name, or another namespace",
    field_path=".target.name",
)
_MIGRATION_LEAVES_ITS_PROVIDER: Final = Rule(
    condition=(
        "!has(self.source.providerRef) || self.source.providerRef.name != self.target.providerRef.name"
        " || has(self.source.providerRef.__namespace__) != has(self.target.providerRef.__namespace__)"
        " || (has(self.source.providerRef.__namespace__)"
        " && self.source.providerRef.__namespace__ != self.target.providerRef.__namespace__)"
    ),
    message="source and target name the same Provider; use a VMClone to copy a machine within one",
    field_path=".target.providerRef",
)

RULES: Final[Mapping[type[KubeModel], tuple[Rule, ...]]] = {
    VMSnapshotSpec: (_MACHINE_STAYS, _SCHEDULE_HAS_AN_END),
    SnapshotSchedule: (_SCHEDULE_SAYS_WHEN,),
    SnapshotConfig: (_CONSISTENT_PROGRAMS_NEED_QUIESCE,),
    SnapshotEncryption: (_EXTERNAL_KEY_IS_NAMED,),
    VMCloneSpec: (_CLONE_SOURCE_STAYS, _CLONE_TARGET_STAYS, _CLONE_IS_ANOTHER_MACHINE, _INSTANT_FROM_A_MACHINE),
    CloneSource: (_ONE_SOURCE,),
    ClonePerformance: (_THROTTLING_HAS_A_LIMIT,),
    GuestNetwork: (_STATIC_OR_DHCP, _ADDRESS_NEEDS_MASK),
    SecretText: (_ONE_SECRET,),
    GuestCertificate: (_ONE_CERTIFICATE,),
    VMMigrationSpec: (
        _MIGRATION_SOURCE_STAYS,
        _MIGRATION_TARGET_STAYS,
        _STAGING_STAYS,
        _MIGRATION_IS_ANOTHER_MACHINE,
        _MIGRATION_LEAVES_ITS_PROVIDER,
    ),
    MigrationStorage: (_STORAGE_FITS_ITS_TYPE,),
    ClaimStaging: (_CLAIM_THAT_EXISTS,),
}
