"""Brings a running guest to its stored definition, as far as that goes without a restart.

Called by reconfigure. What the guest or QEMU cannot do now stays as it is and shows as pending restart.
"""

from collections.abc import Callable
from functools import partial
from xml.etree import ElementTree as ET

import libvirt
import structlog

from virtrigaud_provider_libvirt.domain_xml import changes, interface, memory, metadata
from virtrigaud_provider_libvirt.domain_xml.document import attribute_of, parse, render
from virtrigaud_provider_libvirt.domain_xml.reading import machine_document
from virtrigaud_provider_libvirt.faults import is_connection_lost

# Linux brings memory online in blocks of this size on most machines.
_BLOCK_MEBIBYTES = 128
_LIVE = libvirt.VIR_DOMAIN_AFFECT_LIVE
_log = structlog.get_logger("virtrigaud.libvirt")


def follow(domain: libvirt.virDomain, former: str) -> None:
    """Change the running guest.

    Args:
        domain: The guest.
        former: The stored definition as it was before: only what it has is unplugged, so that a device that
            somebody else plugged into the running guest stays.
    """
    stored = domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE | libvirt.VIR_DOMAIN_XML_SECURE)
    running = domain.XMLDesc(libvirt.VIR_DOMAIN_XML_SECURE)
    _follow_size(domain, stored, running)
    _follow_devices(domain, parse(stored), parse(running), parse(former))


def _follow_size(domain: libvirt.virDomain, stored: str, running: str) -> None:
    wanted, now = machine_document(stored), machine_document(running)
    if now.cpus < wanted.cpus <= now.most_cpus:
        _try(domain, "add processors", partial(domain.setVcpusFlags, wanted.cpus, _LIVE))
    more = wanted.memory - now.memory
    if more > 0 and wanted.memory <= now.most_memory and more % _BLOCK_MEBIBYTES == 0:
        _try(domain, "add memory", partial(domain.attachDeviceFlags, render(memory.dimm(more)), _LIVE))


def _follow_devices(domain: libvirt.virDomain, stored: ET.Element, running: ET.Element, former: ET.Element) -> None:
    """Unplug before plugging in, so that a slot that becomes free can be used."""
    for device in (*_gone(running, stored, former, "interface"), *_gone(running, stored, former, "disk")):
        _try(domain, f"unplug {device.tag}", partial(domain.detachDeviceFlags, render(device), _LIVE))
    controllers = changes.scsi_controllers(running)
    for device in _only_in(stored, running, "controller"):
        if _try(domain, "plug in controller", partial(domain.attachDeviceFlags, render(device), _LIVE)):
            controllers |= {device.get("index", "")}
    for device in (*_only_in(stored, running, "disk"), *_only_in(stored, running, "interface")):
        # libvirt would make up a controller that the stored definition does not have.
        if attribute_of(device, "address[@type='drive']", "controller") in {"", *controllers}:
            _try(domain, f"plug in {device.tag}", partial(domain.attachDeviceFlags, render(device), _LIVE))
    for device in stored.findall("devices/interface"):
        plugged = changes.find_interface(running, attribute_of(device, "mac", "address"))
        if plugged is not None and interface.shape(plugged) != interface.shape(device):
            _try(domain, "change interface", partial(domain.updateDeviceFlags, render(device), _LIVE))


def _gone(running: ET.Element, stored: ET.Element, former: ET.Element, kind: str) -> list[ET.Element]:
    """The devices of a kind that the guest has still and shall not have: the former definition's, and our volumes."""
    ours = {_key(device) for device in former.findall(f"devices/{kind}")}
    known = metadata.read(stored)
    volumes = set() if known is None else {volume.name for volume in known.volumes}
    return [
        device
        for device in _only_in(running, stored, kind)
        if _key(device) in ours or attribute_of(device, "source", "file").rpartition("/")[2] in volumes
    ]


def _only_in(one: ET.Element, other: ET.Element, kind: str) -> list[ET.Element]:
    """The devices of a kind that the other document does not have."""
    known = {_key(device) for device in other.findall(f"devices/{kind}")}
    return [device for device in one.findall(f"devices/{kind}") if _key(device) not in known and _is_pluggable(device)]


def _key(device: ET.Element) -> str:
    """What tells a device from others of its kind."""
    match device.tag:
        case "interface":
            return attribute_of(device, "mac", "address").lower()
        case "disk":
            return attribute_of(device, "target", "dev")
        case _:
            return f"{device.get('type')} {device.get('index')}"


def _is_pluggable(device: ET.Element) -> bool:
    """Of controllers only those for SCSI can be plugged in."""
    return device.tag != "controller" or device.get("type") == "scsi"


def _try(domain: libvirt.virDomain, deed: str, change: Callable[[], object]) -> bool:
    """Do one change, and tell whether it worked."""
    try:
        change()
    except libvirt.libvirtError as error:
        if is_connection_lost(error):
            raise
        _log.info("change waits for a restart", domain=domain.name(), deed=deed, error=str(error))
        return False
    return True
