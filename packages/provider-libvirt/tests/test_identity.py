"""Names that follow from the owner."""

import re

import pytest
from virtrigaud_api.contract import InvalidSpec, Owner
from virtrigaud_provider_libvirt.identity import identify, is_volume_of_a_machine

OWNER = Owner("team-a", "web", "1")


def test_l24_two_namespaces_never_meet_in_one_name() -> None:
    names = {
        identify(Owner(namespace, name, "1"), name).domain
        for namespace, name in [("a", "b-c"), ("a-b", "c"), ("a", "b.c"), ("b", "b-c"), ("", "b-c")]
    }
    assert len(names) == 5


def test_the_same_owner_has_the_same_machine() -> None:
    assert identify(OWNER, "web") == identify(Owner("team-a", "web", "1"), "web")


def test_an_object_that_was_made_anew_has_another_machine() -> None:
    again = identify(Owner("team-a", "web", "2"), "web")
    assert again.machine != identify(OWNER, "web").machine
    assert again.domain == identify(OWNER, "web").domain


def test_l26_a_nic_has_a_stable_unicast_mac_of_its_own() -> None:
    identity = identify(OWNER, "web")
    assert identity.mac("lan") == identity.mac("lan") != identity.mac("storage")
    assert re.fullmatch(r"52(:[0-9a-f]{2}){5}", identity.mac("lan"))


def test_a_long_name_is_cut_and_stays_unlike_others() -> None:
    first, second = (identify(Owner("n", "x" * 252 + end, "1"), "x" * 252 + end).domain for end in "ab")
    assert (len(first), first != second) == (150, True)


@pytest.mark.parametrize("name", ["", "-web", "a/b", "a b", "..", "ä"])
def test_a_name_that_is_no_file_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidSpec):
        identify(Owner("", name, "1"), name)


@pytest.mark.parametrize(
    ("volume", "is_ours"),
    [
        (identify(OWNER, "web").volume("root", "qcow2"), True),
        (identify(OWNER, "web").volume("disk-data", "qcow2"), True),
        (identify(OWNER, "web").volume("seed", "iso"), True),
        ("debian-12.qcow2", False),
        ("debian-12-20260101.qcow2", False),
    ],
)
def test_l01_the_disk_of_a_machine_is_told_from_an_image(volume: str, is_ours: bool) -> None:  # noqa: FBT001
    assert is_volume_of_a_machine(volume) is is_ours
