"""Finds domains. "Not there" is said only when libvirt said so positively; anything else is raised."""

import uuid

import libvirt
from virtrigaud_api.contract import MachineId, NotFound

from virtrigaud_provider_libvirt.domain_xml.reading import MachineDocument, machine_document
from virtrigaud_provider_libvirt.faults import is_absent


def domain(connection: libvirt.virConnect, machine: MachineId) -> libvirt.virDomain | None:
    """The domain of a machine; None when it does not exist.

    Ids that we gave are UUIDs; the Go provider gave the domain's name.
    """
    if not _is_uuid(machine):
        return domain_by_name(connection, machine)
    try:
        return connection.lookupByUUIDString(machine)
    except libvirt.libvirtError as error:
        if not is_absent(error, libvirt.VIR_ERR_NO_DOMAIN):
            raise
        return None


def domain_by_name(connection: libvirt.virConnect, name: str) -> libvirt.virDomain | None:
    """The domain of a name; None when it does not exist."""
    try:
        return connection.lookupByName(name)
    except libvirt.libvirtError as error:
        if not is_absent(error, libvirt.VIR_ERR_NO_DOMAIN):
            raise
        return None


def require_domain(connection: libvirt.virConnect, machine: MachineId) -> libvirt.virDomain:
    """The domain of a machine.

    Raises:
        NotFound: It does not exist.
    """
    found = domain(connection, machine)
    if found is None:
        raise NotFound(f"machine {machine} does not exist on the hypervisor")
    return found


def stored_document(found: libvirt.virDomain) -> MachineDocument:
    """What the domain is after its next start."""
    return machine_document(found.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))


def running_document(found: libvirt.virDomain, stored: MachineDocument) -> MachineDocument:
    """What the domain is now; the names of its devices stand in the stored document, which is the newer one."""
    return machine_document(found.XMLDesc(0), stored.metadata)


def _is_uuid(machine: MachineId) -> bool:
    try:
        uuid.UUID(machine)
    except ValueError:
        return False
    return True
