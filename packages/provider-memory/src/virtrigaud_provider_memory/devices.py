"""Disks and NICs of a machine, brought to its spec. Pure: called when it is made, reconfigured, started."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from virtrigaud_api.contract import DataDisk, InvalidSpec, MachineId, MachineSpec, Nic

from virtrigaud_provider_memory.capacity import GIB
from virtrigaud_provider_memory.world import ROOT_DISK, Body, Disk, Interface


@dataclass(frozen=True, slots=True)
class FittedDisks:
    """The disks that are plugged in, the root disk first, and those that lie on the shelf."""

    plugged: tuple[Disk, ...]
    shelved: tuple[Disk, ...]


def fitted_disks(machine: MachineId, spec: MachineSpec, body: Body) -> FittedDisks:
    """Return the disks as the spec wants them.

    Disks keep their content and only grow; of a running machine only those that may grow online. A disk
    that the former spec named and this one does not is unplugged, and kept or not as it was said then. One
    that no spec ever named stays.

    Raises:
        InvalidSpec: A disk would shrink.
    """
    root, *others = body.disks
    running = body.run is not None
    size = (spec.hardware.root_disk.size or 0) * GIB or root.size_bytes
    fitted = [_grown(root, size, at_once=True)]
    have = {disk.name: disk for disk in (*body.shelved, *others)}
    for wanted in spec.disks:
        disk = have.pop(wanted.name, None) or _empty(machine, wanted)
        disk = replace(disk, type=wanted.type, storage=wanted.storage_class or disk.storage)
        fitted.append(_grown(disk, wanted.size * GIB, at_once=wanted.grows_online or not running))
    former = {wanted.name: wanted for wanted in body.spec.disks}
    shelved = {disk.name for disk in body.shelved}
    left = [disk for disk in have.values() if not (disk.name in former and former[disk.name].deleted_when_removed)]
    return FittedDisks(
        plugged=(*fitted, *(disk for disk in left if disk.name not in {*former, *shelved})),
        shelved=tuple(disk for disk in left if disk.name in {*former, *shelved}),
    )


def grown_at_start(body: Body) -> tuple[Disk, ...]:
    """Return the disks with the growth that waited for the machine to be off."""
    sizes = {wanted.name: wanted.size * GIB for wanted in body.spec.disks}
    return tuple(
        replace(disk, size_bytes=max(disk.size_bytes, sizes.get(disk.name, 0))) if disk.name != ROOT_DISK else disk
        for disk in body.disks
    )


def fitted_interfaces(
    machine: MachineId, nics: tuple[Nic, ...], interfaces: tuple[Interface, ...], former: Iterable[Nic] = ()
) -> tuple[Interface, ...]:
    """Return the NICs as wanted, and those that no spec ever named.

    One that keeps its name keeps its MAC address, unless the spec names another.
    """
    macs = {interface.nic.name: interface.mac for interface in interfaces}
    named = {nic.name for nic in (*nics, *former)}
    wanted = (Interface(nic=nic, mac=nic.mac or macs.get(nic.name) or stable_mac(machine, nic.name)) for nic in nics)
    return (*wanted, *(interface for interface in interfaces if interface.nic.name not in named))


def disk_path(machine: MachineId, disk: str) -> str:
    """Return the path of a disk that is made for a machine."""
    return f"memory://machines/{machine}/{disk}"


def stable_mac(machine: MachineId, nic: str) -> str:
    """Return the MAC address that a NIC of this name has when none is wanted."""
    # The prefix 02 marks a locally administered unicast address (IEEE 802).
    digest = hashlib.sha256(f"{machine}/{nic}".encode()).hexdigest()
    return ":".join(["02", *(digest[at : at + 2] for at in range(0, 10, 2))])


def _empty(machine: MachineId, wanted: DataDisk) -> Disk:
    return Disk(
        name=wanted.name,
        path=disk_path(machine, wanted.name),
        size_bytes=wanted.size * GIB,
        content="",
        type=wanted.type,
        storage=wanted.storage_class,
    )


def _grown(disk: Disk, size_bytes: int, *, at_once: bool) -> Disk:
    if size_bytes < disk.size_bytes:
        raise InvalidSpec(
            f"disk {disk.name} has {disk.size_bytes / GIB:g} GiB and can't shrink to {size_bytes / GIB:g} GiB"
        )
    if size_bytes == disk.size_bytes or not at_once:
        return disk
    return replace(disk, size_bytes=size_bytes)
