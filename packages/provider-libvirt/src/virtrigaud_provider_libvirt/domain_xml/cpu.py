"""Processors: how many, how many can be added while the guest runs, which features, which share of the host."""

from xml.etree import ElementTree as ET

from virtrigaud_api.contract import Hardware

from virtrigaud_provider_libvirt.domain_xml.document import element
from virtrigaud_provider_libvirt.domain_xml.memory import numa_cell
from virtrigaud_provider_libvirt.host import Host

_HOT_ADD_FACTOR = 4
_PERIOD_MICROSECONDS = 100_000


def most_cpus(hardware: Hardware, host: Host) -> int:
    """How many processors the guest can have without a restart."""
    if not hardware.performance.cpu_hot_add:
        return hardware.cpus
    return max(hardware.cpus, min(hardware.cpus * _HOT_ADD_FACTOR, host.most_cpus))


def vcpu(hardware: Hardware, host: Host) -> ET.Element:
    """`<vcpu>`: the processors that are there, out of those that may be."""
    most = most_cpus(hardware, host)
    current = {"current": str(hardware.cpus)} if most != hardware.cpus else {}
    return element("vcpu", {"placement": "static", **current}, text=str(most))


def cpu(hardware: Hardware, host: Host) -> ET.Element | None:
    """`<cpu>`: the host's processor for guests that run on it, the richest emulated one otherwise."""
    children = []
    if hardware.performance.nested_virtualization and host.nested_feature is not None:
        children.append(element("feature", {"policy": "require", "name": host.nested_feature}))
    if hardware.performance.memory_hot_add:
        children.append(element("numa", None, numa_cell(hardware, most_cpus(hardware, host))))
    mode = _mode(host)
    if mode is None and not children:
        return None
    return element("cpu", {"mode": mode} if mode else None, *children)


def cputune(hardware: Hardware, host: Host) -> ET.Element | None:
    """`<cputune>`: relative weight and upper limit of processor time."""
    limits = hardware.limits
    children = []
    if limits.cpu_shares is not None:
        children.append(element("shares", text=str(limits.cpu_shares)))
    if limits.cpu_limit is not None and host.cpu_mhz:
        quota = limits.cpu_limit * _PERIOD_MICROSECONDS // host.cpu_mhz
        children.append(element("global_period", text=str(_PERIOD_MICROSECONDS)))
        children.append(element("global_quota", text=str(quota)))
    return element("cputune", None, *children) if children else None


def _mode(host: Host) -> str | None:
    preferred = ("host-model", "host-passthrough") if host.domain_type == "kvm" else ("maximum",)
    return next((mode for mode in preferred if mode in host.cpu_modes), None)
