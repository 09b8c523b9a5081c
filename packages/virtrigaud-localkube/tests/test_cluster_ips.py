"""Addresses of Services where several servers run on one machine, which have one loopback network together."""

import ipaddress
from pathlib import Path
from typing import Any

import pytest
from virtrigaud_localkube.admission.cluster_ips import ClusterIPs
from virtrigaud_localkube.api_error import ApiError
from virtrigaud_localkube.registry.builtin import SERVICES
from virtrigaud_localkube.registry.resource import Resource
from virtrigaud_localkube.storage.store import Store
from virtrigaud_localkube.storage.stored import Key

NETWORK = ipaddress.IPv4Network("127.97.0.0/27")
ROOM = 21


def key(name: str) -> Key:
    return Key(SERVICES, "default", name)


def given(addresses: ClusterIPs, name: str) -> str:
    service: dict[str, Any] = {"metadata": {"name": name}, "spec": {}}
    addresses.assign(Resource("", "v1", "services", "Service", SERVICES), key(name), service)
    address: str = service["spec"]["clusterIP"]
    return address


async def test_servers_of_one_machine_never_share_an_address(tmp_path: Path) -> None:
    servers = [ClusterIPs(Store(tmp_path / f"{number}.db"), NETWORK) for number in range(3)]
    addresses = [given(servers[number % 3], f"s{number}") for number in range(ROOM)]
    assert len(set(addresses)) == ROOM
    with pytest.raises(ApiError, match=r"all addresses of 127\.97\.0\.0/27 are taken"):
        given(servers[0], "one-more")

    servers[1].take_as_stored(key("s4"))
    assert given(servers[0], "one-more") == addresses[4]
