"""The wanted NICs as OpenStack network data, the form that a config drive carries.

Source: https://docs.openstack.org/nova/latest/user/metadata.html (network_data.json and its schema).
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from virtrigaud_api.contract import Nic, StaticAddress

from virtrigaud_provider_sdk.cloud_init.network_config import (
    address_of,
    interface_of,
    mac_of,
    name_servers_of,
    network_of,
)


def network_data(nics: Sequence[Nic]) -> bytes | None:
    """Write the document; None without NICs, which leaves the network to the guest.

    Raises:
        InvalidSpec: An address is none.
        ValueError: A NIC has no MAC address yet.
    """
    if not nics:
        return None
    networks = [_network(nic) for nic in nics]
    document = {
        "links": [_link(nic) for nic in nics],
        "networks": networks,
        "services": _once(service for network in networks for service in network.get("services", ())),
    }
    return (json.dumps(document, indent=2) + "\n").encode()


def _link(nic: Nic) -> dict[str, Any]:
    return {"id": nic.name, "type": "phy", "ethernet_mac_address": mac_of(nic), "mtu": nic.mtu}


def _network(nic: Nic) -> dict[str, Any]:
    """Describe the one network of a NIC: its static address, or DHCP."""
    named: dict[str, Any] = {"id": f"network-{nic.name}", "link": nic.name, "network_id": nic.network or nic.name}
    services = [{"type": "dns", "address": server} for server in name_servers_of(nic)]
    if nic.static is None:
        return named | {"type": "ipv4_dhcp"} | ({"services": services} if services else {})
    interface = interface_of(nic, nic.static)
    network = named | {
        "type": f"ipv{interface.version}",
        "ip_address": str(interface.ip),
        "netmask": str(interface.netmask),
        "services": services,
    }
    return network | {"routes": list(_routes(nic, nic.static))}


def _routes(nic: Nic, static: StaticAddress) -> Iterator[dict[str, str]]:
    if static.gateway is not None:
        gateway = address_of(nic, static.gateway, "gateway")
        nowhere = "0.0.0.0" if gateway.version == 4 else "::"  # noqa: S104 - a route's destination, nothing is bound
        yield {"network": nowhere, "netmask": nowhere, "gateway": str(gateway)}
    for route in static.routes:
        network = network_of(nic, route)
        via = str(address_of(nic, route.gateway, "gateway of a route"))
        yield {"network": str(network.network_address), "netmask": str(network.netmask), "gateway": via}


def _once(services: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Return each service once, in the order of its first mention."""
    return list({service["address"]: service for service in services}.values())
