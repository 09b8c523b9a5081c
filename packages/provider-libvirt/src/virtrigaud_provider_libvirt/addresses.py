"""The guests' IP addresses: DHCP leases of libvirt's networks, what the guest agent says, what the host has seen.

Pure merging is apart from asking. Called by `describe`.
"""

import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Mapping

import libvirt

from virtrigaud_provider_libvirt.faults import is_absent, is_connection_lost

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
AddressesOfMac = Mapping[str, frozenset[Address]]

_NOTHING: AddressesOfMac = {}


def leased(connection: libvirt.virConnect) -> AddressesOfMac:
    """The leases of every active network: one call and one more for each network, however many machines there are."""
    found: dict[str, set[Address]] = defaultdict(set)
    for network in connection.listAllNetworks(libvirt.VIR_CONNECT_LIST_NETWORKS_ACTIVE):
        try:
            leases = network.DHCPLeases()
        except libvirt.libvirtError as error:
            if not is_absent(error, libvirt.VIR_ERR_NO_NETWORK, libvirt.VIR_ERR_OPERATION_INVALID):
                raise
            continue
        for lease in leases:
            found[str(lease["mac"]).lower()].add(ipaddress.ip_address(lease["ipaddr"]))
    return _frozen(found)


def leased_to(domain: libvirt.virDomain) -> AddressesOfMac:
    """The leases of one running machine."""
    return _asked(domain, libvirt.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE)


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
