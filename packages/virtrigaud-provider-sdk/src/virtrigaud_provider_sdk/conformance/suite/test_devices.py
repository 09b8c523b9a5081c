"""Disks and NICs after the machine was made: they come, go and come back, and the others stay what they are."""

from dataclasses import replace

import pytest
from virtrigaud_api.contract import DataDisk, GiB, InvalidSpec, MachineId, MachineSpec, MachineState, Unsupported

from virtrigaud_provider_sdk.conformance.lab import Lab, require

pytestmark = pytest.mark.asyncio


def with_disks(spec: MachineSpec, **sizes: int) -> MachineSpec:
    return replace(spec, disks=tuple(DataDisk(name=name, size=GiB(size)) for name, size in sizes.items()))


async def made_or_refused(lab: Lab, spec: MachineSpec) -> MachineId:
    """Make a machine with something that a provider may refuse by name, as `test_fields` checks."""
    try:
        return await lab.create(spec)
    except Unsupported as refusal:
        pytest.skip(f"field not honoured: {refusal.message}")


def paths(state: MachineState) -> list[str]:
    return [disk.path for disk in state.disks]


async def test_a_disk_that_is_named_no_more_is_unplugged_and_the_others_stay(lab: Lab) -> None:
    spec = lab.specimens.spec()
    machine = await lab.create(with_disks(spec, first=1, second=2))
    before = await lab.state(machine)
    await lab.reconfigure(machine, with_disks(spec, second=2))
    after = await lab.state(machine)
    assert after.disks == (before.disks[0], before.disks[2])


async def test_a_disk_that_is_named_again_is_the_one_that_was_kept(lab: Lab) -> None:
    spec = lab.specimens.spec()
    machine = await lab.create(with_disks(spec, data=2))
    before = await lab.state(machine)
    await lab.reconfigure(machine, spec)
    with pytest.raises(InvalidSpec):
        await lab.reconfigure(machine, with_disks(spec, data=1))
    await lab.reconfigure(machine, with_disks(spec, data=2))
    assert paths(await lab.state(machine)) == paths(before)


async def test_the_content_of_a_disk_goes_with_it_only_where_that_was_said(lab: Lab) -> None:
    spec = lab.specimens.spec()
    fleeting = replace(spec, disks=(DataDisk(name="data", size=GiB(2), deleted_when_removed=True),))
    machine = await made_or_refused(lab, fleeting)
    await lab.reconfigure(machine, spec)
    await lab.reconfigure(machine, with_disks(spec, data=1))
    assert [disk.size_bytes for disk in (await lab.state(machine)).disks[1:]] == [2**30]


async def test_a_nic_that_is_named_no_more_is_unplugged_and_the_others_stay(lab: Lab) -> None:
    spec = lab.specimens.spec()
    both = replace(spec, nics=(lab.specimens.nic("net0"), lab.specimens.nic("net1")))
    machine = await lab.create(both)
    before = (await lab.state(machine)).nics
    await lab.reconfigure(machine, replace(spec, nics=both.nics[1:]))
    after = (await lab.state(machine)).nics
    assert [nic.mac for nic in after] == [nic.mac for nic in before[1:]]


async def test_a_nic_takes_the_mac_address_that_is_wanted_of_it(lab: Lab) -> None:
    spec = lab.specimens.spec()
    machine = await lab.create(spec)
    wanted = "02:00:00:c0:f0:77"
    await lab.reconfigure(machine, replace(spec, nics=(replace(spec.nics[0], mac=wanted),)))
    assert [nic.mac.lower() for nic in (await lab.state(machine)).nics] == [wanted]


async def test_a_complete_state_names_disks_and_nics_as_the_spec_does(lab: Lab) -> None:
    spec = with_disks(lab.specimens.spec(), first=1, second=2)
    machine = await made_or_refused(lab, replace(spec, tags=("a", "b")))
    state = await lab.state(machine)
    require(state.is_complete, "tells NICs, disks and tags completely")
    assert [(disk.name, disk.is_root) for disk in state.disks] == [("", True), ("first", False), ("second", False)]
    assert [(nic.name, nic.is_described) for nic in state.nics] == [(spec.nics[0].name, True)]
    assert {spec.nics[0].network, spec.nics[0].bridge} <= {state.nics[0].network, state.nics[0].bridge, None}
    assert sorted(state.tags) == ["a", "b"]


async def test_tags_change(lab: Lab) -> None:
    spec = lab.specimens.spec()
    machine = await made_or_refused(lab, replace(spec, tags=("before",)))
    require((await lab.state(machine)).is_complete, "tells NICs, disks and tags completely")
    await lab.reconfigure(machine, replace(spec, tags=("after",)))
    assert (await lab.state(machine)).tags == ("after",)
