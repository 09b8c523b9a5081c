"""A call whose deadline passes leaves nothing half done, holds nothing up, and can be made again."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from virtrigaud_api.contract import (
    DataDisk,
    GiB,
    MachineSpec,
    PowerState,
    PowerVerb,
    SnapshotOrder,
    Submitted,
    Unavailable,
)

from virtrigaud_provider_sdk.conformance.faulty_wire import FaultyWire
from virtrigaud_provider_sdk.conformance.lab import Lab
from virtrigaud_provider_sdk.conformance.specimens import larger

# From hardly sent to nearly done; on a fast provider some are long enough, which is as good.
DEADLINES = (timedelta(milliseconds=2), timedelta(milliseconds=10), timedelta(milliseconds=50))

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.parametrize("deadline", DEADLINES, ids=lambda deadline: f"{deadline.microseconds // 1000}ms"),
]


async def hurried(wire: FaultyWire, deadline: timedelta, call: Callable[[], Awaitable[object]]) -> None:
    """Make a call that may run out of time, and that must not fail in another way."""
    with wire.with_deadline(deadline), suppress(Unavailable):
        await call()


def spec_of(lab: Lab) -> MachineSpec:
    return replace(lab.specimens.spec(), disks=(DataDisk(name="data", size=GiB(1)),))


async def test_a_creation_that_runs_out_of_time_leaves_no_half_machine(
    remote_lab: Lab, wire: FaultyWire, deadline: timedelta
) -> None:
    spec, provider = spec_of(remote_lab), remote_lab.provider
    await hurried(wire, deadline, lambda: provider.create(spec))
    machine = remote_lab.remember(await remote_lab.settled(await remote_lab.insist(lambda: provider.create(spec))))
    state = await remote_lab.state(machine)
    assert (state.owner, state.power, state.cpus) == (spec.owner, PowerState.OFF, spec.hardware.cpus)
    assert (len(state.disks), len(state.nics)) == (2, 1)
    assert await remote_lab.machines_of(spec.owner) == [machine]


@pytest.mark.parametrize("verb", [PowerVerb.ON, PowerVerb.OFF], ids=lambda verb: verb.replace(" ", "-"))
async def test_a_power_verb_that_runs_out_of_time_can_be_repeated(
    remote_lab: Lab, wire: FaultyWire, deadline: timedelta, verb: PowerVerb
) -> None:
    provider, grace = remote_lab.provider, remote_lab.patience.grace
    machine = await (remote_lab.create() if verb is PowerVerb.ON else remote_lab.running())
    await hurried(wire, deadline, lambda: provider.power(machine, verb, grace))
    await remote_lab.settled(await remote_lab.insist(lambda: provider.power(machine, verb, grace)))
    assert await remote_lab.power_state(machine) is (PowerState.ON if verb is PowerVerb.ON else PowerState.OFF)


async def test_a_change_that_runs_out_of_time_is_made_whole_by_the_next(
    remote_lab: Lab, wire: FaultyWire, deadline: timedelta
) -> None:
    spec, provider = remote_lab.specimens.spec(), remote_lab.provider
    machine = await remote_lab.create(spec)
    before = await remote_lab.state(machine)
    changed = replace(
        spec,
        hardware=larger(spec.hardware, cpus=1, memory=64),
        nics=(*spec.nics, remote_lab.specimens.nic("net1")),
        disks=(DataDisk(name="data", size=GiB(1)),),
    )
    await hurried(wire, deadline, lambda: provider.reconfigure(machine, changed))
    await remote_lab.settled(await remote_lab.insist(lambda: provider.reconfigure(machine, changed)))
    after = await remote_lab.state(machine)
    assert (after.cpus, after.memory) == (before.cpus + 1, before.memory + 64)
    assert (len(after.disks), len(after.nics)) == (len(before.disks) + 1, len(before.nics) + 1)
    assert after.disks[: len(before.disks)] == before.disks


async def test_a_deletion_that_runs_out_of_time_is_finished_by_the_next(
    remote_lab: Lab, wire: FaultyWire, deadline: timedelta
) -> None:
    spec, provider = spec_of(remote_lab), remote_lab.provider
    machine = await remote_lab.running(spec)
    await hurried(wire, deadline, lambda: provider.delete(machine))
    await remote_lab.settled(await remote_lab.insist(lambda: provider.delete(machine)))
    assert await provider.describe(machine) is None
    again = await remote_lab.create(spec)
    assert len((await remote_lab.state(again)).disks) == 2


async def test_a_snapshot_that_runs_out_of_time_is_one_snapshot(
    remote_lab: Lab, wire: FaultyWire, deadline: timedelta
) -> None:
    snapshots, machine, order = remote_lab.snapshots(), await remote_lab.create(), SnapshotOrder(name="one")
    await hurried(wire, deadline, lambda: snapshots.snapshot(machine, order))
    taken = await remote_lab.insist(lambda: snapshots.snapshot(machine, order))
    await remote_lab.settled(Submitted(machine=machine, task=taken.task))
    assert (await snapshots.snapshot(machine, order)).id == taken.id
    await remote_lab.settled(await snapshots.revert_to_snapshot(machine, taken.id))
    assert await remote_lab.power_state(machine) is PowerState.OFF


async def test_a_copy_that_runs_out_of_time_is_one_machine(
    remote_lab: Lab, wire: FaultyWire, deadline: timedelta
) -> None:
    clones, source, order = remote_lab.clones(), await remote_lab.create(), remote_lab.specimens.clone_order()
    await hurried(wire, deadline, lambda: clones.clone(source, order))
    answer = await remote_lab.insist(lambda: clones.clone(source, order))
    copy = remote_lab.remember(await remote_lab.settled(answer))
    assert await remote_lab.machines_of(order.owner) == [copy]
    assert len((await remote_lab.state(copy)).disks) == len((await remote_lab.state(source)).disks)
