"""A machine that shall run may be started by `create` itself; where it is not, `power` starts it as always."""

from dataclasses import replace

import pytest
from virtrigaud_api.contract import MachineId, MachineSpec, PowerState, PowerVerb

from virtrigaud_provider_sdk.conformance.lab import Lab
from virtrigaud_provider_sdk.conformance.report import Note

pytestmark = pytest.mark.asyncio


@pytest.fixture
def starting(lab: Lab) -> MachineSpec:
    return replace(lab.specimens.spec(), starts=True)


async def brought_up(lab: Lab, machine: MachineId) -> PowerState:
    """Power a machine on where its creation left it off; return how it was before."""
    made = await lab.power_state(machine)
    if made is not PowerState.ON:
        await lab.power(machine, PowerVerb.ON)
    return made


async def test_a_machine_that_shall_run_runs_after_its_creation_or_after_power_on(
    lab: Lab, starting: MachineSpec, note: Note
) -> None:
    machine = await lab.create(starting)
    made = await brought_up(lab, machine)
    assert made in {PowerState.ON, PowerState.OFF}
    assert await lab.power_state(machine) is PowerState.ON
    state = await lab.state(machine)
    assert (state.owner, state.cpus, state.pending_restart) == (starting.owner, starting.hardware.cpus, False)
    note("starts", "started by create" if made is PowerState.ON else "left to power")


async def test_an_answer_to_create_that_tells_the_machine_tells_whether_it_runs(
    lab: Lab, starting: MachineSpec
) -> None:
    submitted = await lab.provider.create(starting)
    machine = lab.remember(await lab.settled(submitted))
    if submitted.state is not None:
        assert submitted.state.power is await lab.power_state(machine)


async def test_creating_again_does_not_start_a_machine_that_was_stopped(lab: Lab, starting: MachineSpec) -> None:
    machine = await lab.create(starting)
    await brought_up(lab, machine)
    await lab.power(machine, PowerVerb.OFF)
    assert await lab.create(starting) == machine
    assert await lab.power_state(machine) is PowerState.OFF


async def test_creating_again_leaves_a_machine_that_was_started_running(lab: Lab, starting: MachineSpec) -> None:
    machine = await lab.create(starting)
    await brought_up(lab, machine)
    assert await lab.create(starting) == machine
    assert await lab.power_state(machine) is PowerState.ON


async def test_a_machine_that_was_started_by_its_creation_can_be_deleted(lab: Lab, starting: MachineSpec) -> None:
    machine = await lab.create(starting)
    await lab.delete(machine)
    assert await lab.provider.describe(machine) is None
