"""A machine that is not there: described as None, deleted with success, NotFound for everything else."""

import pytest
from virtrigaud_api.contract import NotFound, PowerVerb, SnapshotId, SnapshotOrder

from virtrigaud_provider_sdk.conformance.lab import Lab, require

pytestmark = pytest.mark.asyncio


async def test_an_absent_machine_is_described_as_none(lab: Lab) -> None:
    assert await lab.provider.describe(await lab.absent()) is None


async def test_deleting_an_absent_machine_is_success(lab: Lab) -> None:
    await lab.delete(await lab.absent())


@pytest.mark.parametrize("verb", PowerVerb)
async def test_an_absent_machine_has_no_power(lab: Lab, verb: PowerVerb) -> None:
    require(verb is not PowerVerb.SUSPEND or lab.capabilities.suspend, "suspend")
    machine = await lab.absent()
    with pytest.raises(NotFound) as refusal:
        await lab.power(machine, verb)
    assert machine in refusal.value.message


async def test_an_absent_machine_cannot_be_reconfigured(lab: Lab) -> None:
    machine = await lab.absent()
    with pytest.raises(NotFound):
        await lab.reconfigure(machine, lab.specimens.spec())


async def test_an_absent_machine_has_no_snapshots(lab: Lab) -> None:
    snapshots, machine = lab.snapshots(), await lab.absent()
    with pytest.raises(NotFound):
        await snapshots.snapshot(machine, SnapshotOrder(name="one"))
    with pytest.raises(NotFound):
        await lab.settled(await snapshots.revert_to_snapshot(machine, SnapshotId("one")))
    await lab.settled(await snapshots.delete_snapshot(machine, SnapshotId("one")))


async def test_an_absent_machine_cannot_be_copied(lab: Lab) -> None:
    clones, machine = lab.clones(), await lab.absent()
    with pytest.raises(NotFound):
        lab.remember(await lab.settled(await clones.clone(machine, lab.specimens.clone_order())))


async def test_an_absent_machine_has_no_disks(lab: Lab) -> None:
    disks, machine = lab.disk_transfer(), await lab.absent()
    with pytest.raises(NotFound):
        await disks.disk_info(machine, "")
