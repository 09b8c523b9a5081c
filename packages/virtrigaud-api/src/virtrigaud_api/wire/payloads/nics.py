"""NICs as JSON: the PascalCase list of Create and Reconfigure.

The reader also takes the spellings of the Go Proxmox provider and of a VMClone's customization.
"""

import ipaddress
from collections.abc import Sequence
from ipaddress import IPv4Address

from virtrigaud_api.contract import Nic, Route, StaticAddress
from virtrigaud_api.wire.json_fields import CustomizeNetworkField, NetworkField, ProxmoxNetworkField, RouteField
from virtrigaud_api.wire.json_reader import Document, JsonObject, present


def nics_to_json(nics: Sequence[Nic]) -> list[Document] | None:
    """Return the NICs as Create and Reconfigure carry them; no NICs are null, as from the Go manager."""
    return [nic_to_json(nic) for nic in nics] or None


def nic_to_json(nic: Nic) -> Document:
    """Return one NIC."""
    static = nic.static
    document: Document = {
        NetworkField.NAME: nic.name,
        NetworkField.PORTGROUP: "",
        NetworkField.NETWORK_NAME: nic.network or "",
        NetworkField.BRIDGE: nic.bridge or "",
        NetworkField.VLAN: nic.vlan or 0,
        NetworkField.MODEL: nic.model or "",
        NetworkField.MAC_ADDRESS: nic.mac or "",
        NetworkField.IP_POLICY: "",
        NetworkField.STATIC_IP: static.address if static else "",
        NetworkField.PREFIX: static.prefix if static else 0,
        NetworkField.GATEWAY: (static.gateway if static else None) or "",
        NetworkField.DNS: ",".join(static.dns) if static else "",
        NetworkField.PCI_SLOT_NUMBER: nic.pci_slot,
    }
    additions: Document = {
        NetworkField.MTU: nic.mtu,
        NetworkField.NAME_SERVERS: list(nic.name_servers) or None,
        NetworkField.DNS_SEARCH: list(nic.search) or None,
        NetworkField.ROUTES: routes_to_json(static.routes) if static else None,
    }
    return document | present(additions)


def nics_from_json(documents: Sequence[JsonObject]) -> tuple[Nic, ...]:
    """Read NICs in any spelling.

    Raises:
        InvalidSpec: A member is not what it must be.
    """
    return tuple(nic_from_json(document) for document in documents)


def nic_from_json(document: JsonObject) -> Nic:
    """Read one NIC in any spelling."""
    network = document.optional_text(NetworkField.NETWORK_NAME) or document.optional_text(NetworkField.PORTGROUP)
    mac = document.optional_text(NetworkField.MAC_ADDRESS) or document.optional_text(ProxmoxNetworkField.MAC)
    return Nic(
        name=document.text(NetworkField.NAME),
        network=network,
        bridge=document.optional_text(NetworkField.BRIDGE),
        vlan=document.positive(NetworkField.VLAN),
        model=document.optional_text(NetworkField.MODEL),
        mac=mac,
        static=_static_from_json(document),
        pci_slot=document.integer(NetworkField.PCI_SLOT_NUMBER),
        mtu=document.positive(NetworkField.MTU),
        name_servers=document.texts(NetworkField.NAME_SERVERS),
        search=document.texts(NetworkField.DNS_SEARCH),
    )


def _static_from_json(document: JsonObject) -> StaticAddress | None:
    """Read a fixed address from the flat members, or from the nested object of the Go Proxmox provider."""
    if document.has(ProxmoxNetworkField.STATIC_IP):
        document = document.child(ProxmoxNetworkField.STATIC_IP)
    keys = (NetworkField.STATIC_IP, ProxmoxNetworkField.ADDRESS, CustomizeNetworkField.IP_ADDRESS)
    key = next((key for key in keys if document.text(key)), None)
    if key is None:
        return None
    address, _, length = document.text(key).partition("/")
    return StaticAddress(
        address=address,
        prefix=_prefix(document, length),
        gateway=document.optional_text(NetworkField.GATEWAY),
        dns=_name_servers(document),
        routes=tuple(_route_from_json(route) for route in document.children(NetworkField.ROUTES)),
    )


def routes_to_json(routes: Sequence[Route]) -> list[Document] | None:
    """Return static routes; none are left out."""
    return [_route_to_json(route) for route in routes] or None


def _route_to_json(route: Route) -> Document:
    document: Document = {
        RouteField.DESTINATION: route.destination,
        RouteField.GATEWAY: route.gateway,
        RouteField.METRIC: route.metric,
    }
    return present(document)


def _route_from_json(document: JsonObject) -> Route:
    return Route(
        destination=document.text(RouteField.DESTINATION),
        gateway=document.text(RouteField.GATEWAY),
        metric=document.integer(RouteField.METRIC),
    )


def _prefix(document: JsonObject, length: str) -> int:
    """Find the prefix length: after the address, in its own member, or in a subnet mask."""
    prefix = document.positive(NetworkField.PREFIX)
    if length.isascii() and length.isdigit() and len(length) <= 2:
        prefix = int(length)
    elif prefix is None and document.has(CustomizeNetworkField.SUBNET_MASK):
        prefix = _mask_length(document, document.text(CustomizeNetworkField.SUBNET_MASK))
    if prefix is None or not 1 <= prefix <= 32:
        raise document.invalid(NetworkField.PREFIX, "a static address needs a prefix from 1 to 32")
    return prefix


def _mask_length(document: JsonObject, mask: str) -> int:
    try:
        bits = int(IPv4Address(mask))
    except ipaddress.AddressValueError:
        bits = 0
    length = bits.bit_count()
    if bits != (2**32 - 1) ^ (2 ** (32 - length) - 1):
        raise document.invalid(CustomizeNetworkField.SUBNET_MASK, "expected a subnet mask such as 255.255.255.0")
    return length


def _name_servers(document: JsonObject) -> tuple[str, ...]:
    if document.holds(NetworkField.DNS, list):
        return document.texts(NetworkField.DNS)
    servers = (server.strip() for server in document.text(NetworkField.DNS).split(","))
    return tuple(server for server in servers if server)
