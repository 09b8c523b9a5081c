"""What the QEMU guest agent says about its guest. A guest is never trusted to answer, or to answer sense.

Called by `describe` for machines whose agent has opened its channel.
"""

import ipaddress
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import libvirt
import structlog

from virtrigaud_provider_libvirt.addresses import Address, AddressesOfMac
from virtrigaud_provider_libvirt.faults import is_connection_lost

_ANSWER_SECONDS = 2
_ASKED = libvirt.VIR_DOMAIN_GUEST_INFO_HOSTNAME | libvirt.VIR_DOMAIN_GUEST_INFO_INTERFACES
_log = structlog.get_logger("virtrigaud.libvirt")


@dataclass(frozen=True, slots=True)
class AgentFacts:
    """What the agent said."""

    hostname: str | None = None
    addresses: AddressesOfMac = field(default_factory=dict)


def ask(domain: libvirt.virDomain) -> AgentFacts | None:
    """Ask the agent for its host name and addresses; None when it does not answer in time."""
    try:
        domain.agentSetResponseTimeout(_ANSWER_SECONDS, 0)
        return _facts(domain.guestInfo(_ASKED, 0))
    except libvirt.libvirtError as error:
        if is_connection_lost(error):
            raise
        _log.debug("guest agent does not answer", domain=domain.name(), error=str(error))
        return None


def _facts(said: Mapping[str, object]) -> AgentFacts:
    """Read the flat answer: "if.0.hwaddr", "if.0.addr.1.addr" and so on."""
    found: dict[str, set[Address]] = defaultdict(set)
    for nic in range(_count(said, "if.count")):
        mac = str(said.get(f"if.{nic}.hwaddr", "")).lower()
        for place in range(_count(said, f"if.{nic}.addr.count")):
            address = _address(said.get(f"if.{nic}.addr.{place}.addr"))
            if mac and address is not None:
                found[mac].add(address)
    hostname = said.get("hostname")
    return AgentFacts(
        hostname=hostname if isinstance(hostname, str) and hostname else None,
        addresses={mac: frozenset(addresses) for mac, addresses in found.items()},
    )


def _count(said: Mapping[str, object], key: str) -> int:
    value = said.get(key, 0)
    return value if isinstance(value, int) else 0


def _address(said: object) -> Address | None:
    try:
        return ipaddress.ip_address(str(said).partition("%")[0])
    except ValueError:
        return None
