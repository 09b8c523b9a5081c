"""What can't be is refused with the error of the taxonomy that says how to recover, and leaves nothing."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from virtrigaud_api.contract import (
    DataDisk,
    GiB,
    InvalidSpec,
    MachineSpec,
    MiB,
    Nic,
    NotFound,
    ProviderError,
    StaticAddress,
)

from virtrigaud_provider_sdk.conformance.lab import Lab
from virtrigaud_provider_sdk.conformance.specimens import Specimens

pytestmark = pytest.mark.asyncio

Change = Callable[[MachineSpec, Specimens], MachineSpec]


def no_cpus(spec: MachineSpec, _: Specimens) -> MachineSpec:
    return replace(spec, hardware=replace(spec.hardware, cpus=0))


def no_memory(spec: MachineSpec, _: Specimens) -> MachineSpec:
    return replace(spec, hardware=replace(spec.hardware, memory=MiB(0)))


def an_unknown_extra_setting(spec: MachineSpec, _: Specimens) -> MachineSpec:
    return replace(spec, hardware=replace(spec.hardware, extra={"conformance.noSuchKey": "1"}))


def two_disks_of_one_name(spec: MachineSpec, _: Specimens) -> MachineSpec:
    return replace(spec, disks=(DataDisk(name="data", size=GiB(1)), DataDisk(name="data", size=GiB(1))))


def an_empty_disk_size(spec: MachineSpec, _: Specimens) -> MachineSpec:
    return replace(spec, disks=(DataDisk(name="data", size=GiB(0)),))


def two_nics_of_one_name(spec: MachineSpec, specimens: Specimens) -> MachineSpec:
    return replace(spec, nics=(specimens.nic(), specimens.nic()))


def a_vlan_that_cannot_be(spec: MachineSpec, specimens: Specimens) -> MachineSpec:
    return replace(spec, nics=(replace(specimens.nic(), vlan=5000),))


def an_address_that_is_none(spec: MachineSpec, specimens: Specimens) -> MachineSpec:
    return replace(spec, nics=(replace(specimens.nic(), static=StaticAddress(address="192.0.2.300", prefix=24)),))


def a_network_and_a_bridge(spec: MachineSpec, _: Specimens) -> MachineSpec:
    return replace(spec, nics=(Nic(name="net0", network="one", bridge="other"),))


def an_absent_image(spec: MachineSpec, specimens: Specimens) -> MachineSpec:
    return replace(spec, boot=specimens.absent_image())


def an_absent_network(spec: MachineSpec, _: Specimens) -> MachineSpec:
    return replace(spec, nics=(Nic(name="net0", network="conformance-no-such-network"),))


@pytest.mark.parametrize(
    ("asking_for", "error"),
    [
        (no_cpus, InvalidSpec),
        (no_memory, InvalidSpec),
        (an_unknown_extra_setting, InvalidSpec),
        (two_disks_of_one_name, InvalidSpec),
        (an_empty_disk_size, InvalidSpec),
        (two_nics_of_one_name, InvalidSpec),
        (a_vlan_that_cannot_be, InvalidSpec),
        (an_address_that_is_none, InvalidSpec),
        (a_network_and_a_bridge, InvalidSpec),
        (an_absent_image, NotFound),
        (an_absent_network, NotFound),
    ],
    ids=lambda value: value.__name__,
)
async def test_what_cannot_be_is_refused_and_leaves_nothing(
    lab: Lab, asking_for: Change, error: type[ProviderError]
) -> None:
    spec = asking_for(lab.specimens.spec(), lab.specimens)
    with pytest.raises(ProviderError) as refusal:
        lab.remember(await lab.settled(await lab.provider.create(spec)))
    assert type(refusal.value) is error, refusal.value.message
    assert len(refusal.value.message) > 10, "the message tells a person nothing"
    assert spec.owner not in {state.owner for state in await lab.provider.machines()}


async def test_a_refused_machine_can_be_created_once_the_spec_is_right(lab: Lab) -> None:
    spec = lab.specimens.spec()
    with pytest.raises(NotFound):
        lab.remember(await lab.settled(await lab.provider.create(an_absent_image(spec, lab.specimens))))
    machine = await lab.create(spec)
    assert (await lab.state(machine)).owner == spec.owner


async def test_a_missing_image_is_named(lab: Lab) -> None:
    image = lab.specimens.absent_image()
    name = image.template or image.path or image.url
    assert name is not None
    with pytest.raises(NotFound) as refusal:
        lab.remember(await lab.settled(await lab.provider.create(replace(lab.specimens.spec(), boot=image))))
    assert name.rpartition("/")[2] in refusal.value.message
