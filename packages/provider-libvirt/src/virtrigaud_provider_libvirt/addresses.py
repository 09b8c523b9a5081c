"""The guests' IP addresses: put together from leases, the guest agent and what the host has seen.

Called by `describe`, with what `leases` and `guest_agent` found.
"""

import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Mapping

import libvirt

from virtrigaud_provider_libvirt.faults import is_connection_lost

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
AddressesOfMac = Mapping[str, frozenset[Address]]

_NOTHING: AddressesOfMac = {}


def seen_by_the_host(domain: libvirt.virDomain) -> AddressesOfMac:
    """What the host's neighbour table knows about one running machine."""
    return _asked(domain, libvirt.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP)


def merged(*sources: AddressesOfMac) -> AddressesOfMac:
    """All addresses of all sources."""
    found: dict[str, set[Address]] = defaultdict(set)
    for source in sources:
        for mac, addresses in source.items():
            found[mac] |= addresses
    return _frozen(found)


def in_order(addresses: Iterable[Address]) -> tuple[str, ...]:
    """Addresses that others can reach, IPv4 first, always in the same order."""
    useful = (one for one in addresses if not (one.is_loopback or one.is_link_local or one.is_multicast))
    return tuple(str(one) for one in sorted(useful, key=lambda one: (one.version, int(one))))


def _asked(domain: libvirt.virDomain, source: int) -> AddressesOfMac:
    """Ask one source; that it cannot tell is no error, because there are others."""
    try:
        interfaces = domain.interfaceAddresses(source)
    except libvirt.libvirtError as error:
        if is_connection_lost(error):
            raise
        return _NOTHING
    found: dict[str, set[Address]] = defaultdict(set)
    for interface in interfaces.values():
        for address in interface["addrs"] or ():
            found[str(interface["hwaddr"]).lower()].add(ipaddress.ip_address(address["addr"]))
    return _frozen(found)


def _frozen(found: Mapping[str, set[Address]]) -> AddressesOfMac:
    return {mac: frozenset(addresses) for mac, addresses in found.items()}
