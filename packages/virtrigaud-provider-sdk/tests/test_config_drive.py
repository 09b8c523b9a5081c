"""The config drive: OpenStack's documents, as guests that know no NoCloud seed read them."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from virtrigaud_provider_sdk import (
    ConfigDriveSeed,
    GuestData,
    InvalidSpec,
    Nic,
    NoCloudSeed,
    StaticAddress,
    Unsupported,
)

NO_DATA = GuestData()
IGNITION = b'{"ignition": {"version": "3.4.0"}, "secret": "hunter2"}'
LAN = Nic(name="lan", network="blue", mac="52:54:00:AA:00:01", mtu=9000)
ANYWHERE = "0.0.0.0"  # noqa: S104 - a route's destination
DMZ = Nic(
    name="dmz",
    mac="52:54:00:aa:00:02",
    static=StaticAddress(address="192.0.2.10", prefix=24, gateway="192.0.2.1", dns=("192.0.2.2", "192.0.2.3")),
)
ANOTHER_CLOCK = """
import hashlib, time
time.time = lambda: 1234567890.0
from virtrigaud_provider_sdk import ConfigDriveSeed, GuestData
seed = ConfigDriveSeed.of(instance_id="uid-1", hostname="web", guest=GuestData(user_data=b"#!/bin/sh"))
print(hashlib.sha256(seed.iso()).hexdigest())
"""


def seed(guest: GuestData = NO_DATA, **values: Any) -> ConfigDriveSeed:
    return ConfigDriveSeed.of(instance_id="uid-1", hostname="web", guest=guest, **values)


def read_by_isoinfo(image: bytes, directory: Path) -> tuple[str, dict[str, bytes]]:
    """Return label and files as another implementation sees them, the same in both name spaces."""
    isoinfo = shutil.which("isoinfo")
    if isoinfo is None:
        pytest.skip("isoinfo (Debian package genisoimage) is not installed")
    path = directory / "seed.iso"
    path.write_bytes(image)

    def run(*arguments: str) -> bytes:
        return subprocess.run([isoinfo, *arguments, "-i", str(path)], capture_output=True, check=True).stdout

    header = run("-d").decode()
    label = next(line.removeprefix("Volume id: ") for line in header.splitlines() if line.startswith("Volume id: "))
    read = []
    for space in ("-R", "-J"):
        listed = run(space, "-f").decode().splitlines()
        contents = {name[1:]: run(space, "-x", name) for name in listed}
        read.append({name: content for name, content in contents.items() if content})
    assert read[0] == read[1]
    return label, read[0]


def test_the_drive_has_the_label_and_the_documents_that_guests_look_for(tmp_path: Path) -> None:
    made = seed(GuestData(user_data=b"#cloud-config\n{}\n"), nics=(LAN,))
    label, files = read_by_isoinfo(made.iso(), tmp_path)
    assert label == "config-2"
    assert files == dict(made.documents())
    assert set(files) == {f"openstack/latest/{name}" for name in ("meta_data.json", "user_data", "network_data.json")}


def test_another_reader_finds_the_same_nocloud_seed(tmp_path: Path) -> None:
    made = NoCloudSeed.of(instance_id="uid-1", hostname="web", guest=NO_DATA, nics=(LAN,))
    label, files = read_by_isoinfo(made.iso(), tmp_path)
    assert label == "cidata"
    assert files == dict(made.documents())


def test_the_same_seed_is_the_same_bytes_at_another_time_and_in_another_zone() -> None:
    environment = os.environ | {"TZ": "Asia/Kathmandu"}
    there = subprocess.run(
        [sys.executable, "-c", ANOTHER_CLOCK], env=environment, capture_output=True, text=True, check=True
    ).stdout
    here = hashlib.sha256(seed(GuestData(user_data=b"#!/bin/sh")).iso()).hexdigest()
    assert here == there.strip()


def test_the_owners_meta_data_wins_and_may_speak_nocloud() -> None:
    mine = b"local-hostname: chosen\ninstance-id: mine\npublic-keys: [ssh-ed25519 AAAA]\nsince: 2026-01-02\n"
    assert json.loads(seed(GuestData(meta_data=mine)).meta_data) == {
        "uuid": "mine",
        "hostname": "chosen",
        "name": "web",
        "public_keys": ["ssh-ed25519 AAAA"],
        "since": "2026-01-02",
    }
    assert json.loads(seed().meta_data) == {"uuid": "uid-1", "hostname": "web", "name": "web"}


def test_nics_become_links_networks_and_name_servers() -> None:
    data = seed(nics=(LAN, DMZ)).network_data
    assert data is not None
    name_servers = [{"type": "dns", "address": "192.0.2.2"}, {"type": "dns", "address": "192.0.2.3"}]
    assert json.loads(data) == {
        "links": [
            {"id": "lan", "type": "phy", "ethernet_mac_address": "52:54:00:aa:00:01", "mtu": 9000},
            {"id": "dmz", "type": "phy", "ethernet_mac_address": "52:54:00:aa:00:02", "mtu": None},
        ],
        "networks": [
            {"id": "network-lan", "link": "lan", "network_id": "blue", "type": "ipv4_dhcp"},
            {
                "id": "network-dmz",
                "link": "dmz",
                "network_id": "dmz",
                "type": "ipv4",
                "ip_address": "192.0.2.10",
                "netmask": "255.255.255.0",
                "services": name_servers,
                "routes": [{"network": ANYWHERE, "netmask": ANYWHERE, "gateway": "192.0.2.1"}],
            },
        ],
        "services": name_servers,
    }


def test_an_ignition_config_takes_the_place_of_user_data_byte_for_byte() -> None:
    assert seed(GuestData(ignition=IGNITION)).user_data == IGNITION
    assert seed().user_data is None


@pytest.mark.parametrize(
    ("guest", "message"),
    [
        (
            GuestData(user_data=b"#!/bin/sh", ignition=IGNITION),
            "a config drive has one place for cloud-init user data and an Ignition config: give one",
        ),
        (
            GuestData(ignition=b"variant: fcos\npassword: hunter2"),
            "the Ignition config is not valid JSON (a Butane config must be translated first)",
        ),
        (GuestData(ignition=b'["hunter2"]'), "the Ignition config has no ignition.version"),
        (GuestData(ignition=b'{"ignition": "hunter2"}'), "the Ignition config has no ignition.version"),
        (
            GuestData(meta_data=b"hunter2: &again [*again]\n"),
            "the cloud-init meta data cannot be written as JSON, which a config drive needs",
        ),
    ],
)
def test_what_no_guest_could_read_is_refused_without_repeating_it(guest: GuestData, message: str) -> None:
    with pytest.raises(InvalidSpec) as raised:
        seed(guest)
    assert raised.value.message == message


def test_network_data_has_no_place_on_a_drive_and_is_refused_without_repeating_it() -> None:
    with pytest.raises(Unsupported) as raised:
        seed(GuestData(network_data=b"hunter2: 1\n"))
    assert raised.value.message == (
        "a config drive tells the network in OpenStack's words and has no place for cloud-init network data:"
        " say it in the machine's networks"
    )


def test_l31_a_drive_does_not_show_what_it_holds() -> None:
    assert repr(seed(GuestData(user_data=b"hunter2"))) == "ConfigDriveSeed()"
