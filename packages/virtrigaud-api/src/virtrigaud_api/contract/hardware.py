"""What a machine is made of, apart from its disks and NICs: CPU, memory, firmware, security, limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from virtrigaud_api.contract.disk import RootDisk
from virtrigaud_api.contract.units import MHz, MiB


class Firmware(StrEnum):
    """The firmware that the machine boots with."""

    BIOS = "BIOS"
    UEFI = "UEFI"


class GuestTools(StrEnum):
    """What to do with the guest agent or guest tools."""

    INSTALL = "install"
    SKIP = "skip"
    UPGRADE = "upgrade"
    UNINSTALL = "uninstall"


class LatencySensitivity(StrEnum):
    """How strongly the hypervisor should favour latency over density."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class HyperThreading(StrEnum):
    """How virtual CPUs may share physical cores."""

    AUTO = "auto"
    PREFER = "prefer"
    AVOID = "avoid"
    REQUIRE = "require"


class TpmVersion(StrEnum):
    """The version of the virtual TPM."""

    TPM_1_2 = "1.2"
    TPM_2_0 = "2.0"


class KeyProvider(StrEnum):
    """Where the keys of an encrypted machine come from."""

    STANDARD = "standard"
    HARDWARE = "hardware"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """Scheduling and CPU features."""

    latency: LatencySensitivity = LatencySensitivity.NORMAL
    cpu_hot_add: bool = False
    memory_hot_add: bool = False
    virtualization_based_security: bool = False
    nested_virtualization: bool = False
    hyper_threading: HyperThreading = HyperThreading.AUTO


@dataclass(frozen=True, slots=True, kw_only=True)
class Encryption:
    """Encryption of the machine's disks and state."""

    enabled: bool = False
    required: bool = False
    key_provider: KeyProvider | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """Secure boot, TPM, IOMMU and encryption."""

    secure_boot: bool = False
    tpm: TpmVersion | None = None
    iommu: bool = False
    encryption: Encryption = Encryption()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceLimits:
    """Caps and guarantees of physical resources; None leaves the hypervisor's default."""

    cpu_limit: MHz | None = None
    cpu_reservation: MHz | None = None
    cpu_shares: int | None = None
    memory_limit: MiB | None = None
    memory_reservation: MiB | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpus:
    """Physical or virtual GPUs of one type."""

    count: int
    type: str | None = None
    memory: MiB | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """The machine without its NICs and data disks.

    Attributes:
        cpus: Number of virtual CPUs, at least 1.
        memory: Memory, at least 1 MiB.
        root_disk: Size and kind of the disk that is made from the boot image.
        extra: Settings that one hypervisor understands, by its own key; an unknown key is InvalidSpec.
    """

    cpus: int
    memory: MiB
    firmware: Firmware = Firmware.BIOS
    root_disk: RootDisk = RootDisk()
    performance: Performance = Performance()
    security: Security = Security()
    limits: ResourceLimits = ResourceLimits()
    guest_tools: GuestTools = GuestTools.INSTALL
    gpus: Gpus | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
