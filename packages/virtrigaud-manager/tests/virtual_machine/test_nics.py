"""Ring 1: what a network says about addresses, routes and names reaches each interface on it."""

from typing import Any

from manifests import network
from virtrigaud_api.contract import Nic, Route, StaticAddress
from virtrigaud_api.v1beta1 import VMNetworkAttachment
from virtrigaud_api.v1beta1.network_ref import NetworkRef
from virtrigaud_manager.kinds.virtual_machine.nics import nic

DNS = {"servers": ["192.0.2.2"], "searchDomains": ["example.org"]}
ROUTES = [{"destination": "10.0.0.0/8", "gateway": "192.0.2.9", "metric": 50}]
STATIC = {"address": "192.0.2.10/24", "gateway": "192.0.2.1", "routes": ROUTES}
HOPS = (Route(destination="10.0.0.0/8", gateway="192.0.2.9", metric=50),)


def made(allocation: dict[str, Any], **reference: Any) -> Nic:
    document = network()
    document["spec"]["ipAllocation"] = allocation
    attachment = VMNetworkAttachment.from_manifest(document)
    return nic(NetworkRef.model_validate({"name": "lan", **reference}), attachment, "memory")


def test_with_dhcp_the_names_of_the_network_are_told_beside_it() -> None:
    found = made({"type": "DHCP", "dnsConfig": DNS})
    assert (found.static, found.name_servers, found.search) == (None, ("192.0.2.2",), ("example.org",))


def test_an_address_of_the_network_has_its_routes_and_names() -> None:
    found = made({"type": "Static", "staticConfig": STATIC, "dnsConfig": DNS})
    assert found.static == StaticAddress(
        address="192.0.2.10", prefix=24, gateway="192.0.2.1", dns=("192.0.2.2",), routes=HOPS
    )
    assert (found.name_servers, found.search) == ((), ("example.org",))


def test_an_address_of_the_interface_wins_and_keeps_what_the_network_says_beside_it() -> None:
    own = {"ipAddress": "192.0.2.77", "prefix": 25}
    allocation = {"type": "Static", "staticConfig": STATIC, "dnsConfig": DNS}
    assert made(allocation, **own).static == StaticAddress(
        address="192.0.2.77", prefix=25, dns=("192.0.2.2",), routes=HOPS
    )
    named = made(allocation, **own, dns="192.0.2.53, 192.0.2.54").static
    assert named is not None
    assert named.dns == ("192.0.2.53", "192.0.2.54")
