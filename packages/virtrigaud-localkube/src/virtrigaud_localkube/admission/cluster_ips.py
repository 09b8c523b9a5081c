"""Addresses for Services: each gets a loopback address of its own, so that local processes can listen on it.

An address is taken from the moment a Service is about to be written until its deletion is committed. All servers
of a machine hand out the same network, so each marks its addresses by a socket that nobody sends anything to.
"""

import errno
import ipaddress
import secrets
import socket
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
_MARK_PORT: Final = 64553


class ClusterIPs:
    """Hands out the addresses of the Service network."""

    def __init__(self, store: Store, network: ipaddress.IPv4Network = SERVICE_NETWORK) -> None:
        self._store = store
        self._network = network
        self._taken: dict[str, Key] = {}
        self._marks: dict[str, socket.socket] = {}
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
            self._mark(spec["clusterIP"])
        spec["clusterIPs"] = [spec["clusterIP"]]
        spec.setdefault("ipFamilies", ["IPv4"])
        spec.setdefault("ipFamilyPolicy", "SingleStack")
        spec.setdefault("internalTrafficPolicy", "Cluster")

    def _check(self, resource: Resource, key: Key, wanted: str) -> str:
        if self._taken.get(wanted, key) != key:
            raise _refused(resource, key, wanted, "provided IP is already allocated")
        try:
            is_inside = ipaddress.IPv4Address(wanted) in self._network
        except ValueError:
            raise _refused(resource, key, wanted, "must be a valid IPv4 address, or None") from None
        if not is_inside:
            raise _refused(resource, key, wanted, f"provided IP is not in the valid range {self._network}")
        return wanted

    def _free(self) -> str:
        size = self._network.num_addresses - 1 - _FIRST
        # Each server of a machine begins at a place of its own, so that it seldom meets the marks of others.
        start = secrets.randbelow(size)
        for step in range(size):
            address = str(self._network[_FIRST + (start + step) % size])
            if address not in self._taken and self._mark(address):
                return address
        raise internal(f"all addresses of {self._network} are taken by Services; delete some")

    def _mark(self, address: str) -> bool:
        """Marks an address as this server's; False where it is another one's."""
        if address in self._marks:
            return True
        mark = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            mark.bind((address, _MARK_PORT))
        except OSError as error:
            mark.close()
            # A machine that does not know the address at all has no other server on it either.
            return error.errno != errno.EADDRINUSE
        self._marks[address] = mark
        return True

    def take_as_stored(self, key: Key) -> None:
        """Takes the address of a Service as the store has it, and gives back any other that it had."""
        for address in [address for address, holder in self._taken.items() if holder == key]:
            del self._taken[address]
            if (mark := self._marks.pop(address, None)) is not None:
                mark.close()
        if stored := self._store.latest(key):
            self._take(stored)

    def _follow(self, change: Change) -> None:
        if change.stored.key.collection == SERVICES:
            self.take_as_stored(change.stored.key)

    def _take(self, stored: Stored) -> None:
        address = (stored.document().get("spec") or {}).get("clusterIP")
        if address and address != HEADLESS:
            self._taken[address] = stored.key
            self._mark(address)


def _refused(resource: Resource, key: Key, wanted: str, why: str) -> ApiError:
    cause = Cause(
        "FieldValueInvalid", f'Invalid value: "{wanted}": failed to allocate IP {wanted}: {why}', "spec.clusterIPs"
    )
    return invalid(resource.subject(key.name), [cause])
