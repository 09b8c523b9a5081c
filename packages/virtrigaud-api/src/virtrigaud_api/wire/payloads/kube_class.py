"""Hardware in the shape of a VMClass, as Clone carries it. `hardware.hardware_from_json` reads it."""

from virtrigaud_api.contract import Hardware, MiB, Performance, ResourceLimits, RootDisk, Security
from virtrigaud_api.wire.json_fields import (
    ClassField,
    KubeClassField,
    KubeDiskDefaultsField,
    KubeLimitsField,
    KubePerformanceField,
    KubeSecurityField,
)
from virtrigaud_api.wire.json_reader import Document, present
from virtrigaud_api.wire.payloads.hardware import gpus_to_json
from virtrigaud_api.wire.quantity import text_of

_MIB = 1024**2
_GIB = 1024**3


def class_to_json(hardware: Hardware) -> Document:
    """Return the class; what has its default value is left out.

    Memory goes twice: as the quantity of a VMClass, and in MiB for the Go Proxmox provider, which
    reads no other.
    """
    document: Document = {
        KubeClassField.CPU: hardware.cpus,
        KubeClassField.MEMORY: _quantity(hardware.memory),
        KubeClassField.FIRMWARE: hardware.firmware,
        KubeClassField.DISK_DEFAULTS: _root_disk(hardware.root_disk),
        KubeClassField.GUEST_TOOLS_POLICY: hardware.guest_tools,
        KubeClassField.EXTRA_CONFIG: dict(hardware.extra) or None,
        KubeClassField.RESOURCE_LIMITS: _limits(hardware.limits),
        KubeClassField.PERFORMANCE_PROFILE: _performance(hardware.performance),
        KubeClassField.SECURITY_PROFILE: _security(hardware.security),
        ClassField.MEMORY_MIB: hardware.memory,
    }
    return present(document) | gpus_to_json(hardware.gpus)


def _quantity(memory: MiB | None) -> str | None:
    return None if memory is None else text_of(memory * _MIB)


def _root_disk(disk: RootDisk) -> Document | None:
    if disk == RootDisk():
        return None
    document: Document = {
        KubeDiskDefaultsField.SIZE: text_of((disk.size or 0) * _GIB),
        KubeDiskDefaultsField.TYPE: disk.type,
        KubeDiskDefaultsField.IOPS: disk.iops,
        KubeDiskDefaultsField.STORAGE_CLASS: disk.storage_class,
    }
    return present(document)


def _limits(limits: ResourceLimits) -> Document | None:
    document: Document = {
        KubeLimitsField.CPU_LIMIT: limits.cpu_limit,
        KubeLimitsField.CPU_RESERVATION: limits.cpu_reservation,
        KubeLimitsField.MEMORY_LIMIT: _quantity(limits.memory_limit),
        KubeLimitsField.MEMORY_RESERVATION: _quantity(limits.memory_reservation),
        KubeLimitsField.CPU_SHARES: limits.cpu_shares,
    }
    return present(document) or None


def _performance(performance: Performance) -> Document | None:
    if performance == Performance():
        return None
    return {
        KubePerformanceField.LATENCY_SENSITIVITY: performance.latency,
        KubePerformanceField.CPU_HOT_ADD: performance.cpu_hot_add,
        KubePerformanceField.MEMORY_HOT_ADD: performance.memory_hot_add,
        KubePerformanceField.VIRTUALIZATION_BASED_SECURITY: performance.virtualization_based_security,
        KubePerformanceField.NESTED_VIRTUALIZATION: performance.nested_virtualization,
        KubePerformanceField.HYPER_THREADING_POLICY: performance.hyper_threading,
    }


def _security(security: Security) -> Document | None:
    if security == Security():
        return None
    encryption = security.encryption
    policy: Document = {
        KubeSecurityField.ENABLED: encryption.enabled,
        KubeSecurityField.KEY_PROVIDER: encryption.key_provider,
        KubeSecurityField.REQUIRE_ENCRYPTION: encryption.required,
    }
    document: Document = {
        KubeSecurityField.SECURE_BOOT: security.secure_boot,
        KubeSecurityField.TPM_ENABLED: security.tpm is not None,
        KubeSecurityField.TPM_VERSION: security.tpm,
        KubeSecurityField.VTD_ENABLED: security.iommu,
        KubeSecurityField.ENCRYPTION_POLICY: present(policy),
    }
    return present(document)
