import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from memory_specs import NO_GRACE, made, running, spec_of
from virtrigaud_api.contract import (
    GuestData,
    GuestTools,
    InvalidSpec,
    MachineEventKind,
    MachineState,
    Nic,
    PowerVerb,
    StaticAddress,
)
from virtrigaud_provider_memory import MemoryProvider
from virtrigaud_provider_memory.guest import ADDRESS_DELAY, hostname_of

Hypervisor = Callable[..., MemoryProvider]

MULTIPART = b"""Content-Type: multipart/mixed; boundary="B"
MIME-Version: 1.0

--B
Content-Type: text/x-shellscript; charset="utf-8"

#!/bin/sh
--B
Content-Type: text/cloud-config; charset="utf-8"

#cloud-config
hostname: from-a-part
--B--
"""
IGNITION = b'{"storage": {"files": [{"path": "/etc/hostname", "contents": {"source": "data:,from-ignition%0A"}}]}}'


@pytest.mark.parametrize(
    ("guest", "hostname"),
    [
        (GuestData(), "web"),
        (GuestData(user_data=b"#cloud-config\nhostname: from-user-data\n"), "from-user-data"),
        (GuestData(user_data=b"#cloud-config\nfqdn: db.example.org\n"), "db"),
        (GuestData(meta_data=b"local-hostname: from-meta-data\n"), "from-meta-data"),
        (GuestData(meta_data=b"hostname: from-meta-data\n"), "from-meta-data"),
        (GuestData(user_data=b"#cloud-config\nhostname: user\n", meta_data=b"local-hostname: meta\n"), "user"),
        (GuestData(user_data=b"#!/bin/sh\n", meta_data=b"local-hostname: from-meta-data\n"), "from-meta-data"),
        (GuestData(user_data=MULTIPART), "from-a-part"),
        (GuestData(ignition=IGNITION), "from-ignition"),
        (GuestData(user_data=b"#cloud-config\n{ not yaml", meta_data=b"\xff"), "web"),
        (GuestData(user_data=b"#cloud-config\nhostname: [1]\n", ignition=b"[]"), "web"),
    ],
    ids=lambda value: None if isinstance(value, GuestData) else value,
)
def test_the_guest_takes_its_name_from_what_it_reads(guest: GuestData, hostname: str) -> None:
    assert hostname_of(guest, "web") == hostname


async def seen(provider: MemoryProvider, machine: str) -> MachineState:
    state = await provider.describe(machine)  # type: ignore[arg-type]
    assert state is not None
    return state


async def test_a_running_guest_shows_its_name_and_an_address_on_every_nic(hypervisor: Hypervisor) -> None:
    provider = hypervisor()
    nics = (
        Nic(name="eth0"),
        Nic(name="eth1", static=StaticAddress(address="192.0.2.7", prefix=24)),
    )
    machine = await running(provider, replace(spec_of(), nics=nics))
    state = await seen(provider, machine)
    assert (state.hostname, state.addresses) == ("web", ("10.0.0.1", "192.0.2.7"))
    assert [nic.addresses for nic in state.nics] == [("10.0.0.1",), ("192.0.2.7",)]


BY_MAC = b"""network:
  version: 2
  ethernets:
    any: {match: {macaddress: "02:00:00:00:00:AA"}, addresses: [192.0.2.70/24, "2001:db8::7/64"]}
"""
BY_NAME = b"""version: 1
config:
  - {type: physical, name: eth1, subnets: [{type: dhcp6}, {type: static, address: 192.0.2.71/24}]}
  - {type: nameserver, address: [192.0.2.2]}
"""


@pytest.mark.parametrize(
    ("document", "addresses"),
    [
        (BY_MAC, ("192.0.2.70", "10.1.0.1")),
        (BY_NAME, ("10.0.0.1", "192.0.2.71")),
        (b"version: 2\nethernets: {eth0: {dhcp4: true}, eth1: 7}\n", ("10.0.0.1", "10.1.0.1")),
        (b"version: 1\nconfig: disabled\n", ("10.0.0.1", "10.1.0.1")),
    ],
)
async def test_network_data_takes_the_place_of_static_addresses(
    hypervisor: Hypervisor, document: bytes, addresses: tuple[str, ...]
) -> None:
    provider = hypervisor()
    static = StaticAddress(address="192.0.2.7", prefix=24)
    nics = (Nic(name="eth0", mac="02:00:00:00:00:aa"), Nic(name="eth1", static=static))
    spec = replace(spec_of(), nics=nics, guest=GuestData(network_data=document))
    state = await seen(provider, await running(provider, spec))
    assert state.addresses == addresses
    assert state.raw["guest.network_data"] == f"{len(document)} bytes"


async def test_network_data_that_no_guest_could_read_makes_no_machine(hypervisor: Hypervisor) -> None:
    provider = hypervisor()
    with pytest.raises(InvalidSpec) as raised:
        await made(provider, replace(spec_of(), guest=GuestData(network_data=b"- hunter2\n")))
    assert raised.value.message == "the cloud-init network data must be a YAML mapping"
    assert await provider.machines() == []


async def test_a_machine_that_is_off_shows_neither(hypervisor: Hypervisor) -> None:
    provider = hypervisor()
    machine = await running(provider, spec_of())
    await provider.power(machine, PowerVerb.OFF, NO_GRACE)
    state = await seen(provider, machine)
    assert (state.hostname, state.addresses, state.console_url) == (None, (), None)


async def test_a_machine_keeps_its_addresses_and_its_mac_address(hypervisor: Hypervisor) -> None:
    provider = hypervisor()
    machine = await running(provider, spec_of())
    before = (await seen(provider, machine)).nics
    await provider.power(machine, PowerVerb.OFF, NO_GRACE)
    await provider.power(machine, PowerVerb.ON, NO_GRACE)
    assert (await seen(provider, machine)).nics == before


async def test_a_guest_without_tools_tells_its_name_to_nobody(hypervisor: Hypervisor) -> None:
    provider = hypervisor()
    spec = spec_of()
    machine = await running(provider, replace(spec, hardware=replace(spec.hardware, guest_tools=GuestTools.SKIP)))
    state = await seen(provider, machine)
    assert (state.hostname, state.addresses) == (None, ("10.0.0.1",))


async def test_addresses_come_some_time_after_power_on_and_are_told(hypervisor: Hypervisor) -> None:
    provider = hypervisor(address_delay=timedelta(milliseconds=30))
    machine = await made(provider, spec_of())
    events = provider.events()
    await anext(events)
    await provider.power(machine, PowerVerb.ON, NO_GRACE)
    told = []
    async with asyncio.timeout(10):
        async for event in events:
            assert event.kind is MachineEventKind.CHANGED
            assert event.state is not None
            told.append(event.state.addresses)
            if event.state.addresses:
                break
    assert told == [(), ("10.0.0.1",)]


async def test_one_guest_can_be_slower_than_the_others(hypervisor: Hypervisor) -> None:
    provider = hypervisor()
    spec = spec_of()
    machine = await running(provider, replace(spec, hardware=replace(spec.hardware, extra={ADDRESS_DELAY: "3600"})))
    assert (await seen(provider, machine)).addresses == ()
