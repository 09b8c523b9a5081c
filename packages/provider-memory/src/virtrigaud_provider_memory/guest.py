"""What happens inside a guest: its host name, its addresses, and how it reacts to a shutdown.

A guest is not simulated; what it would do follows from the machine and the clock. Called by the
verbs that start, stop and describe machines.
"""

import email
import email.policy
import json
from datetime import timedelta
from ipaddress import IPv4Address
from typing import Final
from urllib.parse import unquote

import yaml
from virtrigaud_api.contract import GuestData, GuestTools, PowerState

from virtrigaud_provider_memory.network_config import fixed_addresses
from virtrigaud_provider_memory.settings import MemorySettings
from virtrigaud_provider_memory.world import Machine

IGNORES_SHUTDOWN: Final = "memory.guest.ignoresShutdown"
ADDRESS_DELAY: Final = "memory.guest.addressDelaySeconds"
EXTRA_KEYS: Final = frozenset({IGNORES_SHUTDOWN, ADDRESS_DELAY})
"""Keys of `Hardware.extra` that set the behaviour of one guest."""

_FIRST_LEASE: Final = IPv4Address("10.0.0.1")
_LEASES_OF_ONE_NETWORK: Final = 65_000


def hostname_of(guest: GuestData, default: str) -> str:
    """Return the host name that cloud-init or Ignition gives the guest at its first boot.

    User data wins over meta data, as in cloud-init; what can't be parsed is passed over, as there.
    """
    return (
        _from_cloud_config(guest.user_data)
        or _from_ignition(guest.ignition)
        or _name_in(_mapping(guest.meta_data), "local-hostname", "hostname")
        or default
    )


def address_delay(machine: Machine, settings: MemorySettings) -> timedelta:
    """Return how long the guest takes from power on to its first address."""
    own = machine.body.spec.hardware.extra.get(ADDRESS_DELAY)
    return settings.address_delay if own is None else timedelta(seconds=float(own))


def time_to_stop(machine: Machine, settings: MemorySettings, grace: timedelta) -> timedelta:
    """Return how long the machine runs on after a shutdown: the guest's own time, at most the grace period."""
    own = machine.body.spec.hardware.extra.get(IGNORES_SHUTDOWN)
    ignores = settings.guest_ignores_shutdown if own is None else own == "true"
    reacts = machine.body.power is PowerState.ON and not ignores
    return min(settings.shutdown_duration, grace) if reacts else grace


def has_agent(machine: Machine) -> bool:
    """Tell whether the guest agent runs in the guest."""
    tools = machine.body.spec.hardware.guest_tools
    return machine.body.power is PowerState.ON and tools in (GuestTools.INSTALL, GuestTools.UPGRADE)


def is_up(machine: Machine, settings: MemorySettings, now: float) -> bool:
    """Tell whether the guest has booted far enough to have addresses."""
    run = machine.body.run
    if run is None or machine.body.power is not PowerState.ON:
        return False
    return now - run.started >= address_delay(machine, settings).total_seconds()


def address_of(machine: Machine, index: int) -> str:
    """Return the address of the guest's NIC at this index: its own fixed one, or always the same lease.

    As in a guest, network data takes the place of the static addresses of the NICs.
    """
    interface, document = machine.body.interfaces[index], machine.body.spec.guest.network_data
    if document:
        for fixed in fixed_addresses(document):
            if fixed.mac == interface.mac.lower() or (not fixed.mac and fixed.nic == interface.nic.name):
                return fixed.address
    elif interface.nic.static is not None:
        return interface.nic.static.address
    return str(_FIRST_LEASE + (index << 16) + (machine.serial - 1) % _LEASES_OF_ONE_NETWORK)


def _from_cloud_config(user_data: bytes | None) -> str | None:
    for part in _parts(user_data or b""):
        if part.startswith(b"#cloud-config"):
            name = _name_in(_mapping(part), "hostname", "fqdn")
            if name is not None:
                return name
    return None


def _parts(user_data: bytes) -> list[bytes]:
    if not user_data[:200].lower().startswith((b"content-type: multipart", b"mime-version")):
        return [user_data]
    message = email.message_from_bytes(user_data, policy=email.policy.default)
    return [
        part.get_content().encode() if isinstance(part.get_content(), str) else part.get_content()
        for part in message.walk()
        if not part.is_multipart()
    ]


def _from_ignition(ignition: bytes | None) -> str | None:
    try:
        config = json.loads(ignition or b"{}")
        files = {file["path"]: file["contents"]["source"] for file in config["storage"]["files"]}
        return unquote(files["/etc/hostname"].removeprefix("data:,")).strip() or None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _mapping(document: bytes | None) -> object:
    if not document:
        return None
    try:
        return yaml.safe_load(document)
    except (yaml.YAMLError, UnicodeDecodeError):
        return None


def _name_in(document: object, *keys: str) -> str | None:
    if not isinstance(document, dict):
        return None
    for key in keys:
        if isinstance(name := document.get(key), str) and name:
            return name.partition(".")[0]
    return None
