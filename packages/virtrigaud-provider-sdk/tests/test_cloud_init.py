"""The NoCloud seed: what a guest reads is what its owner wrote, and the facts of its machine."""

import io
import json
from dataclasses import replace
from typing import Any

import pycdlib
import pytest
import yaml
from virtrigaud_api.contract import Route
from virtrigaud_provider_sdk import GuestData, InvalidSpec, Nic, NoCloudSeed, StaticAddress
from virtrigaud_provider_sdk.cloud_init.network_config import network_config
from virtrigaud_provider_sdk.cloud_init.network_data import network_data

USER_DATA = b"#cloud-config\nhostname: web\nusers: []\n# \xc3\xa9\n"
NO_DATA = GuestData()
LAN = Nic(name="lan", mac="52:54:00:AA:00:01")
DMZ = Nic(
    name="dmz",
    mac="52:54:00:aa:00:02",
    mtu=9000,
    static=StaticAddress(address="192.0.2.10", prefix=24, gateway="192.0.2.1", dns=("192.0.2.2", "192.0.2.3")),
)


def seed(guest: GuestData = NO_DATA, **values: Any) -> NoCloudSeed:
    return NoCloudSeed.of(instance_id="uid-1", hostname="web", guest=guest, **values)


def read_iso(image: bytes) -> tuple[str, dict[str, bytes]]:
    """Return the label, and the files by their names in both name spaces that guests use."""
    volume = pycdlib.PyCdlib()
    volume.open_fp(io.BytesIO(image))
    files: dict[str, bytes] = {}
    for space in ("joliet_path", "rr_path"):
        for child in volume.list_children(**{space: "/"}):
            name = (
                child.rock_ridge.name().decode()
                if space == "rr_path" and child.rock_ridge is not None
                else child.file_identifier().decode("utf-16-be" if space == "joliet_path" else "ascii", "ignore")
            )
            if not child.is_dir():
                content = io.BytesIO()
                volume.get_file_from_iso_fp(content, **{space: f"/{name}"})
                assert files.setdefault(name, content.getvalue()) == content.getvalue()
    label = volume.pvd.volume_identifier.decode().rstrip()
    volume.close()
    return label, files


def test_the_iso_has_the_label_and_the_documents_that_nocloud_looks_for() -> None:
    made = seed(GuestData(user_data=USER_DATA), nics=(LAN,))
    label, files = read_iso(made.iso())
    assert label == "cidata"
    assert files == dict(made.documents())
    assert set(files) == {"user-data", "meta-data", "network-config"}
    assert files["user-data"] == USER_DATA


def test_meta_data_of_the_owner_is_merged_over_the_facts_of_the_machine() -> None:
    made = seed(GuestData(meta_data=b"local-hostname: chosen\nregion: north\n"))
    assert yaml.safe_load(made.meta_data) == {"instance-id": "uid-1", "local-hostname": "chosen", "region": "north"}
    assert yaml.safe_load(seed().meta_data) == {"instance-id": "uid-1", "local-hostname": "web"}


def test_nics_are_found_by_their_mac_address_with_dhcp_or_a_static_address() -> None:
    config = seed(nics=(LAN, DMZ)).network_config
    assert config is not None
    assert yaml.safe_load(config) == {
        "version": 2,
        "ethernets": {
            "lan": {"match": {"macaddress": "52:54:00:aa:00:01"}, "dhcp4": True},
            "dmz": {
                "match": {"macaddress": "52:54:00:aa:00:02"},
                "mtu": 9000,
                "dhcp4": False,
                "addresses": ["192.0.2.10/24"],
                "routes": [{"to": "0.0.0.0/0", "via": "192.0.2.1"}],
                "nameservers": {"addresses": ["192.0.2.2", "192.0.2.3"]},
            },
        },
    }


def test_routes_and_names_of_a_network_reach_the_guest_with_and_without_dhcp() -> None:
    told = replace(LAN, name_servers=("192.0.2.2", "192.0.2.2"), search=("example.org",))
    assert DMZ.static is not None
    hops = (Route(destination="10.0.0.0/8", gateway="192.0.2.9", metric=50),)
    routed = replace(DMZ, mtu=None, search=("example.org",), static=replace(DMZ.static, dns=(), routes=hops))
    config = yaml.safe_load(network_config((told, routed)) or b"")["ethernets"]
    assert config["lan"]["nameservers"] == {"addresses": ["192.0.2.2"], "search": ["example.org"]}
    assert config["lan"]["dhcp4"] is True
    assert config["dmz"]["nameservers"] == {"search": ["example.org"]}
    assert config["dmz"]["routes"] == [
        {"to": "0.0.0.0/0", "via": "192.0.2.1"},
        {"to": "10.0.0.0/8", "via": "192.0.2.9", "metric": 50},
    ]
    data = json.loads(network_data((told, routed)) or b"")
    assert data["networks"][0]["services"] == [{"type": "dns", "address": "192.0.2.2"}]
    assert data["networks"][1]["routes"] == [
        {"network": "0.0.0.0", "netmask": "0.0.0.0", "gateway": "192.0.2.1"},  # noqa: S104 - a route
        {"network": "10.0.0.0", "netmask": "255.0.0.0", "gateway": "192.0.2.9"},
    ]


def test_a_route_to_no_network_is_refused() -> None:
    assert DMZ.static is not None
    wrong = replace(DMZ, static=replace(DMZ.static, routes=(Route(destination="nowhere", gateway="192.0.2.9"),)))
    with pytest.raises(InvalidSpec, match="the route to 'nowhere' is no network with a prefix"):
        network_config((wrong,))


def test_a_gateway_outside_of_the_nics_network_is_on_link() -> None:
    static = StaticAddress(address="192.0.2.10", prefix=32, gateway="198.51.100.1")
    config = seed(nics=(Nic(name="wan", mac="52:54:00:aa:00:03", static=static),)).network_config
    assert config is not None
    assert yaml.safe_load(config)["ethernets"]["wan"]["routes"] == [
        {"to": "0.0.0.0/0", "via": "198.51.100.1", "on-link": True}
    ]


@pytest.mark.parametrize(
    ("static", "message"),
    [
        (
            StaticAddress(address="192.0.2.300", prefix=24),
            "network interface lan: '192.0.2.300/24' is no IP address with a prefix",
        ),
        (
            StaticAddress(address="192.0.2.1", prefix=24, gateway="gate"),
            "network interface lan: the gateway 'gate' is no IP address",
        ),
        (
            StaticAddress(address="192.0.2.1", prefix=24, dns=("one\ntwo",)),
            "network interface lan: the name server 'one\\ntwo' is no IP address",
        ),
    ],
)
def test_an_address_that_is_none_is_refused(static: StaticAddress, message: str) -> None:
    with pytest.raises(InvalidSpec) as raised:
        seed(nics=(Nic(name="lan", mac="52:54:00:aa:00:01", static=static),))
    assert raised.value.message == message


def test_without_nics_the_network_is_left_to_the_guest() -> None:
    assert set(read_iso(seed().iso())[1]) == {"user-data", "meta-data"}


def test_network_data_of_the_owner_takes_the_place_of_what_the_nics_say() -> None:
    mine = b"# mine\nversion: 1\nconfig: []\n"
    made = seed(GuestData(network_data=mine), nics=(LAN, DMZ))
    assert made.network_config == mine
    assert read_iso(made.iso())[1]["network-config"] == mine
    assert read_iso(seed(GuestData(network_data=mine)).iso())[1]["network-config"] == mine


@pytest.mark.parametrize(
    ("network_data", "message"),
    [
        (b"secret: [hunter2", "the cloud-init network data is not valid YAML at line 1"),
        (b"\xff\xfe\xfa", "the cloud-init network data is not valid YAML text"),
        (b"- hunter2", "the cloud-init network data must be a YAML mapping"),
        (b"# hunter2\n", "the cloud-init network data must be a YAML mapping"),
    ],
)
def test_network_data_that_is_no_mapping_is_refused_without_repeating_it(network_data: bytes, message: str) -> None:
    with pytest.raises(InvalidSpec) as raised:
        seed(GuestData(network_data=network_data))
    assert raised.value.message == message


def test_a_nic_without_a_mac_address_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="network interface lan needs its MAC address"):
        seed(nics=(Nic(name="lan"),))


def test_l29_without_user_data_no_user_password_or_key_is_made_up() -> None:
    assert yaml.safe_load(seed().user_data) == {}


@pytest.mark.parametrize(
    ("meta_data", "message"),
    [
        (b"secret: [hunter2", "the cloud-init meta data is not valid YAML at line 1"),
        (b"\xff\xfe\xfa", "the cloud-init meta data is not valid YAML text"),
        (b"- hunter2", "the cloud-init meta data must be a YAML mapping"),
    ],
)
def test_meta_data_that_is_no_mapping_is_refused_without_repeating_it(meta_data: bytes, message: str) -> None:
    with pytest.raises(InvalidSpec) as raised:
        seed(GuestData(meta_data=meta_data))
    assert raised.value.message == message


def test_l31_a_seed_does_not_show_what_it_holds() -> None:
    assert repr(seed(GuestData(user_data=b"hunter2"))) == "NoCloudSeed()"
