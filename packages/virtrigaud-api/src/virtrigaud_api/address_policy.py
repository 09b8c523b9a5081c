"""Which addresses may be connected to when a tenant names the host (an image's URL, an S3 endpoint, a hook's URL).

A policy judges addresses and never names. `AddressPolicy.open_socket` is the `socket_factory` of an aiohttp
connector: it judges each address at the moment of the connection, so that redirects and names that change their
address between two look-ups gain nothing. The providers' downloads and the manager's HTTP hooks share it.

Sources: the IANA special-purpose registries (RFC 6890), RFC 6052 (NAT64), RFC 3056 (6to4), RFC 4380 (Teredo).
"""

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final, Self

from virtrigaud_api.contract import InvalidSpec

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# What socket.getaddrinfo says about one address: family, kind, protocol, canonical name, socket address.
AddressInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[Any, ...]]

_NEVER: Final[tuple[tuple[Network, str], ...]] = (
    (ip_network("169.254.169.254/32"), "a metadata service"),
    (ip_network("100.100.100.200/32"), "a metadata service"),
    (ip_network("168.63.129.16/32"), "a metadata service"),
    (ip_network("192.0.0.192/32"), "a metadata service"),
    (ip_network("fd00:ec2::/32"), "a metadata service"),
    (ip_network("fd20:ce::254/128"), "a metadata service"),
    (ip_network("127.0.0.0/8"), "a loopback address"),
    (ip_network("::1/128"), "a loopback address"),
    (ip_network("169.254.0.0/16"), "a link-local address"),
    (ip_network("fe80::/10"), "a link-local address"),
    (ip_network("224.0.0.0/4"), "a multicast address"),
    (ip_network("ff00::/8"), "a multicast address"),
    (ip_network("0.0.0.0/8"), "an unspecified address"),
    (ip_network("::/128"), "an unspecified address"),
    (ip_network("240.0.0.0/4"), "a reserved address"),
    (ip_network("fec0::/10"), "a reserved address"),
)
_NAT64: Final = ip_network("64:ff9b::/96")
_IPV4_COMPATIBLE: Final = ip_network("::/96")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressPolicy:
    """What may be connected to.

    Loopback, link-local, multicast, unspecified and reserved addresses and metadata services are always refused.

    Attributes:
        allowed: When it is not empty, every address must be in one of these networks too.
        exempt: Networks that nothing of this holds for: test servers on loopback, and nothing in production.
    """

    allowed: tuple[Network, ...] = ()
    exempt: tuple[Network, ...] = ()

    @classmethod
    def of(cls, *, allowed: str = "", exempt: str = "") -> Self:
        """Read addresses and networks as settings have them, with commas between.

        Raises:
            ValueError: One of them is neither.
        """
        return cls(allowed=_networks(allowed), exempt=_networks(exempt))

    def refusal(self, address: Address) -> str | None:
        """Tell why an address is refused; None when it may be connected to."""
        if _is_in(address, self.exempt):
            return None
        meanings = _meanings(address)
        for network, what in _NEVER:
            if any(meaning in network for meaning in meanings):
                return f"it is {what}"
        if self.allowed and not any(_is_in(meaning, self.allowed) for meaning in meanings):
            return "it is not among the allowed addresses"
        return None

    def require(self, address: str) -> None:
        """Return when an address may be connected to.

        Raises:
            InvalidSpec: It may not.
        """
        if (reason := self.refusal(ip_address(address))) is not None:
            raise InvalidSpec(f"connections to {address} are refused: {reason}")

    def open_socket(self, info: AddressInfo) -> socket.socket:
        """Open the socket for one address of a look-up, not yet connected.

        Whoever connects through it must look the name up for each connection anew (aiohttp: `use_dns_cache=False`).

        Raises:
            InvalidSpec: The address may not be connected to.
        """
        family, kind, protocol, _name, address = info
        self.require(address[0])
        return socket.socket(family, kind, protocol)


def _meanings(address: Address) -> tuple[Address, ...]:
    """Return the address, and the IPv4 address that it carries to a gateway or a translator."""
    if isinstance(address, IPv4Address):
        return (address,)
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    carried = address.sixtofour or (address.teredo[1] if address.teredo is not None else None)
    if carried is None and address in _NAT64:
        carried = _last_bits(address)
    if carried is None and address in _IPV4_COMPATIBLE and int(address) > 1:
        carried = _last_bits(address)
    return (address,) if carried is None else (address, carried)


def _last_bits(address: IPv6Address) -> IPv4Address:
    return IPv4Address(int(address) & 0xFFFF_FFFF)


def _is_in(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks)


def _networks(text: str) -> tuple[Network, ...]:
    return tuple(ip_network(item.strip()) for item in text.split(",") if item.strip())
