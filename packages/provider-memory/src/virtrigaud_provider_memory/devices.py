"""Disks and NICs of a machine, brought to its spec. Pure: called when it is made, reconfigured, started."""

import hashlib
from dataclasses import replace

from virtrigaud_api.contract import DataDisk, InvalidSpec, MachineId, MachineSpec, Nic

from virtrigaud_provider_memory.capacity import GIB
from virtrigaud_provider_memory.world import Disk, Interface


def fitted_disks(machine: MachineId, spec: MachineSpec, disks: tuple[Disk, ...], *, running: bool) -> tuple[Disk, ...]:
    """Return the disks as the spec wants them, the root disk first.

    Disks keep their content and only grow; of a running machine only those that may grow online.
    A data disk that the spec does not name any more is removed with its content.

    Raises:
        InvalidSpec: A disk would shrink.
    """
    root, *others = disks
    have = {disk.name: disk for disk in others}
    fitted = [_grown(root, (spec.hardware.root_disk.size or 0) * GIB or root.size_bytes, at_once=True)]
    for wanted in spec.disks:
        disk = have.get(wanted.name) or _empty(machine, wanted)
        fitted.append(_grown(disk, wanted.size * GIB, at_once=wanted.grows_online or not running))
    return tuple(fitted)


def fitted_interfaces(
    machine: MachineId, nics: tuple[Nic, ...], interfaces: tuple[Interface, ...]
) -> tuple[Interface, ...]:
    """Return the NICs as wanted; one that keeps its name keeps its MAC address, unless the spec names another."""
    macs = {interface.nic.name: interface.mac for interface in interfaces}
    return tuple(
        Interface(nic=nic, mac=nic.mac or macs.get(nic.name) or _stable_mac(machine, nic.name)) for nic in nics
    )


def disk_path(machine: MachineId, disk: str) -> str:
    """Return the path of a disk that is made for a machine."""
    return f"memory://machines/{machine}/{disk}"


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


def _stable_mac(machine: MachineId, nic: str) -> str:
    # The prefix 02 marks a locally administered unicast address (IEEE 802).
    digest = hashlib.sha256(f"{machine}/{nic}".encode()).hexdigest()
    return ":".join(["02", *(digest[at : at + 2] for at in range(0, 10, 2))])
