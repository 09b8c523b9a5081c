"""The whole domain document of a new machine."""

from dataclasses import dataclass
from xml.etree import ElementTree as ET

from virtrigaud_api.contract import Hardware, MachineSpec

from virtrigaud_provider_libvirt.domain_xml import cpu, devices, disk, firmware, interface, memory, metadata
from virtrigaud_provider_libvirt.domain_xml.document import element, render
from virtrigaud_provider_libvirt.host import Host
from virtrigaud_provider_libvirt.identity import Identity

_IGNITION_KEY = "opt/com.coreos/config"


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainPlan:
    """A machine with everything found, made and named that its document speaks of.

    Attributes:
        console_listen: Address of the host where the screen's VNC server listens.
        ignition: Path of the Ignition config on the host.
    """

    spec: MachineSpec
    identity: Identity
    host: Host
    metadata: metadata.Metadata
    console_listen: str
    root: disk.DiskFile
    seed: str
    disks: tuple[disk.AttachedDisk, ...] = ()
    nics: tuple[interface.PluggedNic, ...] = ()
    ignition: str | None = None


def domain_document(plan: DomainPlan) -> str:
    """Write the document."""
    hardware, host = plan.spec.hardware, plan.host
    children = [
        element("name", text=plan.identity.domain),
        element("uuid", text=plan.identity.machine),
        element("metadata", None, metadata.write(plan.metadata)),
        *sizing(hardware, host),
        *_ignition(plan.ignition),
        firmware.os(hardware, host),
        firmware.features(hardware, host),
        _clock(host),
        element("on_poweroff", text="destroy"),
        element("on_reboot", text="restart"),
        element("on_crash", text="destroy"),
        _devices(plan),
    ]
    return render(element("domain", {"type": host.domain_type}, *children))


def sizing(hardware: Hardware, host: Host) -> tuple[ET.Element, ...]:
    """The elements that a resize replaces: memory, processors and their limits."""
    found = (*memory.memory(hardware), cpu.vcpu(hardware, host), cpu.cpu(hardware, host), cpu.cputune(hardware, host))
    return tuple(part for part in found if part is not None)


def _devices(plan: DomainPlan) -> ET.Element:
    on_bus = (
        disk.root(plan.root, plan.spec.hardware.root_disk.iops),
        *(disk.data(attached) for attached in plan.disks),
        disk.seed(plan.seed),
        *disk.controllers(attached.disk for attached in plan.disks),
        *(interface.interface(nic) for nic in plan.nics),
        *devices.devices(plan.spec.hardware, plan.host),
    )
    emulator = element("emulator", text=plan.host.emulator)
    ports = devices.free_slots(on_bus, plan.host)
    return element("devices", None, emulator, *ports, *on_bus, *devices.consoles(plan.console_listen))


def _ignition(path: str | None) -> tuple[ET.Element, ...]:
    """Ignition reads its config from QEMU's firmware configuration device; by file, so that no argument holds it."""
    if path is None:
        return ()
    return (element("sysinfo", {"type": "fwcfg"}, element("entry", {"name": _IGNITION_KEY, "file": path})),)


def _clock(host: Host) -> ET.Element:
    """UTC; on PCs without the HPET, which wakes an idle guest for nothing."""
    timers = (element("timer", {"name": "hpet", "present": "no"}),) if host.is_x86 else ()
    return element("clock", {"offset": "utc"}, *timers)
