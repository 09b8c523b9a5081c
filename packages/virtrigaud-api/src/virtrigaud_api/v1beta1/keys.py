"""Names of the API: group, version, kinds, labels, annotations and finalizers.

Every package that speaks to the API server takes these strings from here. Phases, condition types and
reasons live in their own modules; names of provider payloads belong to the contract.
"""

from dataclasses import dataclass
from typing import Final, Literal

GROUP: Final = "infra.virtrigaud.io"
VERSION: Final = "v1beta1"
ApiVersion = Literal["infra.virtrigaud.io/v1beta1"]
API_VERSION: Final[ApiVersion] = "infra.virtrigaud.io/v1beta1"
CATEGORY: Final = "virtrigaud"


@dataclass(frozen=True, slots=True)
class ResourceNames:
    """How one kind is called in manifests, in URLs and on the command line."""

    kind: str
    plural: str
    short: str

    @property
    def singular(self) -> str:
        """The lower-case name of one object."""
        return self.kind.lower()

    @property
    def list_kind(self) -> str:
        """The kind of a list of such objects."""
        return f"{self.kind}List"

    @property
    def crd_name(self) -> str:
        """The name of the CustomResourceDefinition."""
        return f"{self.plural}.{GROUP}"


PROVIDER: Final = ResourceNames(kind="Provider", plural="providers", short="prov")
VIRTUAL_MACHINE: Final = ResourceNames(kind="VirtualMachine", plural="virtualmachines", short="vm")
VM_CLASS: Final = ResourceNames(kind="VMClass", plural="vmclasses", short="vmclass")
VM_IMAGE: Final = ResourceNames(kind="VMImage", plural="vmimages", short="vmimg")
VM_NETWORK_ATTACHMENT: Final = ResourceNames(kind="VMNetworkAttachment", plural="vmnetworkattachments", short="vmnet")
VM_PLACEMENT_POLICY: Final = ResourceNames(kind="VMPlacementPolicy", plural="vmplacementpolicies", short="vmpp")
VM_SET: Final = ResourceNames(kind="VMSet", plural="vmsets", short="vmset")
VM_SNAPSHOT: Final = ResourceNames(kind="VMSnapshot", plural="vmsnapshots", short="vmsnap")
VM_CLONE: Final = ResourceNames(kind="VMClone", plural="vmclones", short="vmclone")
VM_MIGRATION: Final = ResourceNames(kind="VMMigration", plural="vmmigrations", short="vmmig")

FINALIZER_PROVIDER: Final = f"provider.{GROUP}/finalizer"
FINALIZER_VIRTUAL_MACHINE: Final = f"virtualmachine.{GROUP}/finalizer"
FINALIZER_VM_IMAGE: Final = f"vmimage.{GROUP}/finalizer"
FINALIZER_VM_CLASS: Final = f"vmclass.{GROUP}/finalizer"
FINALIZER_VM_NETWORK_ATTACHMENT: Final = f"vmnetworkattachment.{GROUP}/finalizer"
FINALIZER_VM_SNAPSHOT: Final = f"snapshot.{GROUP}/finalizer"
FINALIZER_VM_CLONE: Final = f"clone.{GROUP}/finalizer"
FINALIZER_VM_MIGRATION: Final = f"vmmigration.{GROUP}/finalizer"

KEY_DOMAIN: Final = "virtrigaud.io"

ANNOTATION_FORCE_DELETE: Final = f"{KEY_DOMAIN}/force-delete"
ANNOTATION_MAINTENANCE: Final = f"{KEY_DOMAIN}/maintenance"
ANNOTATION_SECRETS: Final = f"{KEY_DOMAIN}/secrets"
ANNOTATION_ADOPT_VMS: Final = f"{KEY_DOMAIN}/adopt-vms"
ANNOTATION_ADOPT_FILTER: Final = f"{KEY_DOMAIN}/adopt-filter"
ANNOTATION_MACHINE_ID: Final = f"{KEY_DOMAIN}/machine-id"
ANNOTATION_RELEASE: Final = f"{KEY_DOMAIN}/release"
ANNOTATION_CLONED_FROM: Final = f"{KEY_DOMAIN}/cloned-from"
ANNOTATION_CLONE: Final = f"{KEY_DOMAIN}/clone"
ANNOTATION_MIGRATED_FROM: Final = f"{KEY_DOMAIN}/migrated-from"
ANNOTATION_MIGRATION: Final = f"{KEY_DOMAIN}/migration"
ANNOTATION_MIGRATION_COMPLETED: Final = f"{KEY_DOMAIN}/migration-completed"
ANNOTATION_MIGRATION_COMPLETED_AT: Final = f"{KEY_DOMAIN}/migration-completed-at"
ANNOTATION_MIGRATION_PVC: Final = f"{KEY_DOMAIN}/migration-pvc"
ANNOTATION_IMPORTED_DISK_ID: Final = f"{KEY_DOMAIN}/imported-disk-id"
ANNOTATION_DISK_CHECKSUM: Final = f"{KEY_DOMAIN}/disk-checksum"
ANNOTATION_RECONCILE_TRIGGER: Final = f"{KEY_DOMAIN}/reconcile-trigger"
ANNOTATION_REBOOT: Final = f"{KEY_DOMAIN}/reboot"
ANNOTATION_CREATED_BY: Final = f"{KEY_DOMAIN}/created-by"
ANNOTATION_TRUE: Final = "true"

QUOTA_MACHINES: Final = f"count/{VIRTUAL_MACHINE.crd_name}"
QUOTA_CPUS: Final = f"{KEY_DOMAIN}/vcpus"
QUOTA_MEMORY: Final = f"{KEY_DOMAIN}/memory"
QUOTA_DISK: Final = f"{KEY_DOMAIN}/disk"

LABEL_ADMISSION: Final = f"{KEY_DOMAIN}/admission"
ADMISSION_IGNORE: Final = "ignore"
LABEL_ADOPTED: Final = f"{KEY_DOMAIN}/adopted"
LABEL_COMPONENT: Final = f"{KEY_DOMAIN}/component"
LABEL_MIGRATION: Final = f"{KEY_DOMAIN}/migration"
LABEL_VM_SET: Final = f"{KEY_DOMAIN}/vmset"
LABEL_VM_SET_REVISION: Final = f"{KEY_DOMAIN}/vmset-revision"
LABEL_SNAPSHOT_SCHEDULE: Final = f"{KEY_DOMAIN}/snapshot-schedule"
LABEL_PROVIDER_TYPE: Final = f"{KEY_DOMAIN}/provider-type"
LABEL_APP_NAME: Final = "app.kubernetes.io/name"
LABEL_APP_INSTANCE: Final = "app.kubernetes.io/instance"
LABEL_APP_COMPONENT: Final = "app.kubernetes.io/component"
LABEL_APP_MANAGED_BY: Final = "app.kubernetes.io/managed-by"

APP_NAME_PROVIDER: Final = "virtrigaud-provider"
APP_COMPONENT_PROVIDER: Final = "provider"
APP_MANAGED_BY: Final = "virtrigaud"
COMPONENT_MIGRATION_STORAGE: Final = "migration-storage"
