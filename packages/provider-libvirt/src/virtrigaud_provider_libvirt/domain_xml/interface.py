"""Network interfaces: on a libvirt network or on a bridge of the host."""

from dataclasses import dataclass
from xml.etree import ElementTree as ET

from virtrigaud_api.contract import Nic

from virtrigaud_provider_libvirt.domain_xml.document import attribute_of, element

DEFAULT_MODEL = "virtio"
MODELS = frozenset({"virtio", "e1000", "e1000e", "rtl8139", "pcnet", "ne2k_pci", "vmxnet3"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PluggedNic:
    """A NIC with its MAC address; a backing is always named."""

    nic: Nic
    mac: str


def interface(plugged: PluggedNic) -> ET.Element:
    """`<interface>` of one NIC."""
    nic = plugged.nic
    kind = "network" if nic.bridge is None else "bridge"
    children = [
        element("mac", {"address": plugged.mac}),
        element("source", {kind: nic.bridge or nic.network or ""}),
        element("model", {"type": nic.model or DEFAULT_MODEL}),
    ]
    if nic.vlan is not None:
        children.append(element("vlan", None, element("tag", {"id": str(nic.vlan)})))
    if nic.mtu is not None:
        children.append(element("mtu", {"size": str(nic.mtu)}))
    if nic.pci_slot is not None:
        slot = {"domain": "0x0000", "bus": "0x00", "slot": f"{nic.pci_slot:#04x}", "function": "0x0"}
        children.append(element("address", {"type": "pci", **slot}))
    return element("interface", {"type": kind}, *children)


def shape(device: ET.Element) -> tuple[str, ...]:
    """What a spec decides about an `<interface>`: two of the same shape need no change."""
    return (
        attribute_of(device, "mac", "address").lower(),
        attribute_of(device, "source", "network") or attribute_of(device, "source", "bridge"),
        attribute_of(device, "model", "type"),
        attribute_of(device, "vlan/tag", "id"),
        attribute_of(device, "mtu", "size"),
    )
