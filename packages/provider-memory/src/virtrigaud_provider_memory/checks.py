"""What makes a spec impossible here: contradictions, things that are not had, names that do not exist.

Called before anything is made or changed. Every field of `MachineSpec` that passes is kept and shown.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network
from typing import Final

from virtrigaud_api.contract import (
    BootSource,
    Firmware,
    GuestData,
    Hardware,
    ImportedDisk,
    InvalidSpec,
    MachineSpec,
    Nic,
    NotFound,
    Unsupported,
)
from virtrigaud_provider_sdk.cloud_init import owners_network_config

from virtrigaud_provider_memory.guest import ADDRESS_DELAY, EXTRA_KEYS, IGNORES_SHUTDOWN
from virtrigaud_provider_memory.settings import MemorySettings
from virtrigaud_provider_memory.world import ROOT_DISK, World

NIC_MODELS: Final = ("virtio", "e1000", "e1000e", "vmxnet3", "rtl8139")


def check(spec: MachineSpec, settings: MemorySettings) -> None:
    """Check everything of a spec but its boot source.

    Raises:
        InvalidSpec: The spec contradicts itself.
        Unsupported: It asks for what a hypervisor without devices can't give.
        NotFound: It names a network or a storage that does not exist.
    """
    if not spec.name:
        raise InvalidSpec(f"a machine of {spec.owner} needs a name")
    _check_hardware(spec.hardware)
    _check_extra(spec.hardware)
    _unique(spec.name, "disk", [ROOT_DISK, *(disk.name for disk in spec.disks)])
    _unique(spec.name, "NIC", [nic.name for nic in spec.nics])
    for disk in spec.disks:
        _at_least(1, disk.size, f"size of disk {disk.name} in GiB")
    for nic in spec.nics:
        check_nic(nic, settings)
    storages = [spec.placement.datastore, spec.placement.storage_pod, spec.hardware.root_disk.storage_class]
    for storage in [*storages, *(disk.storage_class for disk in spec.disks)]:
        check_storage(storage, settings)


def check_guest(guest: GuestData) -> None:
    """Check what the guest of a machine that is made reads; it is read only once.

    Raises:
        InvalidSpec: No guest could read it.
    """
    if guest.network_data:
        owners_network_config(guest.network_data)


def check_storage(name: str | None, settings: MemorySettings) -> None:
    """Check that a storage exists, where one is named.

    Raises:
        NotFound: It does not exist.
    """
    _exists("storage", name, settings.storages)


def check_boot(boot: BootSource, world: World, settings: MemorySettings) -> None:
    """Check that the boot source exists.

    Raises:
        InvalidSpec: It names nothing.
        NotFound: The image or the imported disk does not exist.
    """
    if isinstance(boot, ImportedDisk):
        if boot.disk_id not in world.loose_disks:
            raise NotFound(f"imported disk {boot.disk_id} does not exist")
        return
    name = boot.template or boot.path or boot.url
    if not name:
        raise InvalidSpec("the image names no template, no path and no URL")
    if name not in world.images:
        _exists("image", name, settings.images)
    check_storage(boot.pool, settings)


def check_nic(nic: Nic, settings: MemorySettings) -> None:
    """Check one NIC.

    Raises:
        InvalidSpec: It contradicts itself.
        Unsupported: Its model is not had here.
        NotFound: Its network does not exist.
    """
    what = f"NIC {nic.name}"
    if nic.network and nic.bridge:
        raise InvalidSpec(f"{what} names a network and a bridge; give one of them")
    _within(nic.vlan, 1, 4094, f"VLAN of {what}")
    _within(nic.mtu, 68, 65_535, f"MTU of {what}")
    if nic.model is not None and nic.model not in NIC_MODELS:
        raise Unsupported(f"{what} wants model {nic.model}; there are {', '.join(NIC_MODELS)}")
    _exists("network", nic.network or nic.bridge, settings.networks)
    for server in nic.name_servers:
        _check_address(server, what)
    if nic.static is not None:
        _within(nic.static.prefix, 1, 32, f"prefix of {what}")
        hops = (route.gateway for route in nic.static.routes)
        for address in (nic.static.address, nic.static.gateway, *nic.static.dns, *hops):
            _check_address(address, what)
        for route in nic.static.routes:
            _check_network(route.destination, what)


def _check_hardware(hardware: Hardware) -> None:
    _at_least(1, hardware.cpus, "number of CPUs")
    _at_least(1, hardware.memory, "memory in MiB")
    if hardware.gpus is not None:
        _at_least(1, hardware.gpus.count, "number of GPUs")
    if hardware.security.secure_boot and hardware.firmware is not Firmware.UEFI:
        raise InvalidSpec("secure boot needs UEFI firmware")
    limits = hardware.limits
    for name, reserved, limit in (
        ("CPU", limits.cpu_reservation, limits.cpu_limit),
        ("memory", limits.memory_reservation, limits.memory_limit),
    ):
        if reserved is not None and limit is not None and reserved > limit:
            raise InvalidSpec(f"the {name} reservation {reserved} is above the limit {limit}")


def _check_extra(hardware: Hardware) -> None:
    for key, value in hardware.extra.items():
        if key not in EXTRA_KEYS:
            raise InvalidSpec(f"extra setting {key} is not known; known are {', '.join(sorted(EXTRA_KEYS))}")
        if key == IGNORES_SHUTDOWN and value not in ("true", "false"):
            raise InvalidSpec(f"extra setting {key} is {value}; it must be true or false")
        if key == ADDRESS_DELAY and not value.replace(".", "", 1).isdecimal():
            raise InvalidSpec(f"extra setting {key} is {value}; it must be a number of seconds")


def _check_address(address: str | None, what: str) -> None:
    try:
        if address is not None:
            IPv4Address(address)
    except ValueError as error:
        raise InvalidSpec(f"{what}: {address} is no IPv4 address") from error


def _check_network(network: str, what: str) -> None:
    try:
        IPv4Network(network)
    except ValueError as error:
        raise InvalidSpec(f"{what}: {network} is no IPv4 network with a prefix") from error


def _unique(machine: str, kind: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if not name or name in seen:
            raise InvalidSpec(f"{kind} name {name!r} of machine {machine} is empty, taken or used twice")
        seen.add(name)


def _within(value: int | None, lowest: int, highest: int, what: str) -> None:
    if value is not None and not lowest <= value <= highest:
        raise InvalidSpec(f"{what} is {value}; it must be from {lowest} to {highest}")


def _at_least(lowest: int, value: int, what: str) -> None:
    if value < lowest:
        raise InvalidSpec(f"{what} is {value}; it must be at least {lowest}")


def _exists(kind: str, name: str | None, there_are: frozenset[str] | None) -> None:
    if name is not None and there_are is not None and name not in there_are:
        raise NotFound(f"{kind} {name} does not exist")
