"""What the hypervisor's host can do. Pure; `connection` asks libvirt for the documents, once a connection.

Emulator, machine type, architecture and virtualisation type are asked, never assumed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from virtrigaud_api.contract import Firmware, Unsupported

from virtrigaud_provider_libvirt.domain_xml.document import attribute_of, parse, text_of

_PREFERRED_MACHINES = {"x86_64": "q35", "aarch64": "virt", "riscv64": "virt"}
_DOMAIN_TYPES = ("kvm", "qemu")
_NESTED_FEATURES = ("vmx", "svm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """The host, as far as domain documents depend on it.

    Attributes:
        domain_type: "kvm" where guests run on the processor, "qemu" where they are emulated.
        cpu_modes: Modes of `<cpu mode=...>` that work.
        nested_feature: Processor feature that lets a guest run guests; None where it is not to be had.
        cpu_mhz: Speed of one processor; 0 where the host does not tell.
    """

    name: str
    arch: str
    domain_type: str
    emulator: str
    machine: str
    cpu_modes: frozenset[str]
    firmwares: frozenset[Firmware]
    secure_boot: bool
    emulated_tpm: bool
    nested_feature: str | None
    most_cpus: int
    cpu_mhz: int

    @property
    def is_x86(self) -> bool:
        """PC hardware: ACPI, ISA, Intel's IOMMU."""
        return self.arch in {"x86_64", "i686"}


@dataclass(frozen=True, slots=True)
class GuestKind:
    """The kind of guest whose domain capabilities are asked for; machine None leaves it to libvirt."""

    arch: str
    domain_type: str
    machine: str | None


def preferred_guest(capabilities: str) -> GuestKind:
    """Choose guests of the host's own architecture, on the processor where that can be had.

    Args:
        capabilities: libvirt's document of the host.

    Raises:
        Unsupported: The host runs no full virtual machines of its own architecture.
    """
    document = parse(capabilities)
    arch = text_of(document, "host/cpu/arch")
    return GuestKind(arch, _domain_type(document, arch), _PREFERRED_MACHINES.get(arch))


def host_of(capabilities: str, domain_capabilities: str, *, name: str, cpu_mhz: int) -> Host:
    """Read what the host can do.

    Args:
        capabilities: libvirt's document of the host.
        domain_capabilities: libvirt's document of the preferred guests.
        name: The host's own name.
        cpu_mhz: Speed of one processor.
    """
    document, domain = parse(capabilities), parse(domain_capabilities)
    arch, domain_type = text_of(domain, "arch"), text_of(domain, "domain")
    return Host(
        name=name,
        arch=arch,
        domain_type=domain_type,
        emulator=text_of(domain, "path"),
        machine=text_of(domain, "machine"),
        cpu_modes=_cpu_modes(domain),
        firmwares=_firmwares(domain, arch),
        secure_boot="yes" in _values(domain.findall("os/loader/enum[@name='secure']/value")),
        emulated_tpm="emulator" in _values(domain.findall("devices/tpm/enum[@name='backendModel']/value")),
        nested_feature=_nested_feature(document) if domain_type == "kvm" else None,
        most_cpus=int(attribute_of(domain, "vcpu", "max", "1")),
        cpu_mhz=cpu_mhz,
    )


def _domain_type(capabilities: ET.Element, arch: str) -> str:
    for guest in capabilities.findall("guest"):
        found = guest.find(f"arch[@name='{arch}']")
        if found is None or text_of(guest, "os_type") != "hvm":
            continue
        types = {domain.get("type") for domain in found.findall("domain")}
        for wanted in _DOMAIN_TYPES:
            if wanted in types:
                return wanted
    raise Unsupported(f"this libvirt host has no emulator for its own architecture {arch}: install QEMU for it")


def _cpu_modes(domain: ET.Element) -> frozenset[str]:
    return frozenset(mode.get("name", "") for mode in domain.findall("cpu/mode") if mode.get("supported") == "yes")


def _firmwares(domain: ET.Element, arch: str) -> frozenset[Firmware]:
    """BIOS is built into QEMU's PCs and into nothing else; UEFI is there when libvirt found an image of it."""
    found = {Firmware.BIOS} if arch in {"x86_64", "i686"} else set()
    if "efi" in _values(domain.findall("os/enum[@name='firmware']/value")):
        found.add(Firmware.UEFI)
    return frozenset(found)


def _nested_feature(capabilities: ET.Element) -> str | None:
    found = {feature.get("name", "") for feature in capabilities.findall("host/cpu/feature")}
    return next((name for name in _NESTED_FEATURES if name in found), None)


def _values(elements: Iterable[ET.Element]) -> frozenset[str]:
    return frozenset(found.text or "" for found in elements)
