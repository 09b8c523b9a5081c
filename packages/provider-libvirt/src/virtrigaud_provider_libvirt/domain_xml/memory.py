"""Memory: how much, and how much can be added while the guest runs."""

from xml.etree import ElementTree as ET

from virtrigaud_api.contract import Hardware

from virtrigaud_provider_libvirt.domain_xml.document import element

_HOT_ADD_FACTOR = 4
_HOT_ADD_SLOTS = 16
_UNIT = {"unit": "MiB"}


def memory(hardware: Hardware) -> tuple[ET.Element, ...]:
    """`<memory>`, and `<maxMemory>` with free slots where memory can be added."""
    wanted = (
        element("memory", _UNIT, text=str(hardware.memory)),
        element("currentMemory", _UNIT, text=str(hardware.memory)),
    )
    if not hardware.performance.memory_hot_add:
        return wanted
    most = str(hardware.memory * _HOT_ADD_FACTOR)
    return (element("maxMemory", {**_UNIT, "slots": str(_HOT_ADD_SLOTS)}, text=most), *wanted)


def numa_cell(hardware: Hardware, cpus: int) -> ET.Element:
    """The one NUMA cell that libvirt asks of a guest whose memory can grow."""
    return element("cell", {"id": "0", "cpus": f"0-{cpus - 1}", "memory": str(hardware.memory), **_UNIT})


def dimm(mebibytes: int) -> ET.Element:
    """A memory module that is plugged into a running guest."""
    size = element("size", _UNIT, text=str(mebibytes))
    return element("memory", {"model": "dimm"}, element("target", None, size, element("node", text="0")))
