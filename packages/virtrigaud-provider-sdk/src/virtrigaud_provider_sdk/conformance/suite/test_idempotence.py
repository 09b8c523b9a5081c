"""Each call may be repeated: after it, while it runs, and when its reply was lost."""

import asyncio
from dataclasses import replace

import pytest
from virtrigaud_api.contract import PowerState, PowerVerb

from virtrigaud_provider_sdk.conformance.lab import Lab
from virtrigaud_provider_sdk.conformance.specimens import larger

pytestmark = pytest.mark.asyncio


async def machines_of(lab: Lab, name: str) -> list[str]:
    return [state.id for state in await lab.provider.machines() if state.owner is not None and state.owner.name == name]


async def test_creating_twice_makes_one_machine(lab: Lab) -> None:
    spec = lab.specimens.spec()
    first = await lab.create(spec)
    second = await lab.create(spec)
    assert second == first
    assert await machines_of(lab, spec.name) == [first]


async def test_creating_at_the_same_time_makes_one_machine(lab: Lab) -> None:
    spec = lab.specimens.spec()
    machines = await asyncio.gather(*(lab.create(spec) for _ in range(5)))
    assert len(set(machines)) == 1
    assert await machines_of(lab, spec.name) == [machines[0]]


async def test_creating_again_does_not_touch_a_machine_that_runs(lab: Lab) -> None:
    spec = lab.specimens.spec()
    machine = await lab.running(spec)
    assert await lab.create(spec) == machine
    assert await lab.power_state(machine) is PowerState.ON


async def test_creating_again_with_other_hardware_returns_the_machine_as_it_is(lab: Lab) -> None:
    spec = lab.specimens.spec()
    machine = await lab.create(spec)
    assert await lab.create(replace(spec, hardware=larger(spec.hardware, memory=64))) == machine
    assert (await lab.state(machine)).memory == spec.hardware.memory


@pytest.mark.parametrize("verb", [PowerVerb.ON, PowerVerb.OFF, PowerVerb.SHUTDOWN])
async def test_a_power_verb_can_be_repeated(lab: Lab, verb: PowerVerb) -> None:
    machine = await (lab.create() if verb is PowerVerb.ON else lab.running())
    await lab.power(machine, verb)
    seen = await lab.power_state(machine)
    await lab.power(machine, verb)
    assert await lab.power_state(machine) is seen


async def test_the_same_power_verb_twice_at_once_is_done_once(lab: Lab) -> None:
    machine = await lab.create()
    await asyncio.gather(lab.power(machine, PowerVerb.ON), lab.power(machine, PowerVerb.ON))
    assert await lab.power_state(machine) is PowerState.ON


async def test_reconfiguring_to_what_is_there_changes_nothing(lab: Lab) -> None:
    spec = lab.specimens.spec()
    machine = await lab.create(spec)
    before = await lab.state(machine)
    await lab.reconfigure(machine, spec)
    assert await lab.state(machine) == before


async def test_reconfiguring_twice_is_reconfiguring_once(lab: Lab) -> None:
    spec = lab.specimens.spec()
    machine = await lab.create(spec)
    changed = replace(spec, hardware=larger(spec.hardware, cpus=1, memory=64))
    await lab.reconfigure(machine, changed)
    once = await lab.state(machine)
    await lab.reconfigure(machine, changed)
    assert await lab.state(machine) == once


async def test_deleting_twice_is_deleting_once(lab: Lab) -> None:
    machine = await lab.create()
    await lab.delete(machine)
    await lab.delete(machine)
    assert await lab.provider.describe(machine) is None


async def test_deleting_twice_at_once_is_deleting_once(lab: Lab) -> None:
    machine = await lab.create()
    await asyncio.gather(lab.delete(machine), lab.delete(machine))
    assert await lab.provider.describe(machine) is None


async def test_looking_changes_nothing(lab: Lab) -> None:
    machine = await lab.create()
    assert await lab.state(machine) == await lab.state(machine)
