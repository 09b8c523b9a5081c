"""The wanted NICs as network config version 2, each found in the guest by its MAC address.

Source: https://docs.cloud-init.io/en/latest/reference/network-config-format-v2.html
The same NICs in the words of a config drive stand in `network_data`.
"""

from collections.abc import Iterator, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
    ip_address,
    ip_interface,
    ip_network,
)
from typing import Any

from virtrigaud_api.contract import InvalidSpec, Nic, Route, StaticAddress

from virtrigaud_provider_sdk.cloud_init.meta_data import yaml_document


def network_config(nics: Sequence[Nic]) -> bytes | None:
    """Write the document; None without NICs, which leaves the network to the guest.

    Raises:
        InvalidSpec: An address is none.
        ValueError: A NIC has no MAC address yet.
    """
    if not nics:
        return None
    return yaml_document({"version": 2, "ethernets": {nic.name: _ethernet(nic) for nic in nics}})


def mac_of(nic: Nic) -> str:
    """Return the MAC address of a NIC in lower case.

    Raises:
        ValueError: It has none yet.
    """
    if nic.mac is None:
        raise ValueError(f"network interface {nic.name} needs its MAC address before a seed can be written")
    return nic.mac.lower()


def interface_of(nic: Nic, static: StaticAddress) -> IPv4Interface | IPv6Interface:
    """Return the static address of a NIC with its network.

    Raises:
        InvalidSpec: It is none.
    """
    try:
        return ip_interface(f"{static.address}/{static.prefix}")
    except ValueError:
        wrong = f"{static.address}/{static.prefix}"
        raise InvalidSpec(f"network interface {nic.name}: {wrong!a} is no IP address with a prefix") from None


def address_of(nic: Nic, address: str, role: str) -> IPv4Address | IPv6Address:
    """Return an address that a NIC names.

    Raises:
        InvalidSpec: It is none.
    """
    try:
        return ip_address(address)
    except ValueError:
        raise InvalidSpec(f"network interface {nic.name}: the {role} {address!a} is no IP address") from None


def network_of(nic: Nic, route: Route) -> IPv4Network | IPv6Network:
    """Return the network that a route of a NIC leads to.

    Raises:
        InvalidSpec: It is none.
    """
    try:
        return ip_network(route.destination)
    except ValueError:
        wrong = f"{route.destination!a} is no network with a prefix"
        raise InvalidSpec(f"network interface {nic.name}: the route to {wrong}") from None


def _ethernet(nic: Nic) -> dict[str, Any]:
    """Describe one NIC: its static address, or DHCP."""
    ethernet: dict[str, Any] = {"match": {"macaddress": mac_of(nic)}}
    if nic.mtu is not None:
        ethernet["mtu"] = nic.mtu
    if names := _name_servers(nic):
        ethernet["nameservers"] = names
    if nic.static is None:
        return ethernet | {"dhcp4": True}
    interface = interface_of(nic, nic.static)
    ethernet["dhcp4"] = False
    ethernet["addresses"] = [str(interface)]
    if routes := list(_routes(nic, nic.static, interface)):
        ethernet["routes"] = routes
    return ethernet


def name_servers_of(nic: Nic) -> tuple[str, ...]:
    """Return the name servers that the guest is told: those of the static address first.

    Raises:
        InvalidSpec: One is no IP address.
    """
    told = (*(nic.static.dns if nic.static is not None else ()), *nic.name_servers)
    return tuple(str(address_of(nic, server, "name server")) for server in dict.fromkeys(told))


def _name_servers(nic: Nic) -> dict[str, list[str]]:
    said = {"addresses": list(name_servers_of(nic)), "search": list(nic.search)}
    return {name: values for name, values in said.items() if values}


def _routes(nic: Nic, static: StaticAddress, interface: IPv4Interface | IPv6Interface) -> Iterator[dict[str, Any]]:
    if static.gateway is not None:
        yield _default_route(nic, static.gateway, interface)
    for route in static.routes:
        network = network_of(nic, route)
        cost = {} if route.metric is None else {"metric": route.metric}
        yield {"to": str(network), "via": str(address_of(nic, route.gateway, "gateway of a route"))} | cost


def _default_route(nic: Nic, gateway: str, interface: IPv4Interface | IPv6Interface) -> dict[str, Any]:
    """Route everything by the gateway, which may lie outside the NIC's own network (as with a /32)."""
    via = address_of(nic, gateway, "gateway")
    route: dict[str, Any] = {"to": "0.0.0.0/0" if via.version == 4 else "::/0", "via": str(via)}
    return route if via in interface.network else route | {"on-link": True}
