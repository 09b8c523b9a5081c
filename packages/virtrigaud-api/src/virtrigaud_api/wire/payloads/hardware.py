"""Hardware as JSON: the PascalCase class of Create and Reconfigure, and the VMClass shape of Clone.

One reader takes both: keys match whatever their case, and where the shapes differ (quantities instead
of MiB, an encryption policy instead of flags) it looks for either.
"""

from virtrigaud_api.contract import (
    DiskType,
    Encryption,
    Firmware,
    GiB,
    Gpus,
    GuestTools,
    Hardware,
    HyperThreading,
    KeyProvider,
    LatencySensitivity,
    MHz,
    MiB,
    Performance,
    ResourceLimits,
    RootDisk,
    Security,
    TpmVersion,
)
from virtrigaud_api.wire.json_fields import (
    ClassField,
    DiskDefaultsField,
    GpuField,
    KubeClassField,
    KubeDiskDefaultsField,
    KubeLimitsField,
    KubeSecurityField,
    LimitsField,
    PerformanceField,
    SecurityField,
)
from virtrigaud_api.wire.json_reader import Document, JsonObject, present
from virtrigaud_api.wire.quantity import bytes_of

_MIB = 1024**2
_GIB = 1024**3
_FIRMWARE = {"": Firmware.BIOS, "BIOS": Firmware.BIOS, "UEFI": Firmware.UEFI, "EFI": Firmware.UEFI}
_TPM_VERSIONS = {
    "": TpmVersion.TPM_2_0,
    "2": TpmVersion.TPM_2_0,
    "2.0": TpmVersion.TPM_2_0,
    "1.2": TpmVersion.TPM_1_2,
}


def hardware_to_json(hardware: Hardware) -> Document:
    """Return the class as Create and Reconfigure carry it; what has its default value is null."""
    document: Document = {
        ClassField.CPU: hardware.cpus,
        ClassField.MEMORY_MIB: hardware.memory,
        ClassField.FIRMWARE: hardware.firmware,
        ClassField.DISK_DEFAULTS: _root_disk_to_json(hardware.root_disk),
        ClassField.GUEST_TOOLS_POLICY: hardware.guest_tools,
        ClassField.EXTRA_CONFIG: dict(hardware.extra) or None,
        ClassField.PERFORMANCE_PROFILE: _performance_to_json(hardware.performance),
        ClassField.SECURITY_PROFILE: _security_to_json(hardware.security),
        ClassField.RESOURCE_LIMITS: _limits_to_json(hardware.limits),
    }
    return document | gpus_to_json(hardware.gpus)


def gpus_to_json(gpus: Gpus | None) -> Document:
    """Return the member that carries GPUs, or no member."""
    if gpus is None:
        return {}
    document = present(
        {GpuField.COUNT: gpus.count, GpuField.TYPE: gpus.type, GpuField.MEMORY_MIB: gpus.memory},
    )
    return {ClassField.GPUS: document}


def hardware_from_json(document: JsonObject) -> Hardware:
    """Read hardware from either shape.

    Raises:
        InvalidSpec: A member is not what it must be, or CPU or memory is missing.
    """
    memory = _mib(document, ClassField.MEMORY_MIB, KubeClassField.MEMORY)
    cpus = document.integer(ClassField.CPU, minimum=1)
    if cpus is None:
        raise document.invalid(ClassField.CPU, "expected at least 1 CPU, got none")
    if not memory:
        raise document.invalid(ClassField.MEMORY_MIB, "expected at least 1 MiB, got none")
    return Hardware(
        cpus=cpus,
        memory=memory,
        firmware=_firmware(document),
        root_disk=_root_disk_from_json(document.child(ClassField.DISK_DEFAULTS)),
        performance=_performance_from_json(document.child(ClassField.PERFORMANCE_PROFILE)),
        security=_security_from_json(document.child(ClassField.SECURITY_PROFILE)),
        limits=_limits_from_json(document.child(ClassField.RESOURCE_LIMITS)),
        guest_tools=document.choice(ClassField.GUEST_TOOLS_POLICY, GuestTools) or GuestTools.INSTALL,
        gpus=_gpus_from_json(document),
        extra=document.text_map(ClassField.EXTRA_CONFIG),
    )


def _firmware(document: JsonObject) -> Firmware:
    firmware = _FIRMWARE.get(document.text(ClassField.FIRMWARE).upper())
    if firmware is None:
        raise document.invalid(ClassField.FIRMWARE, "expected BIOS, UEFI or EFI")
    return firmware


def _mib(document: JsonObject, exact: str, quantity: str) -> MiB | None:
    """Read memory from a number of MiB or from a quantity, rounded up."""
    mib = document.integer(exact)
    if mib is None:
        size = _bytes(document, quantity)
        mib = None if size is None else -(-size // _MIB)
    return None if mib is None else MiB(mib)


def _bytes(document: JsonObject, key: str) -> int | None:
    text = document.scalar_text(key)
    if not text:
        return None
    size = bytes_of(text)
    if size is None:
        raise document.invalid(key, "expected a quantity such as 8Gi")
    return size


def _root_disk_to_json(disk: RootDisk) -> Document | None:
    if disk == RootDisk():
        return None
    document: Document = {DiskDefaultsField.TYPE: disk.type or "", DiskDefaultsField.SIZE_GIB: disk.size or 0}
    return document | present({DiskDefaultsField.IOPS: disk.iops, DiskDefaultsField.STORAGE_CLASS: disk.storage_class})


def _root_disk_from_json(document: JsonObject) -> RootDisk:
    size = document.positive(DiskDefaultsField.SIZE_GIB)
    if size is None:
        wanted = _bytes(document, KubeDiskDefaultsField.SIZE)
        size = -(-wanted // _GIB) if wanted else None
    return RootDisk(
        size=None if size is None else GiB(size),
        type=document.choice(DiskDefaultsField.TYPE, DiskType),
        iops=document.positive(DiskDefaultsField.IOPS),
        storage_class=document.optional_text(DiskDefaultsField.STORAGE_CLASS),
    )


def _performance_to_json(performance: Performance) -> Document | None:
    """Return the profile; the defaults of its two choices are the empty text, as from the Go manager."""
    if performance == Performance():
        return None
    latency, threads = performance.latency, performance.hyper_threading
    return {
        PerformanceField.LATENCY_SENSITIVITY: "" if latency is LatencySensitivity.NORMAL else latency,
        PerformanceField.CPU_HOT_ADD: performance.cpu_hot_add,
        PerformanceField.MEMORY_HOT_ADD: performance.memory_hot_add,
        PerformanceField.VIRTUALIZATION_BASED_SECURITY: performance.virtualization_based_security,
        PerformanceField.NESTED_VIRTUALIZATION: performance.nested_virtualization,
        PerformanceField.HYPER_THREADING_POLICY: "" if threads is HyperThreading.AUTO else threads,
    }


def _performance_from_json(document: JsonObject) -> Performance:
    latency = document.choice(PerformanceField.LATENCY_SENSITIVITY, LatencySensitivity)
    threads = document.choice(PerformanceField.HYPER_THREADING_POLICY, HyperThreading)
    return Performance(
        latency=latency or LatencySensitivity.NORMAL,
        cpu_hot_add=document.flag(PerformanceField.CPU_HOT_ADD),
        memory_hot_add=document.flag(PerformanceField.MEMORY_HOT_ADD),
        virtualization_based_security=document.flag(PerformanceField.VIRTUALIZATION_BASED_SECURITY),
        nested_virtualization=document.flag(PerformanceField.NESTED_VIRTUALIZATION),
        hyper_threading=threads or HyperThreading.AUTO,
    )


def _security_to_json(security: Security) -> Document | None:
    if security == Security():
        return None
    return {
        SecurityField.SECURE_BOOT: security.secure_boot,
        SecurityField.TPM_ENABLED: security.tpm is not None,
        SecurityField.TPM_VERSION: security.tpm or "",
        SecurityField.VTD_ENABLED: security.iommu,
        SecurityField.ENCRYPTION_ENABLED: security.encryption.enabled,
        SecurityField.KEY_PROVIDER: security.encryption.key_provider or "",
        SecurityField.REQUIRE_ENCRYPTION: security.encryption.required,
    }


def _security_from_json(document: JsonObject) -> Security:
    policy = document.child(KubeSecurityField.ENCRYPTION_POLICY)
    provider = document.choice(SecurityField.KEY_PROVIDER, KeyProvider)
    return Security(
        secure_boot=document.flag(SecurityField.SECURE_BOOT),
        tpm=_tpm(document) if document.flag(SecurityField.TPM_ENABLED) else None,
        iommu=document.flag(SecurityField.VTD_ENABLED),
        encryption=Encryption(
            enabled=document.flag(SecurityField.ENCRYPTION_ENABLED) or policy.flag(KubeSecurityField.ENABLED),
            required=document.flag(SecurityField.REQUIRE_ENCRYPTION)
            or policy.flag(KubeSecurityField.REQUIRE_ENCRYPTION),
            key_provider=provider or policy.choice(KubeSecurityField.KEY_PROVIDER, KeyProvider),
        ),
    )


def _tpm(document: JsonObject) -> TpmVersion:
    """Read the TPM version, which the schema of the Go project spells as a number in a text field."""
    version = _TPM_VERSIONS.get(document.scalar_text(SecurityField.TPM_VERSION))
    if version is None:
        raise document.invalid(SecurityField.TPM_VERSION, "expected 1.2 or 2.0")
    return version


def _limits_to_json(limits: ResourceLimits) -> Document | None:
    if limits == ResourceLimits():
        return None
    return {
        LimitsField.CPU_LIMIT: limits.cpu_limit,
        LimitsField.CPU_RESERVATION: limits.cpu_reservation,
        LimitsField.MEMORY_LIMIT_MIB: limits.memory_limit,
        LimitsField.MEMORY_RESERVATION_MIB: limits.memory_reservation,
        LimitsField.CPU_SHARES: limits.cpu_shares,
    }


def _limits_from_json(document: JsonObject) -> ResourceLimits:
    return ResourceLimits(
        cpu_limit=_mhz(document, LimitsField.CPU_LIMIT),
        cpu_reservation=_mhz(document, LimitsField.CPU_RESERVATION),
        cpu_shares=document.integer(LimitsField.CPU_SHARES),
        memory_limit=_mib(document, LimitsField.MEMORY_LIMIT_MIB, KubeLimitsField.MEMORY_LIMIT),
        memory_reservation=_mib(document, LimitsField.MEMORY_RESERVATION_MIB, KubeLimitsField.MEMORY_RESERVATION),
    )


def _mhz(document: JsonObject, key: str) -> MHz | None:
    mhz = document.integer(key)
    return None if mhz is None else MHz(mhz)


def _gpus_from_json(document: JsonObject) -> Gpus | None:
    if not document.has(ClassField.GPUS):
        return None
    gpus = document.child(ClassField.GPUS)
    count, memory = gpus.integer(GpuField.COUNT, minimum=1), gpus.positive(GpuField.MEMORY_MIB)
    if count is None:
        raise gpus.invalid(GpuField.COUNT, "expected at least 1 GPU, got none")
    return Gpus(
        count=count,
        type=gpus.optional_text(GpuField.TYPE),
        memory=None if memory is None else MiB(memory),
    )
