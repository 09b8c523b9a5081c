"""Which disks of a machine grow, come and go with a changed spec. Part of reconfigure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from xml.etree import ElementTree as ET

import libvirt
from virtrigaud_api.contract import DataDisk, MachineSpec

from virtrigaud_provider_libvirt import pools, volumes
from virtrigaud_provider_libvirt.domain_xml import changes, disk
from virtrigaud_provider_libvirt.domain_xml.metadata import ROOT_ROLE, Metadata, OwnedVolume, disk_name, disk_role
from virtrigaud_provider_libvirt.machine_volumes import MachineVolumes


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """A disk that becomes larger.

    Attributes:
        while_running: It may grow while the machine runs.
    """

    role: str
    target: str
    volume: libvirt.virStorageVol
    bytes: int
    while_running: bool


def growths(connection: libvirt.virConnect, tree: ET.Element, known: Metadata, spec: MachineSpec) -> tuple[Growth, ...]:
    """Which attached disks have to grow.

    Raises:
        InvalidSpec: One would have to shrink.
    """
    sizes = {disk_role(wanted.name): (wanted.size, wanted.grows_online) for wanted in spec.disks}
    if spec.hardware.root_disk.size is not None:
        sizes[ROOT_ROLE] = (spec.hardware.root_disk.size, True)
    found = []
    for owned in known.volumes:
        if owned.role not in sizes or not _is_attached(tree, owned):
            continue
        size, online = sizes[owned.role]
        volume = pools.file_pool(connection, owned.pool).storageVolLookupByName(owned.name)
        wanted = volumes.growth(volume, size)
        if wanted is not None:
            growth = Growth(role=owned.role, target=owned.target, volume=volume, bytes=wanted, while_running=online)
            found.append(growth)
    return tuple(found)


def moved(tree: ET.Element, known: Metadata, spec: MachineSpec) -> Iterator[str]:
    """Say which disks would have to move to another storage pool or bus; also of those that are kept unplugged."""
    wanted = {disk_role(one.name): one for one in spec.disks}
    for owned in known.volumes:
        one = wanted.get(owned.role)
        if one is None:
            continue
        if one.storage_class not in (None, owned.pool):
            yield f"disk {one.name} in storage pool {one.storage_class} instead of {owned.pool}"
        device = changes.find_disk(tree, owned.target) if owned.target else None
        if device is not None and disk.bus_of_device(device) != disk.bus_of(one):
            yield f"disk {one.name} on bus {disk.bus_of(one)} instead of {disk.bus_of_device(device)}"


def grow(domain: libvirt.virDomain, growth: Growth) -> None:
    """Make it larger: now, or with the next start where it may not grow while the machine runs."""
    if not domain.isActive():
        growth.volume.resize(growth.bytes)
    elif growth.while_running:
        domain.blockResize(growth.target, growth.bytes, libvirt.VIR_DOMAIN_BLOCK_RESIZE_BYTES)


def change(
    tree: ET.Element, known: Metadata, spec: MachineSpec, made: MachineVolumes, waiting: Mapping[str, int]
) -> tuple[OwnedVolume, ...]:
    """Add data disks, and take out those that are wanted no more.

    Args:
        tree: The stored document; changed in place.
        known: What is noted with the machine.
        spec: What is wanted.
        made: Makes the volumes that are missing.
        waiting: Bytes that disks get with the next start, by their role.

    Returns:
        What is to be noted: also volumes that are attached no more, until `purge` or the deletion of the machine.
    """
    wanted = {disk_role(one.name): one for one in spec.disks}
    kept = [_kept(tree, owned, wanted, waiting) for owned in known.volumes]
    attached = {owned.role for owned in kept if _is_attached(tree, owned)}
    missing = [one for role, one in wanted.items() if role not in attached]
    for controller in disk.controllers(missing):
        if controller.get("index", "") not in changes.scsi_controllers(tree):
            changes.add_device(tree, controller)
    for one in made.data(missing, changes.taken(tree)):
        changes.add_device(tree, disk.data(one))
    remade = {owned.role for owned in made.owned}
    return (*(owned for owned in kept if owned.role not in remade), *made.owned)


def purge(
    connection: libvirt.virConnect, running: ET.Element | None, owned: tuple[OwnedVolume, ...]
) -> tuple[OwnedVolume, ...]:
    """Remove the files of disks that are to go and that no guest holds any more; return what is still to be noted."""
    kept = []
    for volume in owned:
        goes = volume.goes_when_removed and not volume.target and bool(disk_name(volume.role))
        if goes and not _is_held(running, volume):
            volumes.remove(connection, volume.pool, volume.name)
        else:
            kept.append(volume)
    return tuple(kept)


def _kept(
    tree: ET.Element, owned: OwnedVolume, wanted: Mapping[str, DataDisk], waiting: Mapping[str, int]
) -> OwnedVolume:
    """What is noted of a volume from now on; a data disk that is wanted no more is taken out."""
    if owned.role in wanted:
        goes = wanted[owned.role].deleted_when_removed
        return replace(owned, goes_when_removed=goes, grows_to=waiting.get(owned.role, 0))
    if not disk_name(owned.role):
        return owned
    device = changes.find_disk(tree, owned.target) if owned.target else None
    if device is not None:
        changes.remove_device(tree, device)
    return replace(owned, target="", grows_to=0)


def _is_attached(tree: ET.Element, owned: OwnedVolume) -> bool:
    """Somebody else may have taken it out."""
    return bool(owned.target) and changes.find_disk(tree, owned.target) is not None


def _is_held(running: ET.Element | None, volume: OwnedVolume) -> bool:
    sources = [] if running is None else running.findall("devices/disk/source")
    return any((source.get("file") or "").endswith(f"/{volume.name}") for source in sources)
