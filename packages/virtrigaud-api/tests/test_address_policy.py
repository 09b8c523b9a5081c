"""L33: which addresses a tenant's URL may lead to."""

import socket
from ipaddress import ip_address

import pytest
from virtrigaud_api.address_policy import AddressPolicy
from virtrigaud_api.contract import InvalidSpec

LOOPBACK = "it is a loopback address"
METADATA = "it is a metadata service"
LINK_LOCAL = "it is a link-local address"
MULTICAST = "it is a multicast address"
UNSPECIFIED = "it is an unspecified address"
RESERVED = "it is a reserved address"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("127.0.0.1", LOOPBACK),
        ("127.255.0.9", LOOPBACK),
        ("::1", LOOPBACK),
        ("::ffff:127.0.0.1", LOOPBACK),
        ("::127.0.0.1", LOOPBACK),
        ("64:ff9b::7f00:1", LOOPBACK),
        ("2002:7f00:1::", LOOPBACK),
        ("169.254.169.254", METADATA),
        ("::ffff:169.254.169.254", METADATA),
        ("fd00:ec2::254", METADATA),
        ("100.100.100.200", METADATA),
        ("168.63.129.16", METADATA),
        ("169.254.1.1", LINK_LOCAL),
        ("fe80::1", LINK_LOCAL),
        ("fe80::1%eth0", LINK_LOCAL),
        ("224.0.0.1", MULTICAST),
        ("ff02::1", MULTICAST),
        ("0.0.0.0", UNSPECIFIED),  # noqa: S104 - judged, not bound
        ("::", UNSPECIFIED),
        ("0.1.2.3", UNSPECIFIED),
        ("255.255.255.255", RESERVED),
        ("8.8.8.8", None),
        ("10.0.0.7", None),
        ("2001:db8::1", None),
        ("64:ff9b::808:808", None),
    ],
)
def test_l33_what_never_serves_images_is_refused(address: str, reason: str | None) -> None:
    assert AddressPolicy().refusal(ip_address(address)) == reason


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("10.1.2.3", None),
        ("192.0.2.9", None),
        ("::ffff:10.1.2.3", None),
        ("64:ff9b::a01:203", None),
        ("2001:db8:0:1::7", None),
        ("10.2.0.1", "it is not among the allowed addresses"),
        ("8.8.8.8", "it is not among the allowed addresses"),
        ("2001:db8:0:2::7", "it is not among the allowed addresses"),
        ("127.0.0.1", LOOPBACK),
    ],
)
def test_l33_an_allow_list_leaves_nothing_else(address: str, reason: str | None) -> None:
    policy = AddressPolicy.of(allowed="10.1.0.0/16, 192.0.2.9,2001:db8:0:1::/64, 127.0.0.0/8")
    assert policy.refusal(ip_address(address)) == reason


def test_l33_what_is_exempt_is_said_by_network() -> None:
    policy = AddressPolicy.of(exempt="127.0.0.5")
    policy.require("127.0.0.5")
    with pytest.raises(InvalidSpec) as raised:
        policy.require("127.0.0.1")
    assert raised.value.message == "connections to 127.0.0.1 are refused: it is a loopback address"


@pytest.mark.parametrize("text", ["10.0.0.0/33", "example.org", "10.0.0.1/8"])
def test_a_policy_that_cannot_be_read_is_an_error_of_the_settings(text: str) -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0|example"):
        AddressPolicy.of(allowed=text)


def test_l33_a_socket_is_opened_only_for_an_address_that_passes() -> None:
    loopback = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 80))
    with AddressPolicy.of(exempt="127.0.0.0/8").open_socket(loopback) as opened:
        assert (opened.family, opened.type) == (socket.AF_INET, socket.SOCK_STREAM)
    with pytest.raises(InvalidSpec, match=r"connections to 127\.0\.0\.1 are refused"):
        AddressPolicy().open_socket(loopback)
