"""Snapshots: taken once by name, reverted to, deleted."""

from dataclasses import replace

import pytest
from virtrigaud_api.contract import (
    MachineId,
    NotFound,
    PowerState,
    PowerVerb,
    SnapshotId,
    SnapshotOrder,
    Submitted,
    Unsupported,
    WrongState,
)

from virtrigaud_provider_sdk.conformance.lab import Lab, require
from virtrigaud_provider_sdk.conformance.specimens import larger

pytestmark = pytest.mark.asyncio


async def take(lab: Lab, machine: MachineId, order: SnapshotOrder) -> SnapshotId:
    taken = await lab.snapshots().snapshot(machine, order)
    await lab.settled(Submitted(machine=machine, task=taken.task))
    return taken.id


async def revert(lab: Lab, machine: MachineId, snapshot: SnapshotId) -> None:
    await lab.settled(await lab.snapshots().revert_to_snapshot(machine, snapshot))


async def remove(lab: Lab, machine: MachineId, snapshot: SnapshotId) -> None:
    await lab.settled(await lab.snapshots().delete_snapshot(machine, snapshot))


async def test_the_same_name_is_the_same_snapshot(lab: Lab) -> None:
    lab.snapshots()
    machine = await lab.create()
    first = await take(lab, machine, SnapshotOrder(name="one", description="the first"))
    assert await take(lab, machine, SnapshotOrder(name="one", description="the first")) == first


async def test_two_names_are_two_snapshots(lab: Lab) -> None:
    lab.snapshots()
    machine = await lab.create()
    assert await take(lab, machine, SnapshotOrder(name="one")) != await take(lab, machine, SnapshotOrder(name="two"))


async def test_taking_a_snapshot_leaves_the_machine_as_it_is(lab: Lab) -> None:
    lab.snapshots()
    machine = await lab.create()
    before = await lab.state(machine)
    await take(lab, machine, SnapshotOrder(name="one"))
    after = await lab.state(machine)
    assert (after.power, after.cpus, after.memory, after.nics) == (
        before.power,
        before.cpus,
        before.memory,
        before.nics,
    )


async def test_a_snapshot_of_a_running_machine_leaves_it_running(lab: Lab) -> None:
    lab.snapshots()
    machine = await lab.running()
    await take(lab, machine, SnapshotOrder(name="one"))
    assert await lab.power_state(machine) is PowerState.ON


async def test_a_machine_goes_back_to_a_snapshot(lab: Lab) -> None:
    lab.snapshots()
    spec = lab.specimens.spec()
    machine = await lab.create(spec)
    snapshot = await take(lab, machine, SnapshotOrder(name="one"))
    before = await lab.state(machine)
    await lab.reconfigure(machine, replace(spec, hardware=larger(spec.hardware, memory=64)))
    await revert(lab, machine, snapshot)
    after = await lab.state(machine)
    assert (after.power, after.memory, after.nics) == (before.power, before.memory, before.nics)
    assert after.owner == spec.owner


async def test_a_machine_can_go_back_more_than_once(lab: Lab) -> None:
    lab.snapshots()
    machine = await lab.create()
    snapshot = await take(lab, machine, SnapshotOrder(name="one"))
    await revert(lab, machine, snapshot)
    await revert(lab, machine, snapshot)
    assert await lab.power_state(machine) is PowerState.OFF


async def test_reverting_to_a_snapshot_that_is_not_there_is_not_found(lab: Lab) -> None:
    lab.snapshots()
    machine = await lab.create()
    with pytest.raises(NotFound):
        await revert(lab, machine, SnapshotId("conformance-none"))


async def test_a_snapshot_is_deleted_once_and_absent_ones_count_as_deleted(lab: Lab) -> None:
    lab.snapshots()
    machine = await lab.create()
    snapshot = await take(lab, machine, SnapshotOrder(name="one"))
    await remove(lab, machine, snapshot)
    await remove(lab, machine, snapshot)
    with pytest.raises(NotFound):
        await revert(lab, machine, snapshot)
    assert await lab.power_state(machine) is PowerState.OFF


async def test_a_machine_with_snapshots_can_be_deleted(lab: Lab) -> None:
    lab.snapshots()
    machine = await lab.create()
    snapshot = await take(lab, machine, SnapshotOrder(name="one"))
    await lab.delete(machine)
    await remove(lab, machine, snapshot)
    assert await lab.provider.describe(machine) is None


async def test_l18_a_snapshot_with_memory_brings_a_running_machine_back_running(lab: Lab) -> None:
    lab.snapshots()
    require(lab.capabilities.memory_snapshots, "memory snapshots")
    machine = await lab.running()
    snapshot = await take(lab, machine, SnapshotOrder(name="one", memory=True))
    await lab.power(machine, PowerVerb.OFF)
    await revert(lab, machine, snapshot)
    assert await lab.power_state(machine) is PowerState.ON


async def test_a_snapshot_with_memory_needs_a_running_machine(lab: Lab) -> None:
    lab.snapshots()
    require(lab.capabilities.memory_snapshots, "memory snapshots")
    machine = await lab.create()
    with pytest.raises(WrongState):
        await take(lab, machine, SnapshotOrder(name="one", memory=True))


async def test_l18_memory_is_refused_where_it_is_not_advertised(lab: Lab) -> None:
    lab.snapshots()
    if lab.capabilities.memory_snapshots:
        pytest.skip("capability advertised: memory snapshots")
    machine = await lab.running()
    with pytest.raises(Unsupported):
        await take(lab, machine, SnapshotOrder(name="one", memory=True))
