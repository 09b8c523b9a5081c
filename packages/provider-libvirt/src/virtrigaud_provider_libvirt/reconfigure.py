"""Brings processors, memory, disks and NICs of a machine to its spec.

The stored definition is changed first, in one step; then `live` brings the running guest after it as far as it
goes. What does not go shows as pending restart, because the running document differs from the stored one.
"""

from dataclasses import replace
from xml.etree import ElementTree as ET

import libvirt
from virtrigaud_api.contract import Conflict, InvalidSpec, MachineId, MachineSpec, Unsupported

from virtrigaud_provider_libvirt import admission, boot_image, disk_changes, live, lookup, networks
from virtrigaud_provider_libvirt.domain_xml import changes, disk, interface
from virtrigaud_provider_libvirt.domain_xml.document import parse, render
from virtrigaud_provider_libvirt.domain_xml.domain import sizing
from virtrigaud_provider_libvirt.domain_xml.metadata import ROOT_ROLE, Metadata, NamedNic
from virtrigaud_provider_libvirt.domain_xml.reading import MachineDocument, machine_document
from virtrigaud_provider_libvirt.domain_xml.traits import traits_of
from virtrigaud_provider_libvirt.identity import Identity
from virtrigaud_provider_libvirt.machine_volumes import MachineVolumes
from virtrigaud_provider_libvirt.session import Link
from virtrigaud_provider_libvirt.settings import LibvirtSettings

_AS_STORED = libvirt.VIR_DOMAIN_XML_INACTIVE | libvirt.VIR_DOMAIN_XML_SECURE


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
    tree = parse(document)
    _check_what_stays(tree, stored, stored.metadata, spec)
    growths = disk_changes.growths(link.connection, tree, stored.metadata, spec)
    changes.resize(tree, sizing(spec.hardware, link.host))
    changes.limit_iops(tree, disk.ROOT_TARGET, spec.hardware.root_disk.iops)
    nics = _change_nics(link.connection, tree, stored.metadata, spec, settings)
    pool = spec.placement.datastore or settings.default_datastore
    made = MachineVolumes(link.connection, Identity(machine, stored.name), pool)
    waiting = {g.role: g.bytes for g in growths if not g.while_running and domain.isActive()}
    try:
        owned = disk_changes.change(tree, stored.metadata, spec, made, waiting)
        known = replace(stored.metadata, volumes=owned, nics=nics, tags=spec.tags)
        changes.note(tree, known)
        link.connection.defineXML(render(tree))
    except BaseException:
        made.discard()
        raise
    for growth in growths:
        disk_changes.grow(domain, growth)
    if domain.isActive():
        live.follow(domain, document)
    _purge(link.connection, domain, known)


def _purge(connection: libvirt.virConnect, domain: libvirt.virDomain, known: Metadata) -> None:
    """Remove the files of disks that are to go, and forget them."""
    if not any(volume.goes_when_removed and not volume.target for volume in known.volumes):
        return
    running = parse(domain.XMLDesc(libvirt.VIR_DOMAIN_XML_SECURE)) if domain.isActive() else None
    left = disk_changes.purge(connection, running, known.volumes)
    if left != known.volumes:
        tree = parse(domain.XMLDesc(_AS_STORED))
        changes.note(tree, replace(known, volumes=left))
        connection.defineXML(render(tree))


def _check_what_stays(tree: ET.Element, stored: MachineDocument, known: Metadata, spec: MachineSpec) -> None:
    """Refuse what is chosen when a machine is made.

    Raises:
        InvalidSpec: The boot source changed.
        Unsupported: Firmware, security devices, the agent's channel, a storage pool or a disk's bus changed.
    """
    image = boot_image.wanted_path(spec.boot)
    if known.image and image != known.image:
        raise InvalidSpec(f"machine {known.owner} was made from image {known.image} and cannot change to {image}")
    changed = sorted(trait.value for trait in stored.traits ^ traits_of(spec.hardware))
    pool = next((volume.pool for volume in known.volumes if volume.role == ROOT_ROLE), "")
    wanted_pool = spec.hardware.root_disk.storage_class or spec.placement.datastore or pool
    if wanted_pool != pool:
        changed.append(f"storage pool {wanted_pool} instead of {pool}")
    changed += disk_changes.moved(tree, known, spec)
    if changed:
        raise Unsupported(f"machine {known.owner} was made differently, which stays for its life: {', '.join(changed)}")


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
