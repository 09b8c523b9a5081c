"""Reads a domain document into what the rest of the provider wants to know."""

from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from virtrigaud_api.contract import MachineId, MiB

from virtrigaud_provider_libvirt.domain_xml import metadata
from virtrigaud_provider_libvirt.domain_xml.devices import AGENT_CHANNEL
from virtrigaud_provider_libvirt.domain_xml.document import attribute_of, parse, text_of
from virtrigaud_provider_libvirt.domain_xml.traits import Trait

_AGENT_TARGET = f"devices/channel/target[@name='{AGENT_CHANNEL}']"
_KIB_OF_UNIT = {"": 1, "KiB": 1, "k": 1, "MiB": 1024, "M": 1024, "GiB": 1024 * 1024, "G": 1024 * 1024}


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskDocument:
    """One `<disk>` that is no CD-ROM."""

    name: str
    target: str
    path: str
    format: str
    iops: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NicDocument:
    """One `<interface>`, on a libvirt network or on a bridge of the host.

    Attributes:
        vlan: Not compared: a running document may name the tag of the network's port group.
        is_ours: The spec names it.
    """

    name: str
    mac: str
    network: str
    bridge: str
    model: str
    vlan: str = field(default="", compare=False)
    is_ours: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineDocument:
    """One domain document.

    Attributes:
        metadata: What we stored; None for a domain that is not ours.
        tuning: Weight and limit of processor time, as libvirt writes them.
        traits: What is chosen when a machine is made.
        console_url: Where the screen is; None while the domain does not run.
        agent_connected: The guest agent has opened its channel.
    """

    machine: MachineId
    name: str
    metadata: metadata.Metadata | None
    cpus: int
    most_cpus: int
    memory: MiB
    most_memory: MiB
    tuning: tuple[str, str]
    nics: tuple[NicDocument, ...]
    disks: tuple[DiskDocument, ...]
    traits: frozenset[Trait]
    agent_connected: bool
    console_url: str | None


def machine_document(document: str, names: metadata.Metadata | None = None) -> MachineDocument:
    """Read the XML of one domain, as stored or as it runs.

    Args:
        document: The XML.
        names: Where the names of NICs and disks stand, when not in the document itself.
    """
    domain = parse(document)
    known = names or metadata.read(domain)
    most_cpus = int(text_of(domain, "vcpu", "1"))
    memory = _mebibytes(domain, "memory")
    return MachineDocument(
        machine=MachineId(text_of(domain, "uuid")),
        name=text_of(domain, "name"),
        metadata=known,
        cpus=int(attribute_of(domain, "vcpu", "current") or most_cpus),
        most_cpus=most_cpus,
        memory=memory,
        most_memory=_mebibytes(domain, "maxMemory") or memory,
        tuning=(text_of(domain, "cputune/shares"), text_of(domain, "cputune/global_quota")),
        nics=_nics(domain, known),
        disks=_disks(domain, known),
        traits=_traits(domain),
        agent_connected=attribute_of(domain, _AGENT_TARGET, "state") == "connected",
        console_url=_console_url(domain),
    )


def _nics(domain: ET.Element, known: metadata.Metadata | None) -> tuple[NicDocument, ...]:
    """The NICs in the order of the document, by the names that we gave them, otherwise by their number."""
    names = {} if known is None else {nic.mac: nic.name for nic in known.nics}
    found = []
    for index, nic in enumerate(domain.findall("devices/interface")):
        mac = attribute_of(nic, "mac", "address").lower()
        network, bridge = attribute_of(nic, "source", "network"), attribute_of(nic, "source", "bridge")
        found.append(
            NicDocument(
                name=names.get(mac, f"nic{index}"),
                mac=mac,
                network=network,
                # The running document of a NIC on a network names the network's bridge as well.
                bridge="" if network else bridge,
                model=attribute_of(nic, "model", "type"),
                vlan=attribute_of(nic, "vlan/tag", "id"),
                is_ours=mac in names,
            )
        )
    return tuple(found)


def _disks(domain: ET.Element, known: metadata.Metadata | None) -> tuple[DiskDocument, ...]:
    names = {} if known is None else {volume.target: volume.role for volume in known.volumes if volume.target}
    return tuple(_disk(disk, names) for disk in domain.findall("devices/disk") if disk.get("device", "disk") == "disk")


def _disk(disk: ET.Element, names: dict[str, str]) -> DiskDocument:
    target = attribute_of(disk, "target", "dev")
    source = disk.find("source")
    path = "" if source is None else source.get("file") or source.get("dev") or source.get("name") or ""
    return DiskDocument(
        name=names.get(target, target),
        target=target,
        path=path,
        format=attribute_of(disk, "driver", "type", "raw"),
        iops=text_of(disk, "iotune/total_iops_sec"),
    )


def _traits(domain: ET.Element) -> frozenset[Trait]:
    efi = attribute_of(domain, "os", "firmware") == "efi" or attribute_of(domain, "os/loader", "type") == "pflash"
    # The stored document says what was asked for, the running one what was found for it.
    asked = attribute_of(domain, "os/firmware/feature[@name='secure-boot']", "enabled") == "yes"
    secure = asked or attribute_of(domain, "os/loader", "secure") == "yes"
    found = {
        Trait.UEFI: efi,
        Trait.SECURE_BOOT: secure,
        Trait.TPM: domain.find("devices/tpm") is not None,
        Trait.IOMMU: domain.find("devices/iommu") is not None,
        Trait.AGENT: domain.find(_AGENT_TARGET) is not None,
    }
    return frozenset(trait for trait, there in found.items() if there)


def _console_url(domain: ET.Element) -> str | None:
    for graphics in domain.findall("devices/graphics"):
        port = int(graphics.get("port", "-1"))
        if port > 0:
            return f"{graphics.get('type')}://{graphics.get('listen') or '127.0.0.1'}:{port}"
    return None


def _mebibytes(domain: ET.Element, path: str) -> MiB:
    kib = int(text_of(domain, path, "0")) * _KIB_OF_UNIT[attribute_of(domain, path, "unit")]
    return MiB(kib // 1024)
