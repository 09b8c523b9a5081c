"""The lab's NAT network: a subnet that the machine does not use, and its libvirt document."""

import ipaddress
import struct
from pathlib import Path

from libvirt_lab.faults import LabError

_CANDIDATES = tuple(ipaddress.IPv4Network(f"192.168.{third}.0/24") for third in range(180, 220))

# dnsmasq would ping each address before it offers it, which costs three seconds a lease.
_DOCUMENT = """
<network xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0'>
  <name>{name}</name>
  <forward mode='nat'/>
  <bridge name='{bridge}' stp='off' delay='0'/>
  <ip address='{gateway}' prefix='{prefix}'>
    <dhcp><range start='{first}' end='{last}'/></dhcp>
  </ip>
  <dnsmasq:options><dnsmasq:option value='no-ping'/></dnsmasq:options>
</network>
"""


def document(name: str, bridge: str) -> str:
    """The network as libvirt wants to hear it."""
    subnet = _free_subnet()
    return _DOCUMENT.format(
        name=name, bridge=bridge, gateway=subnet[1], prefix=subnet.prefixlen, first=subnet[10], last=subnet[250]
    )


def _free_subnet() -> ipaddress.IPv4Network:
    used = _routed_subnets()
    for candidate in _CANDIDATES:
        if not any(candidate.overlaps(subnet) for subnet in used):
            return candidate
    raise LabError(f"all of {_CANDIDATES[0]} to {_CANDIDATES[-1]} is in use on this machine")


def _routed_subnets() -> list[ipaddress.IPv4Network]:
    """The subnets of the routing table, the default route left out; addresses stand there in host byte order."""
    subnets = []
    for line in Path("/proc/net/route").read_text(encoding="ascii").splitlines()[1:]:
        fields = line.split()
        destination, mask = (ipaddress.IPv4Address(struct.pack("=L", int(fields[index], 16))) for index in (1, 7))
        if int(mask):
            subnets.append(ipaddress.IPv4Network(f"{destination}/{mask}", strict=False))
    return subnets
