"""From the words of users to the words of providers: VirtualMachine, VMClass, VMImage and networks to MachineSpec.

The only translator. Pure: `references` found the objects, `guest_data` the documents. What can't be said
to a provider is refused by `refused` before it comes here.
"""

from dataclasses import dataclass, replace
from typing import Final

from virtrigaud_api import contract
from virtrigaud_api.v1beta1 import VirtualMachine, VMClass, VMImage, VMNetworkAttachment
from virtrigaud_api.v1beta1.disk import Disk, DiskExpandPolicy, DiskRemovalPolicy
from virtrigaud_api.v1beta1.machine_resources import MachineResources
from virtrigaud_api.v1beta1.network_ref import NetworkRef
from virtrigaud_api.v1beta1.placement import Placement
from virtrigaud_api.v1beta1.provider import ProviderDefaults
from virtrigaud_api.v1beta1.vm_class import (
    DiskDefaults,
    Firmware,
    PerformanceProfile,
    ResourceLimits,
    SecurityProfile,
    TpmVersion,
)

from virtrigaud_manager.kinds.virtual_machine.boot_source import boot_source
from virtrigaud_manager.kinds.virtual_machine.nics import nic
from virtrigaud_manager.kinds.virtual_machine.observation import owner_of
from virtrigaud_manager.kinds.virtual_machine.spec_digest import spec_digest
from virtrigaud_manager.kinds.virtual_machine.wish import Wanted
from virtrigaud_manager.kinds.vm_image.readiness import Usable
from virtrigaud_manager.remembered import remembered

_MACHINES_IN_WORK: Final = 256
_NO_BOOT: Final = contract.BootImage()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The objects that a VirtualMachine names, all of them found.

    Attributes:
        provider_type: `spec.type` of the Provider; images and networks differ by it.
        defaults: Places of the Provider for machines that do not say where they go.
        networks: By the name of the interface that uses it.
        usable: The image as machines on that Provider boot from it; None takes it as it is described.
    """

    vm: VirtualMachine
    provider_type: str
    defaults: ProviderDefaults
    vm_class: VMClass
    image: VMImage | None
    networks: dict[str, VMNetworkAttachment]
    guest: contract.GuestData = contract.GuestData()
    usable: Usable | None = None


def wanted(parts: Parts) -> Wanted:
    """Say to the provider what the user wants."""
    vm = parts.vm
    lasting = _lasting(vm, parts.vm_class, parts.defaults, parts.provider_type, *parts.networks.values())
    boot = parts.usable.boot if parts.usable is not None else boot_source(vm, parts.image, parts.provider_type)
    receipts = parts.usable.receipts if parts.usable is not None else ()
    return replace(lasting, spec=replace(lasting.spec, boot=boot, guest=parts.guest), receipts=receipts)


@remembered(_MACHINES_IN_WORK)
def _lasting(
    vm: VirtualMachine,
    vm_class: VMClass,
    defaults: ProviderDefaults,
    provider_type: str,
    *attachments: VMNetworkAttachment,
) -> Wanted:
    """Say what holds for good, and not only when the machine is made: it is the same at each step of a pass."""
    connected = (reference.name for reference in vm.spec.networks if reference.network_ref is not None)
    networks = dict(zip(connected, attachments, strict=True))
    spec = contract.MachineSpec(
        owner=owner_of(vm),
        name=vm.metadata.name,
        hardware=_hardware(vm_class, vm.spec.resources),
        boot=_NO_BOOT,
        nics=tuple(
            _nic(reference, networks.get(reference.name), defaults, provider_type) for reference in vm.spec.networks
        ),
        disks=tuple(map(_data_disk, vm.spec.disks)),
        placement=_placement(vm, defaults),
        tags=vm.spec.tags,
    )
    return Wanted(spec, spec_digest(spec))


def _nic(
    reference: NetworkRef, attachment: VMNetworkAttachment | None, defaults: ProviderDefaults, provider_type: str
) -> contract.Nic:
    made = nic(reference, attachment, provider_type)
    return made if made.network or made.bridge else replace(made, network=defaults.network)


def _hardware(vm_class: VMClass, override: MachineResources | None) -> contract.Hardware:
    spec = vm_class.spec
    hardware = contract.Hardware(
        cpus=spec.cpu,
        memory=contract.MiB(spec.memory.mib),
        firmware=contract.Firmware.BIOS if spec.firmware is Firmware.BIOS else contract.Firmware.UEFI,
        root_disk=_root_disk(spec.disk_defaults),
        performance=_performance(spec.performance_profile),
        security=_security(spec.security_profile),
        limits=_limits(spec.resource_limits),
        guest_tools=contract.GuestTools(spec.guest_tools_policy.value),
        extra=dict(spec.extra_config),
    )
    return hardware if override is None else _overridden(hardware, override)


def _overridden(hardware: contract.Hardware, override: MachineResources) -> contract.Hardware:
    gpu = override.gpu
    return replace(
        hardware,
        cpus=override.cpu or hardware.cpus,
        memory=contract.MiB(override.memory_mib) if override.memory_mib else hardware.memory,
        gpus=None
        if gpu is None
        else contract.Gpus(
            count=gpu.count, type=gpu.type, memory=None if gpu.memory is None else contract.MiB(gpu.memory)
        ),
    )


def _root_disk(defaults: DiskDefaults | None) -> contract.RootDisk:
    if defaults is None:
        return contract.RootDisk()
    return contract.RootDisk(
        size=contract.GiB(defaults.size.gib),
        type=contract.DiskType(defaults.type.value),
        iops=defaults.iops,
        storage_class=defaults.storage_class,
    )


def _performance(profile: PerformanceProfile | None) -> contract.Performance:
    if profile is None:
        return contract.Performance()
    return contract.Performance(
        latency=contract.LatencySensitivity(profile.latency_sensitivity.value),
        cpu_hot_add=profile.cpu_hot_add_enabled,
        memory_hot_add=profile.memory_hot_add_enabled,
        virtualization_based_security=profile.virtualization_based_security,
        nested_virtualization=profile.nested_virtualization,
        hyper_threading=contract.HyperThreading(profile.hyper_threading_policy.value),
    )


def _security(profile: SecurityProfile | None) -> contract.Security:
    if profile is None:
        return contract.Security()
    policy = profile.encryption_policy
    encryption = contract.Encryption()
    if policy is not None:
        key_provider = policy.key_provider
        encryption = contract.Encryption(
            enabled=policy.enabled,
            required=policy.require_encryption,
            key_provider=None if key_provider is None else contract.KeyProvider(key_provider.value),
        )
    return contract.Security(
        secure_boot=profile.secure_boot, tpm=_tpm(profile), iommu=profile.vtd_enabled, encryption=encryption
    )


def _tpm(profile: SecurityProfile) -> contract.TpmVersion | None:
    if not profile.tpm_enabled:
        return None
    old = profile.tpm_version is TpmVersion.TPM_1_2
    return contract.TpmVersion.TPM_1_2 if old else contract.TpmVersion.TPM_2_0


def _limits(limits: ResourceLimits | None) -> contract.ResourceLimits:
    if limits is None:
        return contract.ResourceLimits()
    return contract.ResourceLimits(
        cpu_limit=None if limits.cpu_limit is None else contract.MHz(limits.cpu_limit),
        cpu_reservation=None if limits.cpu_reservation is None else contract.MHz(limits.cpu_reservation),
        cpu_shares=limits.cpu_shares,
        memory_limit=None if limits.memory_limit is None else contract.MiB(limits.memory_limit.mib),
        memory_reservation=(None if limits.memory_reservation is None else contract.MiB(limits.memory_reservation.mib)),
    )


def _data_disk(disk: Disk) -> contract.DataDisk:
    scsi = disk.scsi
    return contract.DataDisk(
        name=disk.name,
        size=contract.GiB(disk.size_gib),
        type=contract.DiskType(disk.type.value),
        grows_online=disk.expand_policy is DiskExpandPolicy.ONLINE,
        storage_class=disk.storage_class,
        deleted_when_removed=disk.removal_policy is DiskRemovalPolicy.DELETE,
        scsi=None
        if scsi is None
        else contract.Scsi(
            controller=scsi.controller,
            model=contract.ScsiController(scsi.controller_type.value),
            shared_bus=contract.SharedBus(scsi.shared_bus.value),
        ),
    )


def _placement(vm: VirtualMachine, defaults: ProviderDefaults) -> contract.Placement:
    """Say where the machine goes; the provider itself knows its other defaults."""
    placement = vm.spec.placement or Placement()
    return contract.Placement(
        datastore=placement.datastore,
        storage_pod=placement.storage_pod,
        cluster=placement.cluster,
        folder=placement.folder,
        host=placement.host,
        resource_pool=placement.resource_pool or defaults.resource_pool,
    )
