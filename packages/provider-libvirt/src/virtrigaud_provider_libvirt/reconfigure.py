"""Brings processors, memory, disks and NICs of a machine to its spec.

The stored definition is changed first, in one step; then `live` brings the running guest after it as far as it
goes. What does not go shows as pending restart, because the running document differs from the stored one.
"""

from dataclasses import dataclass, replace
from xml.etree import ElementTree as ET

import libvirt
from virtrigaud_api.contract import Conflict, InvalidSpec, MachineId, MachineSpec, Unsupported, WrongState

from virtrigaud_provider_libvirt import admission, boot_image, live, lookup, networks, pools, volumes
from virtrigaud_provider_libvirt.domain_xml import changes, disk, interface
from virtrigaud_provider_libvirt.domain_xml.document import parse, render
from virtrigaud_provider_libvirt.domain_xml.domain import sizing
from virtrigaud_provider_libvirt.domain_xml.metadata import ROOT_ROLE, Metadata, NamedNic, OwnedVolume
from virtrigaud_provider_libvirt.domain_xml.reading import MachineDocument, machine_document
from virtrigaud_provider_libvirt.domain_xml.traits import traits_of
from virtrigaud_provider_libvirt.identity import Identity
from virtrigaud_provider_libvirt.machine_volumes import MachineVolumes, disk_role
from virtrigaud_provider_libvirt.session import Link
from virtrigaud_provider_libvirt.settings import LibvirtSettings

_AS_STORED = libvirt.VIR_DOMAIN_XML_INACTIVE | libvirt.VIR_DOMAIN_XML_SECURE


@dataclass(frozen=True, slots=True, kw_only=True)
class _Growth:
    """A disk that becomes larger."""

    target: str
    volume: libvirt.virStorageVol
    bytes: int
    while_running: bool


def reconfigure(link: Link, machine: MachineId, spec: MachineSpec, settings: LibvirtSettings) -> None:
    """Bring a machine to its spec.

    Raises:
        ProviderError: As the port says.
        libvirt.libvirtError: For the session to translate.
    """
    domain = lookup.require_domain(link.connection, machine)
    document = domain.XMLDesc(_AS_STORED)
    stored = machine_document(document)
    if stored.metadata is None:
        raise Conflict(f"machine {machine} ({stored.name}) was not made by VirtRigaud and is not changed")
    admission.admit(spec, link.host)
    _check_what_stays(stored, stored.metadata, spec)
    growths = _growths(link.connection, stored.metadata, spec)
    _check_growths(domain, growths)
    tree = parse(document)
    changes.resize(tree, sizing(spec.hardware, link.host))
    changes.limit_iops(tree, disk.ROOT_TARGET, spec.hardware.root_disk.iops)
    nics = _change_nics(link.connection, tree, stored.metadata, spec, settings)
    pool = spec.placement.datastore or settings.default_datastore
    made = MachineVolumes(link.connection, Identity(machine, stored.name), pool)
    try:
        owned = _change_disks(tree, stored.metadata, spec, made)
        changes.note(tree, replace(stored.metadata, volumes=owned, nics=nics, tags=spec.tags))
        link.connection.defineXML(render(tree))
    except BaseException:
        made.discard()
        raise
    for growth in growths:
        _grow(domain, growth)
    if domain.isActive():
        live.follow(domain)


def _check_what_stays(stored: MachineDocument, known: Metadata, spec: MachineSpec) -> None:
    """Refuse what is chosen when a machine is made.

    Raises:
        InvalidSpec: The boot source changed.
        Unsupported: Firmware, security devices, the agent's channel or the storage pool changed.
    """
    image = boot_image.wanted_path(spec.boot)
    if known.image and image != known.image:
        raise InvalidSpec(f"machine {known.owner} was made from image {known.image} and cannot change to {image}")
    changed = sorted(trait.value for trait in stored.traits ^ traits_of(spec.hardware))
    pool = next((volume.pool for volume in known.volumes if volume.role == ROOT_ROLE), "")
    wanted_pool = spec.hardware.root_disk.storage_class or spec.placement.datastore or pool
    if wanted_pool != pool:
        changed.append(f"storage pool {wanted_pool} instead of {pool}")
    if changed:
        raise Unsupported(f"machine {known.owner} was made differently, which stays for its life: {', '.join(changed)}")


def _growths(connection: libvirt.virConnect, known: Metadata, spec: MachineSpec) -> tuple[_Growth, ...]:
    """Which attached disks have to grow.

    Raises:
        InvalidSpec: One would have to shrink.
    """
    sizes = {disk_role(wanted.name): (wanted.size, wanted.grows_online) for wanted in spec.disks}
    if spec.hardware.root_disk.size is not None:
        sizes[ROOT_ROLE] = (spec.hardware.root_disk.size, True)
    found = []
    for owned in known.volumes:
        if not owned.target or owned.role not in sizes:
            continue
        size, online = sizes[owned.role]
        volume = pools.file_pool(connection, owned.pool).storageVolLookupByName(owned.name)
        wanted = volumes.growth(volume, size)
        if wanted is not None:
            found.append(_Growth(target=owned.target, volume=volume, bytes=wanted, while_running=online))
    return tuple(found)


def _check_growths(domain: libvirt.virDomain, growths: tuple[_Growth, ...]) -> None:
    offline = [growth.volume.name() for growth in growths if not growth.while_running]
    if offline and domain.isActive():
        raise WrongState(f"disk {', '.join(offline)} grows only while the machine is off, as its spec says")


def _grow(domain: libvirt.virDomain, growth: _Growth) -> None:
    if domain.isActive():
        domain.blockResize(growth.target, growth.bytes, libvirt.VIR_DOMAIN_BLOCK_RESIZE_BYTES)
    else:
        growth.volume.resize(growth.bytes)


def _change_nics(
    connection: libvirt.virConnect, tree: ET.Element, known: Metadata, spec: MachineSpec, settings: LibvirtSettings
) -> tuple[NamedNic, ...]:
    """Add, replace and remove NICs; one that stays keeps its MAC address and its slot."""
    macs = {nic.name: nic.mac for nic in known.nics}
    identity = Identity(MachineId(tree.findtext("uuid", "")), tree.findtext("name", ""))
    wanted = networks.plugged_nics(
        connection, spec.nics, lambda name: macs.get(name) or identity.mac(name), settings.default_network
    )
    for name in macs.keys() - {plugged.nic.name for plugged in wanted}:
        former = changes.find_interface(tree, macs[name])
        if former is not None:
            changes.remove_device(tree, former)
    for plugged in wanted:
        former = changes.find_interface(tree, macs.get(plugged.nic.name, plugged.mac))
        device = interface.interface(plugged)
        if former is None:
            changes.add_device(tree, device)
        elif interface.shape(former) != interface.shape(device):
            changes.replace_device(tree, former, device)
    return tuple(NamedNic(name=plugged.nic.name, mac=plugged.mac) for plugged in wanted)


def _change_disks(
    tree: ET.Element, known: Metadata, spec: MachineSpec, made: MachineVolumes
) -> tuple[OwnedVolume, ...]:
    """Add data disks, and take out those that are wanted no more; their volumes stay until the machine goes."""
    wanted = {disk_role(one.name): one for one in spec.disks}
    kept = []
    for owned in known.volumes:
        is_surplus = owned.role.startswith(disk_role("")) and owned.role not in wanted
        device = changes.find_disk(tree, owned.target) if is_surplus and owned.target else None
        if device is not None:
            changes.remove_device(tree, device)
        kept.append(replace(owned, target="") if is_surplus else owned)
    attached = {owned.role for owned in kept if owned.target}
    missing = [one for role, one in wanted.items() if role not in attached]
    for controller in disk.controllers(missing):
        if controller.get("index", "") not in changes.scsi_controllers(tree):
            changes.add_device(tree, controller)
    for one in made.data(missing, changes.taken(tree)):
        changes.add_device(tree, disk.data(one))
    remade = {owned.role for owned in made.owned}
    return (*(owned for owned in kept if owned.role not in remade), *made.owned)
