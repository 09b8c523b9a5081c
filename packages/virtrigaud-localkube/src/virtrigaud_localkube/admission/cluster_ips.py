"""Addresses for Services: each gets a loopback address of its own, so that local processes can listen on it.

An address is taken from the moment a Service is about to be written until its deletion is committed.
"""

import ipaddress
import secrets
from typing import Final

from virtrigaud_localkube.api_error import ApiError, Cause, internal, invalid
from virtrigaud_localkube.document import Document
from virtrigaud_localkube.registry.builtin import SERVICES
from virtrigaud_localkube.registry.resource import Resource
from virtrigaud_localkube.storage.store import Store
from virtrigaud_localkube.storage.stored import Change, Key, Stored

SERVICE_NETWORK: Final = ipaddress.IPv4Network("127.96.0.0/16")
HEADLESS: Final = "None"
_FIRST: Final = 10


class ClusterIPs:
    """Hands out the addresses of the Service network."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._taken: dict[str, Key] = {}
        for stored in store.objects(SERVICES):
            self._take(stored)
        store.listen(self._follow)

    def assign(self, resource: Resource, key: Key, service: Document) -> None:
        """Gives a Service its address just before it is written.

        Raises:
            ApiError: The address that it asks for is outside the network or taken (422), or none is left (500).
        """
        spec = service["spec"]
        if spec.get("type") == "ExternalName":
            return
        wanted = spec.get("clusterIP") or ""
        if wanted != HEADLESS:
            spec["clusterIP"] = self._check(resource, key, wanted) if wanted else self._free()
            self._taken[spec["clusterIP"]] = key
        spec["clusterIPs"] = [spec["clusterIP"]]
        spec.setdefault("ipFamilies", ["IPv4"])
        spec.setdefault("ipFamilyPolicy", "SingleStack")
        spec.setdefault("internalTrafficPolicy", "Cluster")

    def _check(self, resource: Resource, key: Key, wanted: str) -> str:
        if self._taken.get(wanted, key) != key:
            raise _refused(resource, key, wanted, "provided IP is already allocated")
        try:
            is_inside = ipaddress.IPv4Address(wanted) in SERVICE_NETWORK
        except ValueError:
            raise _refused(resource, key, wanted, "must be a valid IPv4 address, or None") from None
        if not is_inside:
            raise _refused(resource, key, wanted, f"provided IP is not in the valid range {SERVICE_NETWORK}")
        return wanted

    def _free(self) -> str:
        size = SERVICE_NETWORK.num_addresses - 1 - _FIRST
        # Several servers of one machine share the loopback network, so each looks at places of its own.
        start = secrets.randbelow(size)
        for step in range(size):
            address = str(SERVICE_NETWORK[_FIRST + (start + step) % size])
            if address not in self._taken:
                return address
        raise internal(f"all addresses of {SERVICE_NETWORK} are taken by Services; delete some")

    def take_as_stored(self, key: Key) -> None:
        """Takes the address of a Service as the store has it, and gives back any other that it had."""
        for address in [address for address, holder in self._taken.items() if holder == key]:
            del self._taken[address]
        if stored := self._store.latest(key):
            self._take(stored)

    def _follow(self, change: Change) -> None:
        if change.stored.key.collection == SERVICES:
            self.take_as_stored(change.stored.key)

    def _take(self, stored: Stored) -> None:
        address = (stored.document().get("spec") or {}).get("clusterIP")
        if address and address != HEADLESS:
            self._taken[address] = stored.key


def _refused(resource: Resource, key: Key, wanted: str, why: str) -> ApiError:
    cause = Cause(
        "FieldValueInvalid", f'Invalid value: "{wanted}": failed to allocate IP {wanted}: {why}', "spec.clusterIPs"
    )
    return invalid(resource.subject(key.name), [cause])
