"""Addresses put together from several sources."""

import ipaddress

from virtrigaud_provider_libvirt.addresses import in_order, merged
from virtrigaud_provider_libvirt.leases import Lease, leased

MAC, OTHER = "52:00:00:00:00:01", "52:00:00:00:00:02"
FOUR, SIX = ipaddress.ip_address("192.0.2.9"), ipaddress.ip_address("2001:db8::9")


def test_l23_loopback_and_link_local_are_left_out_and_the_order_is_stable() -> None:
    texts = ["fe80::1", "2001:db8::9", "127.0.0.1", "192.0.2.10", "169.254.0.3", "192.0.2.9", "::1", "ff02::1"]
    found = [ipaddress.ip_address(text) for text in texts]
    assert in_order(found) == in_order(reversed(found)) == ("192.0.2.9", "192.0.2.10", "2001:db8::9")


def test_l23_all_sources_count() -> None:
    lease, agent = {MAC: frozenset({FOUR})}, {MAC: frozenset({FOUR, SIX}), OTHER: frozenset({FOUR})}
    assert merged(lease, agent) == {MAC: frozenset({FOUR, SIX}), OTHER: frozenset({FOUR})}


def test_l16_a_lease_of_an_earlier_run_is_no_address_until_it_is_renewed() -> None:
    earlier, renewed = Lease(MAC, FOUR, 100), Lease(MAC, FOUR, 200)
    assert leased([earlier], {earlier}) == {}
    assert leased([renewed], {earlier}) == {MAC: frozenset({FOUR})}
