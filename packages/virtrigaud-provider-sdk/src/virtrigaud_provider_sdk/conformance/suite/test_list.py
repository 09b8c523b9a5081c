"""The list shows every machine, as describe does."""

from dataclasses import replace

import pytest
from virtrigaud_api.contract import MachineState

from virtrigaud_provider_sdk.conformance.lab import Lab

pytestmark = pytest.mark.asyncio


def as_listed(state: MachineState) -> MachineState:
    """Leave out what needs a call for each machine: facts for people and the console."""
    return replace(state, raw={}, console_url=None, hostname=None)


async def test_the_list_shows_what_describe_shows(lab: Lab) -> None:
    machines = [await lab.create() for _ in range(3)]
    listed = {state.id: as_listed(state) for state in await lab.provider.machines()}
    for machine in machines:
        assert listed[machine] == as_listed(await lab.state(machine))


async def test_the_list_shows_each_machine_once(lab: Lab) -> None:
    await lab.create()
    listed = [state.id for state in await lab.provider.machines()]
    assert len(listed) == len(set(listed))


async def test_the_list_shows_running_machines_and_others(lab: Lab) -> None:
    running, stopped = await lab.running(), await lab.create()
    powers = {state.id: state.power for state in await lab.provider.machines()}
    assert (powers[running].value, powers[stopped].value) == ("On", "Off")
