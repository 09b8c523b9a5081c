"""DHCP leases of libvirt's networks: addresses that a guest took, with the time until which it has them."""

import ipaddress
from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass

import libvirt

from virtrigaud_provider_libvirt.addresses import Address, AddressesOfMac
from virtrigaud_provider_libvirt.domain_xml.reading import NicDocument
from virtrigaud_provider_libvirt.faults import is_absent

_NOT_RUNNING = (libvirt.VIR_ERR_NO_NETWORK, libvirt.VIR_ERR_OPERATION_INVALID)


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease; one that was renewed ends later and is another."""

    mac: str
    address: Address
    ends: int


def all_leases(connection: libvirt.virConnect) -> frozenset[Lease]:
    """The leases of every active network: one call and one more for each network, however many machines there are."""
    networks = connection.listAllNetworks(libvirt.VIR_CONNECT_LIST_NETWORKS_ACTIVE)
    return frozenset(lease for network in networks for lease in _leases(network, None))


def leases_of(connection: libvirt.virConnect, nics: Iterable[NicDocument]) -> frozenset[Lease]:
    """The leases of one machine's NICs."""
    return frozenset(lease for nic in nics if nic.network for lease in _leases_of_nic(connection, nic))


def leased(leases: Iterable[Lease], earlier: Container[Lease]) -> AddressesOfMac:
    """The addresses of leases, without those that a machine took in an earlier run and not yet again."""
    found: dict[str, set[Address]] = defaultdict(set)
    for lease in leases:
        if lease not in earlier:
            found[lease.mac].add(lease.address)
    return {mac: frozenset(addresses) for mac, addresses in found.items()}


def _leases_of_nic(connection: libvirt.virConnect, nic: NicDocument) -> frozenset[Lease]:
    try:
        network = connection.networkLookupByName(nic.network)
    except libvirt.libvirtError as error:
        if not is_absent(error, *_NOT_RUNNING):
            raise
        return frozenset()
    return _leases(network, nic.mac)


def _leases(network: libvirt.virNetwork, mac: str | None) -> frozenset[Lease]:
    """The leases of a network, or of one MAC address in it; a network that was stopped has none."""
    try:
        found = network.DHCPLeases(mac)
    except libvirt.libvirtError as error:
        if not is_absent(error, *_NOT_RUNNING):
            raise
        return frozenset()
    return frozenset(
        Lease(str(lease["mac"]).lower(), ipaddress.ip_address(lease["ipaddr"]), int(lease["expirytime"]))
        for lease in found
    )
