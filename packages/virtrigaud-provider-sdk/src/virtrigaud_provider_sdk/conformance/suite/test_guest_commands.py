"""Programs that run inside guests, through their agents."""

from dataclasses import replace
from datetime import timedelta

import pytest
from virtrigaud_api.contract import (
    GuestCommand,
    GuestTools,
    MachineId,
    NotFound,
    ProviderError,
    Unavailable,
    WrongState,
)

from virtrigaud_provider_sdk.conformance.lab import Lab

pytestmark = pytest.mark.asyncio

SHORT = timedelta(seconds=2)


async def test_a_program_that_ends_well_is_a_task_that_ends_well(lab: Lab) -> None:
    machine = await with_agent(lab)
    await run(lab, machine, "/bin/true")


async def test_a_program_that_ends_badly_is_a_task_that_fails(lab: Lab) -> None:
    machine = await with_agent(lab)
    with pytest.raises(WrongState, match="1"):
        await run(lab, machine, "/bin/false")


async def test_arguments_reach_the_program_as_they_are(lab: Lab) -> None:
    machine = await with_agent(lab)
    # A shell would end with 0 after the semicolon; no program is called like that.
    with pytest.raises(ProviderError):
        await run(lab, machine, "/bin/false; /bin/true")


async def test_a_program_that_takes_too_long_is_given_up(lab: Lab) -> None:
    machine = await with_agent(lab)
    with pytest.raises(Unavailable):
        await run(lab, machine, "/bin/sleep", "30", within=SHORT)


async def test_a_machine_that_does_not_run_runs_no_program(lab: Lab) -> None:
    commands, machine = lab.guest_commands(), await lab.create()
    with pytest.raises(WrongState):
        await lab.settled(await commands.run_in_guest(machine, command(lab, "/bin/true")))


async def test_a_machine_that_is_absent_runs_no_program(lab: Lab) -> None:
    commands, machine = lab.guest_commands(), await lab.absent()
    with pytest.raises(NotFound):
        await commands.run_in_guest(machine, command(lab, "/bin/true"))


async def with_agent(lab: Lab) -> MachineId:
    """Return a running machine whose guest has an agent, or skip the test."""
    lab.guest_commands()
    if lab.patience.boot is None:
        pytest.skip("the guests here do not boot")
    spec = lab.specimens.spec()
    return await lab.running(replace(spec, hardware=replace(spec.hardware, guest_tools=GuestTools.INSTALL)))


async def run(lab: Lab, machine: MachineId, *arguments: str, within: timedelta | None = None) -> None:
    order = command(lab, *arguments, within=within)
    await lab.settled(await lab.guest_commands().run_in_guest(machine, order))


def command(lab: Lab, *arguments: str, within: timedelta | None = None) -> GuestCommand:
    patience = lab.patience.boot or lab.patience.task
    return GuestCommand(key=lab.specimens.name(), arguments=arguments, timeout=within or patience)
