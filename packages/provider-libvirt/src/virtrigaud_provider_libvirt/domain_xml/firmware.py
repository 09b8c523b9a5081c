"""Firmware: BIOS or UEFI, secure boot, and the machine type that goes with them."""

from xml.etree import ElementTree as ET

from virtrigaud_api.contract import Firmware, Hardware

from virtrigaud_provider_libvirt.domain_xml.document import element
from virtrigaud_provider_libvirt.host import Host


def os(hardware: Hardware, host: Host) -> ET.Element:
    """`<os>`; libvirt finds the image of UEFI and makes a variable store for the machine."""
    kind = element("type", {"arch": host.arch, "machine": host.machine}, text="hvm")
    boot = element("boot", {"dev": "hd"})
    if hardware.firmware is Firmware.BIOS:
        return element("os", None, kind, boot)
    secure = "yes" if hardware.security.secure_boot else "no"
    features = (
        element("feature", {"enabled": secure, "name": "enrolled-keys"}),
        element("feature", {"enabled": secure, "name": "secure-boot"}),
    )
    return element("os", {"firmware": "efi"}, kind, element("firmware", None, *features), boot)


def features(hardware: Hardware, host: Host) -> ET.Element:
    """`<features>`: ACPI carries the power button; secure boot is guarded by system management mode."""
    found = [element("acpi")]
    if host.is_x86:
        found.append(element("apic"))
    if hardware.security.secure_boot:
        found.append(element("smm", {"state": "on"}))
    return element("features", None, *found)
