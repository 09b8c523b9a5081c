"""The fixed addresses that a cloud-init network config gives the NICs of a guest. Called by `guest`.

Understood is what names one NIC, by its MAC address or its name, in version 1 and 2 of the document. What a
guest would do with the rest of it is not simulated: such a NIC has its lease.

Source: https://docs.cloud-init.io/en/latest/reference/network-config.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import yaml


@dataclass(frozen=True, slots=True)
class FixedAddress:
    """An address and the NIC that has it; `mac` in lower case, empty where the NIC goes by its name."""

    nic: str
    mac: str
    address: str


@lru_cache(maxsize=1024)
def fixed_addresses(document: bytes) -> tuple[FixedAddress, ...]:
    """Return what the document gives; nothing where it can't be read."""
    try:
        said = yaml.safe_load(document)
    except (yaml.YAMLError, ValueError, RecursionError):
        return ()
    network = _member(said, "network") or said
    return (*_version_1(network), *_version_2(network))


def _version_1(network: object) -> Iterator[FixedAddress]:
    for nic in _items(_member(network, "config")):
        for subnet in _items(_member(nic, "subnets")):
            if address := _address(_member(subnet, "address")):
                yield FixedAddress(str(_member(nic, "name")), str(_member(nic, "mac_address") or "").lower(), address)


def _version_2(network: object) -> Iterator[FixedAddress]:
    ethernets = _member(network, "ethernets")
    for name, nic in ethernets.items() if isinstance(ethernets, dict) else ():
        mac = str(_member(_member(nic, "match"), "macaddress") or "").lower()
        for entry in _items(_member(nic, "addresses")):
            if address := _address(entry):
                yield FixedAddress(str(name), mac, address)


def _member(document: object, name: str) -> object:
    return document.get(name) if isinstance(document, dict) else None


def _items(document: object) -> list[object]:
    return document if isinstance(document, list) else []


def _address(entry: object) -> str:
    return entry.partition("/")[0] if isinstance(entry, str) else ""
