"""Changes an existing document in place: everything that is not asked to change keeps its address and its name."""

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from virtrigaud_provider_libvirt.domain_xml import metadata
from virtrigaud_provider_libvirt.domain_xml.disk import Taken
from virtrigaud_provider_libvirt.domain_xml.document import attribute_of, element

_SIZING_TAGS = frozenset({"maxMemory", "memory", "currentMemory", "vcpu", "vcpus", "cpu", "cputune"})


def resize(domain: ET.Element, sizing: Iterable[ET.Element]) -> None:
    """Replace memory, processors and their limits; memory modules that were plugged in become plain memory."""
    for found in [child for child in domain if child.tag in _SIZING_TAGS]:
        domain.remove(found)
    devices = _devices(domain)
    for module in devices.findall("memory"):
        devices.remove(module)
    domain.extend(sizing)


def note(domain: ET.Element, known: metadata.Metadata) -> None:
    """Replace what we store with the domain; what others store there stays."""
    place = domain.find("metadata")
    if place is None:
        place = element("metadata")
        domain.append(place)
    ours = metadata.write(known)
    for found in place.findall(ours.tag):
        place.remove(found)
    place.append(ours)


def limit_iops(domain: ET.Element, target: str, iops: int | None) -> None:
    """Set or lift the limit of I/O operations of one disk."""
    disk = find_disk(domain, target)
    if disk is None:
        return
    for found in disk.findall("iotune"):
        disk.remove(found)
    if iops is not None:
        disk.append(element("iotune", None, element("total_iops_sec", text=str(iops))))


def add_device(domain: ET.Element, device: ET.Element) -> None:
    """Add a device; libvirt gives it an address."""
    _devices(domain).append(device)


def remove_device(domain: ET.Element, device: ET.Element) -> None:
    """Remove a device that was found."""
    _devices(domain).remove(device)


def replace_device(domain: ET.Element, former: ET.Element, device: ET.Element) -> None:
    """Put a device in the place of another; it takes over the address unless it has one of its own."""
    address = former.find("address")
    if address is not None and device.find("address") is None:
        device.append(address)
    devices = _devices(domain)
    place = list(devices).index(former)
    devices.remove(former)
    devices.insert(place, device)


def find_disk(domain: ET.Element, target: str) -> ET.Element | None:
    """The disk of that device name."""
    return next((d for d in domain.findall("devices/disk") if attribute_of(d, "target", "dev") == target), None)


def find_interface(domain: ET.Element, mac: str) -> ET.Element | None:
    """The network interface of that MAC address."""
    found = domain.findall("devices/interface")
    return next((nic for nic in found if attribute_of(nic, "mac", "address").lower() == mac.lower()), None)


def scsi_controllers(domain: ET.Element) -> frozenset[str]:
    """The numbers of the SCSI controllers."""
    return frozenset(found.get("index", "") for found in domain.findall("devices/controller[@type='scsi']"))


def taken(domain: ET.Element) -> Taken:
    """The places that disks have."""
    devices, numbers = set(), set()
    for disk in domain.findall("devices/disk"):
        devices.add(attribute_of(disk, "target", "dev"))
        address = disk.find("address[@type='drive']")
        if address is not None:
            numbers.add((int(address.get("controller", "0")), int(address.get("target", "0"))))
    return Taken(devices=frozenset(devices), scsi=frozenset(numbers))


def _devices(domain: ET.Element) -> ET.Element:
    devices = domain.find("devices")
    if devices is None:
        raise ValueError("a domain document without devices")
    return devices
