"""The kind VMClass: how big machines of a sort are, and how they behave."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from annotated_types import MaxLen
from pydantic import Field

from virtrigaud_api.quantity import Quantity
from virtrigaud_api.v1beta1 import keys
from virtrigaud_api.v1beta1.condition import Conditions
from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.kube_object import KubeObject
from virtrigaud_api.v1beta1.references import AllowedNamespaces
from virtrigaud_api.v1beta1.scalars import Boolean, Int32, Int64, Timestamp


class Firmware(StrEnum):
    """What starts the machine; EFI is another spelling of UEFI."""

    BIOS = "BIOS"
    UEFI = "UEFI"
    EFI = "EFI"


class RootDiskType(StrEnum):
    """How the root disk takes its space, or what it rests on."""

    THIN = "thin"
    THICK = "thick"
    EAGER_ZEROED_THICK = "eagerzeroedthick"
    SSD = "ssd"
    HDD = "hdd"
    NVME = "nvme"


class GuestToolsPolicy(StrEnum):
    """What happens with the guest tools or the guest agent."""

    INSTALL = "install"
    SKIP = "skip"
    UPGRADE = "upgrade"
    UNINSTALL = "uninstall"


class LatencySensitivity(StrEnum):
    """How much the scheduler of the hypervisor favours the machine's response time."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class HyperThreadingPolicy(StrEnum):
    """Whether virtual CPUs may share a core."""

    AUTO = "auto"
    PREFER = "prefer"
    AVOID = "avoid"
    REQUIRE = "require"


class TpmVersion(StrEnum):
    """Version of the TPM specification; 2 is another spelling of 2.0."""

    TPM_1_2 = "1.2"
    TPM_2_0 = "2.0"
    TPM_2 = "2"


class KeyProvider(StrEnum):
    """Where the keys of an encrypted machine come from."""

    STANDARD = "standard"
    HARDWARE = "hardware"
    EXTERNAL = "external"


class DiskDefaults(KubeModel):
    """The root disk, as far as the machine does not say otherwise."""

    type: RootDiskType = RootDiskType.THIN
    """How the disk takes its space: on demand (thin), at once (thick), zeroed at once, or the medium it wants."""
    size: Quantity = Quantity("40Gi")
    """Size of the root disk, for example 40Gi; the image's disk grows to it."""
    iops: Int32 | None = Field(default=None, ge=100, le=100000)
    """Most input and output operations a second."""
    storage_class: Annotated[str, MaxLen(253)] | None = None
    """Storage of the hypervisor that the disk goes to, by the provider's name for it."""


class PerformanceProfile(KubeModel):
    """How the machine runs."""

    latency_sensitivity: LatencySensitivity = LatencySensitivity.NORMAL
    """How much the scheduler favours the machine's response time."""
    cpu_hot_add_enabled: Boolean = False
    """Whether CPUs can be added while the machine runs."""
    memory_hot_add_enabled: Boolean = False
    """Whether memory can be added while the machine runs."""
    nested_virtualization: Boolean = False
    """Whether the guest can run virtual machines itself."""
    virtualization_based_security: Boolean = False
    """Whether a Windows guest can protect itself by virtualization."""
    hyper_threading_policy: HyperThreadingPolicy = HyperThreadingPolicy.AUTO
    """Whether the machine's virtual CPUs may share a core."""


class EncryptionPolicy(KubeModel):
    """Encryption of the machine by the hypervisor."""

    enabled: Boolean = False
    """Whether disks and state of the machine are encrypted."""
    require_encryption: Boolean = False
    """Whether the machine is refused where it can't be encrypted."""
    key_provider: KeyProvider | None = None
    """Where the keys come from."""


class SecurityProfile(KubeModel):
    """What protects the machine."""

    secure_boot: Boolean = False
    """Whether only signed boot loaders and kernels start. Needs UEFI."""
    tpm_enabled: Boolean = False
    """Whether the machine has a virtual TPM."""
    tpm_version: TpmVersion | None = None
    """Version of the virtual TPM; the newest of the provider when left out."""
    vtd_enabled: Boolean = False
    """Whether the machine has a virtual IOMMU."""
    encryption_policy: EncryptionPolicy | None = None
    """Encryption of the machine by the hypervisor."""


class ResourceLimits(KubeModel):
    """What the machine is promised and what it may take at most."""

    cpu_limit: Int32 | None = Field(default=None, ge=100, le=100000)
    """Most CPU time, in MHz."""
    cpu_reservation: Int32 | None = Field(default=None, ge=0, le=100000)
    """CPU time that is kept for the machine, in MHz."""
    cpu_shares: Int32 | None = Field(default=None, ge=1, le=1000000)
    """Weight against other machines when CPU time is short."""
    memory_limit: Quantity | None = None
    """Most memory of the host, for example 8Gi."""
    memory_reservation: Quantity | None = None
    """Memory of the host that is kept for the machine, for example 4Gi."""


class VMClassSpec(KubeModel):
    """How machines of this class are."""

    cpu: Int32 = Field(ge=1, le=128)
    """Number of virtual CPUs."""
    memory: Quantity
    """Memory, for example 4Gi."""
    firmware: Firmware = Firmware.BIOS
    """What starts the machine: BIOS, or UEFI (also spelled EFI)."""
    disk_defaults: DiskDefaults | None = None
    """The root disk, as far as the machine does not say otherwise."""
    guest_tools_policy: GuestToolsPolicy = GuestToolsPolicy.INSTALL
    """What happens with the guest tools or the guest agent."""
    performance_profile: PerformanceProfile | None = None
    """How the machines run."""
    security_profile: SecurityProfile | None = None
    """What protects the machines."""
    resource_limits: ResourceLimits | None = None
    """What the machines are promised and what they may take at most."""
    extra_config: Annotated[Mapping[str, str], MaxLen(50)] = Field(default_factory=dict)
    """Settings of the hypervisor that have no field here, by its own names."""
    allowed_namespaces: AllowedNamespaces = ()
    """Other namespaces whose objects may refer to this class; * stands for all. None when left out."""


class ClassValidation(KubeModel):
    """Whether one provider can run machines of this class."""

    valid: Boolean
    """Whether it can."""
    message: str | None = None
    """Why it can't."""
    warnings: tuple[str, ...] = ()
    """What it does not honour."""
    last_validated: Timestamp | None = None
    """When this was found out."""


class VMClassStatus(KubeModel):
    """What is known about the class."""

    used_by_vms: Int32 | None = None
    """Number of VirtualMachines of this class."""
    supported_providers: tuple[str, ...] = ()
    """Providers that can run machines of this class."""
    validation_results: Mapping[str, ClassValidation] = Field(default_factory=dict)
    """For each provider, whether it can run machines of this class."""
    observed_generation: Int64 | None = None
    """The metadata.generation that this status speaks of."""
    conditions: Conditions = ()
    """What is known about the class, one fact per condition."""


class VMClass(KubeObject):
    """How big virtual machines of a sort are, and how they behave."""

    names: ClassVar = keys.VM_CLASS

    kind: Literal["VMClass"] = "VMClass"
    spec: VMClassSpec
    """How machines of this class are."""
    status: VMClassStatus = Field(default_factory=VMClassStatus)
    """What is known about the class. Written by VirtRigaud."""
