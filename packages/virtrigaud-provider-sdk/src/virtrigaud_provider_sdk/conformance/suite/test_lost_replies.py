"""L08: a reply that gets lost after the effect; the same call again ends where one call would have."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

import pytest
from virtrigaud_api.contract import (
    DataDisk,
    ExportOrder,
    GiB,
    ImageOrder,
    ImportOrder,
    MachineId,
    MachineSpec,
    MachineState,
    NotFound,
    PowerState,
    PowerVerb,
    SnapshotOrder,
    Submitted,
    Unavailable,
)

from virtrigaud_provider_sdk.conformance.faulty_wire import FaultyWire
from virtrigaud_provider_sdk.conformance.lab import Lab
from virtrigaud_provider_sdk.conformance.specimens import larger
from virtrigaud_provider_sdk.conformance.suite.test_disk_transfer import place

pytestmark = pytest.mark.asyncio

_R = TypeVar("_R")


class Repeating:
    """Makes every call twice: the first reply is lost on the wire, the second one counts."""

    def __init__(self, lab: Lab, wire: FaultyWire) -> None:
        self._lab = lab
        self._wire = wire

    async def call(self, call: Callable[[], Awaitable[_R]]) -> _R:
        """Lose a reply, and return the answer to the same call made again."""
        with self._wire.losing_replies(), pytest.raises(Unavailable):
            await call()
        return await self._lab.insist(call)

    async def settled(self, call: Callable[[], Awaitable[Submitted]]) -> MachineId | None:
        """Do the same with a call that may become a task, and wait for it."""
        return await self._lab.settled(await self.call(call))

    async def create(self, spec: MachineSpec) -> MachineId:
        """Make a machine, and remember to delete it."""
        return self._lab.remember(await self.settled(lambda: self._lab.provider.create(spec)))

    async def power(self, machine: MachineId, verb: PowerVerb) -> None:
        """Change the power of a machine and wait for it."""
        grace = self._lab.patience.grace
        await self.settled(lambda: self._lab.provider.power(machine, verb, grace))


@pytest.fixture
def repeating(remote_lab: Lab, wire: FaultyWire) -> Repeating:
    return Repeating(remote_lab, wire)


def with_a_data_disk(spec: MachineSpec) -> MachineSpec:
    return replace(spec, disks=(DataDisk(name="data", size=GiB(1)),))


def likeness(state: MachineState) -> object:
    """Return what two machines of like specs have in common."""
    sizes = tuple(disk.size_bytes for disk in state.disks)
    return state.power, state.cpus, state.memory, sizes, len(state.nics), state.pending_restart


async def test_l08_a_creation_whose_reply_is_lost_makes_one_machine(remote_lab: Lab, repeating: Repeating) -> None:
    spec = remote_lab.specimens.spec()
    machine = await repeating.create(spec)
    assert await remote_lab.machines_of(spec.owner) == [machine]


async def test_l08_a_creation_with_a_start_whose_reply_is_lost_makes_one_machine_that_can_run(
    remote_lab: Lab, repeating: Repeating
) -> None:
    spec = replace(remote_lab.specimens.spec(), starts=True)
    machine = await repeating.create(spec)
    assert await remote_lab.machines_of(spec.owner) == [machine]
    await remote_lab.power(machine, PowerVerb.ON)
    assert await remote_lab.power_state(machine) is PowerState.ON


@pytest.mark.parametrize(
    ("verb", "after"),
    [
        (PowerVerb.ON, PowerState.ON),
        (PowerVerb.OFF, PowerState.OFF),
        (PowerVerb.SHUTDOWN, PowerState.OFF),
        (PowerVerb.REBOOT, PowerState.ON),
    ],
    ids=lambda value: str(value).replace(" ", "-").lower(),
)
async def test_l08_a_power_verb_whose_reply_is_lost_has_its_effect(
    remote_lab: Lab, repeating: Repeating, verb: PowerVerb, after: PowerState
) -> None:
    machine = await (remote_lab.create() if verb is PowerVerb.ON else remote_lab.running())
    await repeating.power(machine, verb)
    assert await remote_lab.power_state(machine) is after


async def test_l08_a_change_whose_reply_is_lost_is_made_once(remote_lab: Lab, repeating: Repeating) -> None:
    spec = remote_lab.specimens.spec()
    machine = await remote_lab.create(spec)
    before = await remote_lab.state(machine)
    changed = with_a_data_disk(replace(spec, hardware=larger(spec.hardware, cpus=1, memory=64)))
    await repeating.settled(lambda: remote_lab.provider.reconfigure(machine, changed))
    after = await remote_lab.state(machine)
    assert (after.cpus, after.memory) == (before.cpus + 1, before.memory + 64)
    assert len(after.disks) == len(before.disks) + 1


async def test_l08_a_deletion_whose_reply_is_lost_is_done(remote_lab: Lab, repeating: Repeating) -> None:
    machine = await remote_lab.create()
    await repeating.settled(lambda: remote_lab.provider.delete(machine))
    assert await remote_lab.provider.describe(machine) is None


async def test_l08_a_whole_life_of_lost_replies_ends_like_one_without(remote_lab: Lab, repeating: Repeating) -> None:
    smooth, lossy = (with_a_data_disk(remote_lab.specimens.spec()) for _ in range(2))
    plain = await remote_lab.running(smooth)
    machine = await repeating.create(lossy)
    await repeating.power(machine, PowerVerb.ON)
    assert likeness(await remote_lab.state(machine)) == likeness(await remote_lab.state(plain))
    await remote_lab.power(plain, PowerVerb.OFF)
    await repeating.power(machine, PowerVerb.OFF)
    assert likeness(await remote_lab.state(machine)) == likeness(await remote_lab.state(plain))
    await repeating.settled(lambda: remote_lab.provider.delete(machine))
    assert await remote_lab.machines_of(lossy.owner) == []


async def test_l08_a_snapshot_whose_reply_is_lost_is_one_snapshot(remote_lab: Lab, repeating: Repeating) -> None:
    snapshots, machine = remote_lab.snapshots(), await remote_lab.create()
    order = SnapshotOrder(name="one")
    taken = await repeating.call(lambda: snapshots.snapshot(machine, order))
    await remote_lab.settled(Submitted(machine=machine, task=taken.task))
    await repeating.settled(lambda: snapshots.revert_to_snapshot(machine, taken.id))
    await repeating.settled(lambda: snapshots.delete_snapshot(machine, taken.id))
    with pytest.raises(NotFound):
        await remote_lab.settled(await snapshots.revert_to_snapshot(machine, taken.id))


async def test_l08_a_copy_whose_reply_is_lost_is_one_machine(remote_lab: Lab, repeating: Repeating) -> None:
    clones, source = remote_lab.clones(), await remote_lab.create()
    order = remote_lab.specimens.clone_order()
    copy = remote_lab.remember(await repeating.settled(lambda: clones.clone(source, order)))
    assert await remote_lab.machines_of(order.owner) == [copy]


async def test_l08_an_image_whose_reply_is_lost_is_one_image(remote_lab: Lab, repeating: Repeating) -> None:
    images, specimens = remote_lab.images(), remote_lab.specimens
    order = ImageOrder(name=f"conformance-{specimens.run}", source=specimens.image)
    prepared = await repeating.call(lambda: images.prepare_image(order))
    await remote_lab.settled(Submitted(task=prepared.task))
    again = await images.prepare_image(order)
    assert (again.id, again.path) == (prepared.id, prepared.path)


async def test_l08_a_disk_whose_replies_are_lost_is_staged_and_imported_once(
    remote_lab: Lab, repeating: Repeating
) -> None:
    disks, machine = remote_lab.disk_transfer(), await remote_lab.create()
    staged, kind = place(remote_lab, "lost"), remote_lab.capabilities.export_formats[0]
    export = ExportOrder(machine=machine, destination=staged, format=kind)
    exported = await repeating.call(lambda: disks.export_disk(export))
    await remote_lab.settled(Submitted(task=exported.task))
    order = ImportOrder(source=staged, name=remote_lab.specimens.name(), format=kind, checksum=exported.checksum)
    imported = await repeating.call(lambda: disks.import_disk(order))
    await remote_lab.settled(Submitted(task=imported.task))
    again = await disks.import_disk(order)
    assert (again.disk_id, again.path) == (imported.disk_id, imported.path)
