"""Everything beside disks and NICs: consoles, the agent's channel, random numbers, TPM, IOMMU, free slots."""

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from virtrigaud_api.contract import GuestTools, Hardware, TpmVersion

from virtrigaud_provider_libvirt.domain_xml.document import element
from virtrigaud_provider_libvirt.host import Host

AGENT_CHANNEL = "org.qemu.guest_agent.0"
_SPARE_SLOTS = 6
_PORT = {"type": "pci", "model": "pcie-root-port"}
_TPM_MODELS = {TpmVersion.TPM_1_2: "tpm-tis", TpmVersion.TPM_2_0: "tpm-crb"}


def consoles(console_listen: str) -> tuple[ET.Element, ...]:
    """A serial console, and a screen over VNC on the host's own address `console_listen`."""
    serial = element("serial", {"type": "pty"}, element("target", {"port": "0"}))
    console = element("console", {"type": "pty"}, element("target", {"type": "serial", "port": "0"}))
    listen = element("listen", {"type": "address", "address": console_listen})
    graphics = element("graphics", {"type": "vnc", "port": "-1", "autoport": "yes"}, listen)
    video = element("video", None, element("model", {"type": "virtio", "heads": "1"}))
    return (serial, console, graphics, video)


def devices(hardware: Hardware, host: Host) -> tuple[ET.Element, ...]:
    """What every machine has, and what the hardware asks for."""
    found = [
        element("controller", {"type": "usb", "model": "none"}),
        element("memballoon", {"model": "virtio"}),
        element("rng", {"model": "virtio"}, element("backend", {"model": "random"}, text="/dev/urandom")),
    ]
    if hardware.guest_tools is GuestTools.INSTALL:
        found.append(element("channel", {"type": "unix"}, element("target", {"type": "virtio", "name": AGENT_CHANNEL})))
    if host.is_x86:
        found.append(element("panic", {"model": "isa"}))
    if hardware.security.tpm is not None:
        found.append(_tpm(hardware.security.tpm))
    if hardware.security.iommu:
        found.append(element("iommu", {"model": "intel" if host.is_x86 else "smmuv3"}))
    return tuple(found)


def free_slots(devices_on_bus: Iterable[ET.Element], host: Host) -> tuple[ET.Element, ...]:
    """PCI Express ports: one for each device, and spare ones, because a port cannot be added to a running guest."""
    if not ("q35" in host.machine or host.machine.startswith("virt")):
        return ()
    endpoints = sum(1 for device in devices_on_bus if _is_endpoint(device))
    root = element("controller", {"type": "pci", "index": "0", "model": "pcie-root"})
    ports = range(1, endpoints + _SPARE_SLOTS + 1)
    return (root, *(element("controller", {**_PORT, "index": str(index)}) for index in ports))


def _is_endpoint(device: ET.Element) -> bool:
    if device.tag == "disk":
        target = device.find("target")
        return target is not None and target.get("bus") == "virtio"
    if device.tag == "controller":
        return device.get("type") == "scsi"
    return device.tag in {"interface", "memballoon", "rng", "channel"}


def _tpm(version: TpmVersion) -> ET.Element:
    backend = element("backend", {"type": "emulator", "version": version.value})
    return element("tpm", {"model": _TPM_MODELS[version]}, backend)
