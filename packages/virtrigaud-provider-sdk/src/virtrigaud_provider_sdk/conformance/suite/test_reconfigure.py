"""A machine is brought to a changed spec: at once where that works, else with the next start."""

from dataclasses import replace

import pytest
from virtrigaud_api.contract import DataDisk, GiB, InvalidSpec, MachineSpec, Performance, PowerVerb

from virtrigaud_provider_sdk.conformance.lab import Lab, require
from virtrigaud_provider_sdk.conformance.specimens import larger, with_root_disk

pytestmark = pytest.mark.asyncio


def hot(spec: MachineSpec) -> MachineSpec:
    """Return the spec with everything that a machine may need to grow while it runs."""
    performance = replace(spec.hardware.performance, cpu_hot_add=True, memory_hot_add=True)
    return replace(spec, hardware=replace(spec.hardware, performance=performance))


async def test_cpus_and_memory_of_a_stopped_machine_change(lab: Lab) -> None:
    spec = lab.specimens.spec()
    machine = await lab.create(spec)
    await lab.reconfigure(machine, replace(spec, hardware=larger(spec.hardware, cpus=1, memory=64)))
    state = await lab.state(machine)
    assert (state.cpus, state.memory) == (spec.hardware.cpus + 1, spec.hardware.memory + 64)
    assert not state.pending_restart


async def test_cpus_and_memory_of_a_stopped_machine_shrink(lab: Lab) -> None:
    spec = lab.specimens.spec()
    machine = await lab.create(replace(spec, hardware=larger(spec.hardware, cpus=1, memory=64)))
    await lab.reconfigure(machine, spec)
    state = await lab.state(machine)
    assert (state.cpus, state.memory) == (spec.hardware.cpus, spec.hardware.memory)


async def test_l18_a_running_machine_grows_without_a_restart_where_that_is_advertised(lab: Lab) -> None:
    require(lab.capabilities.reconfigure_online, "reconfigure online")
    spec = hot(lab.specimens.spec())
    machine = await lab.running(spec)
    await lab.reconfigure(machine, replace(spec, hardware=larger(spec.hardware, cpus=1)))
    state = await lab.state(machine)
    assert (state.cpus, state.pending_restart) == (spec.hardware.cpus + 1, False)


async def test_l16_a_change_that_needs_a_restart_is_said_to_be_pending_until_then(lab: Lab) -> None:
    spec = lab.specimens.spec()
    machine = await lab.running(replace(spec, hardware=larger(spec.hardware, cpus=1)))
    await lab.reconfigure(machine, spec)
    state = await lab.state(machine)
    assert (state.cpus, state.pending_restart) in {(spec.hardware.cpus, False), (spec.hardware.cpus + 1, True)}
    await lab.power(machine, PowerVerb.OFF)
    await lab.power(machine, PowerVerb.ON)
    state = await lab.state(machine)
    assert (state.cpus, state.pending_restart) == (spec.hardware.cpus, False)


async def test_the_root_disk_grows(lab: Lab) -> None:
    spec = lab.specimens.spec()
    machine = await lab.create(spec)
    before = (await lab.state(machine)).disks[0]
    await lab.reconfigure(machine, replace(spec, hardware=with_root_disk(spec.hardware, before.size_bytes + 2**30)))
    after = (await lab.state(machine)).disks[0]
    assert after.size_bytes >= before.size_bytes + 2**30
    assert after.id == before.id


async def test_l18_the_root_disk_of_a_running_machine_grows_where_that_is_advertised(lab: Lab) -> None:
    require(lab.capabilities.disk_expansion_online, "disk expansion online")
    spec = lab.specimens.spec()
    machine = await lab.running(spec)
    size = (await lab.state(machine)).disks[0].size_bytes
    await lab.reconfigure(machine, replace(spec, hardware=with_root_disk(spec.hardware, size + 2**30)))
    assert (await lab.state(machine)).disks[0].size_bytes >= size + 2**30


async def test_a_disk_never_shrinks(lab: Lab) -> None:
    spec = replace(lab.specimens.spec(), disks=(DataDisk(name="data", size=GiB(2)),))
    machine = await lab.create(spec)
    before = await lab.state(machine)
    with pytest.raises(InvalidSpec):
        await lab.reconfigure(machine, replace(spec, disks=(DataDisk(name="data", size=GiB(1)),)))
    assert (await lab.state(machine)).disks == before.disks


async def test_a_data_disk_is_added_and_the_others_keep_their_identity(lab: Lab) -> None:
    spec = lab.specimens.spec()
    machine = await lab.create(spec)
    before = (await lab.state(machine)).disks
    await lab.reconfigure(machine, replace(spec, disks=(DataDisk(name="data", size=GiB(1)),)))
    after = (await lab.state(machine)).disks
    assert after[: len(before)] == before
    assert [disk.size_bytes for disk in after[len(before) :]] == [2**30]


async def test_l26_a_nic_keeps_its_mac_address_when_another_is_added(lab: Lab) -> None:
    spec = lab.specimens.spec()
    machine = await lab.create(spec)
    before = (await lab.state(machine)).nics
    await lab.reconfigure(machine, replace(spec, nics=(*spec.nics, lab.specimens.nic("net1"))))
    after = (await lab.state(machine)).nics
    assert [nic.mac for nic in after[:1]] == [nic.mac for nic in before]
    assert len({nic.mac for nic in after}) == 2


async def test_the_boot_source_cannot_change(lab: Lab) -> None:
    spec = lab.specimens.spec()
    machine = await lab.create(spec)
    with pytest.raises(InvalidSpec):
        await lab.reconfigure(machine, replace(spec, boot=lab.specimens.absent_image()))


async def test_a_refused_change_changes_nothing(lab: Lab) -> None:
    spec = lab.specimens.spec()
    machine = await lab.create(spec)
    before = await lab.state(machine)
    impossible = replace(larger(spec.hardware, memory=64), cpus=0, performance=Performance())
    with pytest.raises(InvalidSpec):
        await lab.reconfigure(machine, replace(spec, hardware=impossible))
    assert await lab.state(machine) == before
