"""Many calls at once do not mix."""

import asyncio
from dataclasses import replace

import pytest
from virtrigaud_api.contract import Busy, Conflict, PowerState, PowerVerb

from virtrigaud_provider_sdk.conformance.lab import Lab

pytestmark = pytest.mark.asyncio

MANY = 8


async def test_many_machines_are_made_at_once(lab: Lab) -> None:
    specs = [lab.specimens.spec() for _ in range(MANY)]
    machines = await asyncio.gather(*map(lab.create, specs))
    assert len(set(machines)) == MANY
    states = await asyncio.gather(*map(lab.state, machines))
    assert [state.owner for state in states] == [spec.owner for spec in specs]


async def test_many_machines_run_and_go_at_once(lab: Lab) -> None:
    machines = [await lab.create() for _ in range(MANY)]
    await asyncio.gather(*(lab.power(machine, PowerVerb.ON) for machine in machines))
    assert {await lab.power_state(machine) for machine in machines} == {PowerState.ON}
    await asyncio.gather(*map(lab.delete, machines))
    assert not set(machines) & {state.id for state in await lab.provider.machines()}


async def test_owners_that_race_for_one_name_get_one_machine(lab: Lab) -> None:
    name = lab.specimens.name()
    outcomes = await asyncio.gather(*(attempt(lab, name) for _ in range(4)))
    named = [state for state in await lab.provider.machines() if state.owner is not None and state.owner.name == name]
    assert sorted(outcomes) == ["made", "refused", "refused", "refused"]
    assert len(named) == 1


async def attempt(lab: Lab, name: str) -> str:
    spec = replace(lab.specimens.spec(), name=name, owner=lab.specimens.owner(name))
    try:
        await lab.create(spec)
    except (Busy, Conflict):
        return "refused"
    return "made"
