"""What this provider cannot give: every field of a spec is honoured, or refused here with a sentence.

Pure. Called by create and reconfigure before anything is touched.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator, Sequence

from virtrigaud_api.contract import (
    DataDisk,
    DiskType,
    Firmware,
    GuestTools,
    Hardware,
    HyperThreading,
    InvalidSpec,
    LatencySensitivity,
    MachineSpec,
    Nic,
    NotFound,
    Performance,
    Placement,
    ScsiController,
    SharedBus,
    StaticAddress,
    Unsupported,
)

from virtrigaud_provider_libvirt.domain_xml.interface import MODELS
from virtrigaud_provider_libvirt.host import Host

_SPARSE = frozenset({None, DiskType.THIN})
_PREALLOCATED = DiskType.THICK
_HIGHEST_PCI_SLOT = 30
_HIGHEST_SCSI_CONTROLLER = 3
_HIGHEST_VLAN = 4094
_LEAST_MTU, _MOST_MTU = 68, 65535
_LONGEST_PREFIX = 32
_UNICAST_MAC = re.compile(r"[0-9a-fA-F][02468aceACE](:[0-9a-fA-F]{2}){5}")
_DISK_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


def admit(spec: MachineSpec, host: Host) -> None:
    """Check a spec against what this provider and its host can do.

    Raises:
        Unsupported: Naming everything that cannot be had.
        InvalidSpec: Something cannot be right.
        NotFound: The spec names another host.
    """
    wrong = tuple(_mistakes(spec))
    if wrong:
        raise InvalidSpec(f"machine {spec.owner}: {'; '.join(wrong)}")
    missing = (
        *_hardware(spec.hardware, host),
        *_security(spec.hardware, host),
        *_limits(spec.hardware, host),
        *_placement(spec.placement),
        *(reason for nic in spec.nics for reason in _nic(nic)),
        *(reason for disk in spec.disks for reason in _disk(disk)),
    )
    if missing:
        raise Unsupported(f"machine {spec.owner} asks for what libvirt provides not here: {'; '.join(missing)}")
    if spec.placement.host not in {None, host.name}:
        raise NotFound(f"host {spec.placement.host} is not this hypervisor, which is {host.name}")


def _mistakes(spec: MachineSpec) -> Iterator[str]:
    hardware = spec.hardware
    if hardware.cpus < 1 or hardware.memory < 1:
        yield "at least 1 processor and 1 MiB of memory"
    if hardware.extra:
        yield f"no extra settings are known: {', '.join(sorted(hardware.extra))}"
    if hardware.security.secure_boot and hardware.firmware is not Firmware.UEFI:
        yield "secure boot needs firmware UEFI"
    if hardware.root_disk.size is not None and hardware.root_disk.size < 1:
        yield "a root disk has at least 1 GiB"
    yield from _repeated("network interface", [nic.name for nic in spec.nics])
    yield from _repeated("disk", [disk.name for disk in spec.disks])
    for disk in spec.disks:
        yield from _mistakes_of_disk(disk)
    for nic in spec.nics:
        yield from _mistakes_of_nic(nic)


def _repeated(kind: str, names: Sequence[str]) -> Iterator[str]:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        yield f"{kind} {', '.join(twice)} is named twice"


def _mistakes_of_disk(disk: DataDisk) -> Iterator[str]:
    if disk.size < 1:
        yield f"disk {disk.name} has at least 1 GiB"
    if not _DISK_NAME.fullmatch(disk.name):
        yield f"disk name {disk.name!r} cannot be part of a file name"
    if disk.scsi is not None and not 0 <= (disk.scsi.controller or 0) <= _HIGHEST_SCSI_CONTROLLER:
        yield f"disk {disk.name}: SCSI controllers are 0 to {_HIGHEST_SCSI_CONTROLLER}"


def _mistakes_of_nic(nic: Nic) -> Iterator[str]:
    place = f"network interface {nic.name}"
    if nic.network and nic.bridge:
        yield f"{place} names both a network and a bridge"
    if nic.vlan is not None and not 1 <= nic.vlan <= _HIGHEST_VLAN:
        yield f"{place}: VLAN {nic.vlan} is not within 1 to {_HIGHEST_VLAN}"
    if nic.mtu is not None and not _LEAST_MTU <= nic.mtu <= _MOST_MTU:
        yield f"{place}: MTU {nic.mtu} is not within {_LEAST_MTU} to {_MOST_MTU}"
    if nic.mac is not None and not _UNICAST_MAC.fullmatch(nic.mac):
        yield f"{place}: {nic.mac!r} is no MAC address of one interface"
    if nic.pci_slot is not None and not 1 <= nic.pci_slot <= _HIGHEST_PCI_SLOT:
        yield f"{place}: PCI slot {nic.pci_slot} is not within 1 to {_HIGHEST_PCI_SLOT}"
    told = (*_mistakes_of_name_servers(nic), *(_mistakes_of_address(nic.static) if nic.static is not None else ()))
    yield from (f"{place}: {mistake}" for mistake in told)


def _mistakes_of_name_servers(nic: Nic) -> Iterator[str]:
    for server in (*(nic.static.dns if nic.static is not None else ()), *nic.name_servers):
        if not _can_be(ipaddress.ip_address, server):
            yield f"name server {server!r} is no IP address"


def _mistakes_of_address(static: StaticAddress) -> Iterator[str]:
    if not 1 <= static.prefix <= _LONGEST_PREFIX:
        yield f"prefix length {static.prefix} is not within 1 to {_LONGEST_PREFIX}"
    gateway = (static.gateway,) if static.gateway is not None else ()
    for address in (static.address, *gateway, *(route.gateway for route in static.routes)):
        if not _can_be(ipaddress.IPv4Address, address):
            yield f"{address!r} is no IPv4 address"
    for route in static.routes:
        if not _can_be(ipaddress.IPv4Network, route.destination):
            yield f"route to {route.destination!r}, which is no IPv4 network"


def _can_be(kind: Callable[[str], object], text: str) -> bool:
    try:
        kind(text)
    except ValueError:
        return False
    return True


def _hardware(hardware: Hardware, host: Host) -> Iterator[str]:
    if hardware.firmware not in host.firmwares:
        yield f"firmware {hardware.firmware} (the host has {', '.join(sorted(host.firmwares)) or 'none'})"
    if hardware.cpus > host.most_cpus:
        yield f"{hardware.cpus} processors (the host allows {host.most_cpus})"
    if hardware.guest_tools in {GuestTools.UPGRADE, GuestTools.UNINSTALL}:
        yield f"guest tools policy {hardware.guest_tools} (install and skip are)"
    if hardware.gpus is not None:
        yield "GPUs"
    if hardware.root_disk.type not in _SPARSE:
        yield f"root disk type {hardware.root_disk.type} (root disks are thin overlays)"
    yield from _performance(hardware.performance, host)


def _performance(performance: Performance, host: Host) -> Iterator[str]:
    if performance.latency is not LatencySensitivity.NORMAL:
        yield f"latency sensitivity {performance.latency}"
    if performance.virtualization_based_security:
        yield "virtualization-based security"
    if performance.nested_virtualization and host.nested_feature is None:
        yield "nested virtualization (the host's processor does not pass it on)"
    if performance.hyper_threading is not HyperThreading.AUTO:
        yield f"hyper-threading policy {performance.hyper_threading}"


def _security(hardware: Hardware, host: Host) -> Iterator[str]:
    security = hardware.security
    if security.secure_boot and not host.secure_boot:
        yield "secure boot (the host has no firmware for it)"
    if security.tpm is not None and not host.emulated_tpm:
        yield "a virtual TPM (the host has no swtpm)"
    if security.iommu and not (host.is_x86 or host.arch == "aarch64"):
        yield f"an IOMMU on {host.arch}"
    encryption = security.encryption
    if encryption.enabled or encryption.required or encryption.key_provider is not None:
        yield "disk encryption"


def _limits(hardware: Hardware, host: Host) -> Iterator[str]:
    limits = hardware.limits
    if limits.cpu_limit is not None and not host.cpu_mhz:
        yield "a CPU limit in MHz (the host does not tell its speed)"
    if limits.cpu_reservation is not None:
        yield "a CPU reservation"
    if limits.memory_limit is not None:
        yield "a memory limit"
    if limits.memory_reservation is not None:
        yield "a memory reservation"


def _placement(placement: Placement) -> Iterator[str]:
    wanted = {
        "storage pod": placement.storage_pod,
        "cluster": placement.cluster,
        "folder": placement.folder,
        "resource pool": placement.resource_pool,
    }
    yield from (f"placement in {kind} {name}" for kind, name in wanted.items() if name is not None)


def _nic(nic: Nic) -> Iterator[str]:
    if nic.model is not None and nic.model not in MODELS:
        yield f"network interface model {nic.model} (there are {', '.join(sorted(MODELS))})"
    if nic.vlan is not None and nic.network is None:
        yield f"VLAN {nic.vlan} of {nic.name} on a bridge (name a libvirt network that carries VLAN tags)"


def _disk(disk: DataDisk) -> Iterator[str]:
    if disk.type not in _SPARSE and disk.type is not _PREALLOCATED:
        yield f"type {disk.type} of disk {disk.name} (thin and thick are)"
    if disk.scsi is not None and disk.scsi.shared_bus is not SharedBus.NONE:
        yield f"shared SCSI bus {disk.scsi.shared_bus} of disk {disk.name}"
    if disk.scsi is not None and disk.scsi.model is ScsiController.BUS_LOGIC:
        yield f"SCSI controller {disk.scsi.model} of disk {disk.name} (QEMU has none)"
