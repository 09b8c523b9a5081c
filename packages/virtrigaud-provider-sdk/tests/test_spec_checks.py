"""What can't be right anywhere, and what a provider does not look at, is refused by name."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from virtrigaud_provider_sdk import (
    BootImage,
    DataDisk,
    Firmware,
    GiB,
    GuestData,
    Hardware,
    InvalidSpec,
    MachineSpec,
    MiB,
    Nic,
    Owner,
    RootDisk,
    Security,
    StaticAddress,
    Unsupported,
    check_spec,
    refuse_all_but,
)
from virtrigaud_provider_sdk.conformance.fields import IDENTITY, LEFT_ASIDE, SOURCE, VALUES, paths, with_field

PLAIN = MachineSpec(
    owner=Owner("shop", "web", "1"),
    name="web",
    hardware=Hardware(cpus=1, memory=MiB(256)),
    boot=BootImage(template="debian-13"),
)


def with_hardware(**changes: object) -> MachineSpec:
    return replace(PLAIN, hardware=replace(PLAIN.hardware, **changes))  # type: ignore[arg-type]


def with_nic(**changes: object) -> MachineSpec:
    return replace(PLAIN, nics=(replace(Nic(name="net0"), **changes),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("spec", "wrong"),
    [
        (with_hardware(cpus=0, memory=MiB(0)), "0 CPUs; 0 MiB of memory"),
        (with_hardware(root_disk=RootDisk(size=GiB(0))), "a root disk of 0 GiB"),
        (with_hardware(security=Security(secure_boot=True)), "secure boot without UEFI firmware"),
        (with_hardware(extra={"a": "1", "known": "1"}), "unknown extra settings a (known: known)"),
        (replace(PLAIN, boot=BootImage()), "the image names no template, no path and no URL"),
        (replace(PLAIN, disks=(DataDisk(name="a", size=GiB(0)),)), "disk a of 0 GiB"),
        (replace(PLAIN, disks=(DataDisk(name="a", size=GiB(1)),) * 2), "disk a named twice"),
        (replace(PLAIN, nics=(Nic(name=""),)), "a NIC without a name"),
        (with_nic(network="one", bridge="other"), "NIC net0: a network and a bridge; give one of them"),
        (with_nic(vlan=4095, mtu=67), "NIC net0: VLAN 4095; NIC net0: MTU 67"),
        (with_nic(mac="01:00:00:00:00:00"), "NIC net0: '01:00:00:00:00:00' is no MAC address of one interface"),
        (
            with_nic(static=StaticAddress(address="192.0.2.300", prefix=33, dns=("here",))),
            "NIC net0: prefix length 33; NIC net0: '192.0.2.300' is no IP address; NIC net0: 'here' is no IP address",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_right_is_named(spec: MachineSpec, wrong: str) -> None:
    with pytest.raises(InvalidSpec) as refusal:
        check_spec(spec, extra_keys={"known"})
    assert refusal.value.message == f"the spec of machine shop/web can't be right: {wrong}"


def test_what_can_be_right_passes() -> None:
    secure = with_hardware(firmware=Firmware.UEFI, security=Security(secure_boot=True), extra={"known": "1"})
    static = StaticAddress(address="192.0.2.1", prefix=24, gateway="192.0.2.254", dns=("2001:db8::53",))
    nic = Nic(name="net0", bridge="br0", vlan=4094, mtu=9000, mac="02:00:00:00:00:01", static=static)
    check_spec(replace(secure, nics=(nic,), disks=(DataDisk(name="data", size=GiB(1)),)), extra_keys={"known"})


@pytest.mark.parametrize("path", sorted(set(paths()) - IDENTITY - SOURCE - LEFT_ASIDE))
def test_l19_a_field_that_a_provider_does_not_look_at_is_refused_by_name(path: str) -> None:
    whole = replace(
        PLAIN,
        nics=(Nic(name="net0", static=StaticAddress(address="192.0.2.1", prefix=24)),),
        disks=(DataDisk(name="data", size=GiB(1)),),
    )
    refuse_all_but(whole, whole)
    with pytest.raises(Unsupported) as refusal:
        refuse_all_but(whole, with_field(whole, path, VALUES[path]))
    assert refusal.value.message.startswith("machine shop/web asks for what this provider does not have: ")
    assert path.split(".", maxsplit=1)[0] in refusal.value.message


def test_a_machine_that_shall_start_at_once_is_refused_by_nobody() -> None:
    refuse_all_but(PLAIN, replace(PLAIN, starts=True))


def test_a_refusal_names_fields_and_never_their_values() -> None:
    asked: Callable[[bytes], MachineSpec] = lambda secret: replace(  # noqa: E731 - two of them
        PLAIN, guest=GuestData(user_data=secret), nics=(Nic(name="net0", mtu=9000),)
    )
    honoured = replace(PLAIN, nics=(Nic(name="net0"),))
    with pytest.raises(Unsupported) as refusal:
        refuse_all_but(honoured, asked(b"canary"))
    assert refusal.value.message == (
        "machine shop/web asks for what this provider does not have: nics[0].mtu, guest.user_data"
    )
