"""How many calls to libvirt a look costs: the same for one machine and for many."""

import asyncio
import sys
from collections import Counter
from collections.abc import Callable
from functools import partial
from types import FrameType

from real_machines import Lab, made, spec_of
from virtrigaud_provider_libvirt.connection import read_host
from virtrigaud_provider_libvirt.describe import describe, describe_all
from virtrigaud_provider_libvirt.inventory import Inventory
from virtrigaud_provider_libvirt.provider import LibvirtProvider
from virtrigaud_provider_libvirt.session import Link

LOCAL = frozenset({"virDomainGetUUIDString", "virDomainGetName", "virDomainFree", "virNetworkFree"})
"""Functions of libvirt's binding that answer without asking the daemon."""


def calls_to_libvirt(work: Callable[[], object]) -> Counter[str]:
    """Watch which functions of libvirt's binding are entered."""
    found: Counter[str] = Counter()

    def watch(_frame: FrameType, event: str, function: object) -> None:
        if event == "c_call" and getattr(function, "__module__", None) == "libvirtmod":
            found[getattr(function, "__name__", "")] += 1

    sys.setprofile(watch)
    try:
        work()
    finally:
        sys.setprofile(None)
    return Counter({name: times for name, times in found.items() if name not in LOCAL})


async def test_l36_a_look_costs_the_same_for_one_machine_and_for_many(provider: LibvirtProvider, lab: Lab) -> None:
    machine = await made(provider, spec_of("one"))
    connection = lab.connect()
    link, inventory = Link(connection, read_host(connection)), Inventory()
    look, look_at_all = partial(describe, link, inventory, machine), partial(describe_all, link, inventory)
    try:
        look_at_all()
        for_one = calls_to_libvirt(look_at_all), calls_to_libvirt(look)
        await asyncio.gather(*(made(provider, spec_of(f"one-of-{number}")) for number in range(40)))
        assert len(look_at_all()) == 41
        for_many = calls_to_libvirt(look_at_all), calls_to_libvirt(look)
    finally:
        connection.close()
    assert for_many == for_one
    assert for_one[0] == {
        "virConnectGetAllDomainStats": 1,
        "virConnectListAllDomains": 1,
        "virConnectListAllNetworks": 1,
        "virNetworkGetDHCPLeases": 1,
    }
