"""Every power verb from every state that a verb can lead to."""

import asyncio
import time
from datetime import timedelta

import pytest
from virtrigaud_api.contract import PowerState, PowerVerb, Unsupported, WrongState

from virtrigaud_provider_sdk.conformance.lab import Lab, require

pytestmark = pytest.mark.asyncio

OFF, ON, SUSPENDED = PowerState.OFF, PowerState.ON, PowerState.SUSPENDED


@pytest.mark.parametrize(
    ("before", "verb", "after"),
    [
        (OFF, PowerVerb.ON, ON),
        (OFF, PowerVerb.OFF, OFF),
        (OFF, PowerVerb.SHUTDOWN, OFF),
        (ON, PowerVerb.ON, ON),
        (ON, PowerVerb.OFF, OFF),
        (ON, PowerVerb.SHUTDOWN, OFF),
        (ON, PowerVerb.REBOOT, ON),
    ],
    ids=lambda value: str(value).replace(" ", "-").lower(),
)
async def test_a_verb_leads_from_one_state_to_another(
    lab: Lab, before: PowerState, verb: PowerVerb, after: PowerState
) -> None:
    machine = await (lab.running() if before is ON else lab.create())
    await lab.power(machine, verb)
    assert await lab.power_state(machine) is after


async def test_a_machine_that_is_off_cannot_be_rebooted(lab: Lab) -> None:
    machine = await lab.create()
    with pytest.raises(WrongState):
        await lab.power(machine, PowerVerb.REBOOT)
    assert await lab.power_state(machine) is OFF


async def test_a_guest_that_does_not_react_is_stopped_hard_after_the_grace_period(lab: Lab) -> None:
    # Right after power on no operating system listens yet, so no guest reacts.
    machine = await lab.running()
    grace = timedelta(seconds=1)
    began = time.monotonic()
    await lab.settled(await lab.provider.power(machine, PowerVerb.SHUTDOWN, grace))
    assert await lab.power_state(machine) is OFF
    assert time.monotonic() - began < (grace + lab.patience.task).total_seconds()


async def test_a_guest_that_shuts_down_can_be_powered_off_meanwhile(lab: Lab) -> None:
    machine = await lab.running()
    shutting_down = await lab.provider.power(machine, PowerVerb.SHUTDOWN, timedelta(seconds=60))
    await lab.power(machine, PowerVerb.OFF)
    assert await lab.power_state(machine) is OFF
    await lab.settled(shutting_down)


async def test_a_guest_that_shuts_down_does_not_hold_up_the_caller(lab: Lab) -> None:
    machine = await lab.running()
    async with asyncio.timeout(30):
        await lab.provider.power(machine, PowerVerb.SHUTDOWN, timedelta(seconds=600))
        await lab.state(machine)
    await lab.power(machine, PowerVerb.OFF)


async def test_a_machine_can_be_powered_on_again(lab: Lab) -> None:
    machine = await lab.running()
    await lab.power(machine, PowerVerb.OFF)
    await lab.power(machine, PowerVerb.ON)
    assert await lab.power_state(machine) is ON


async def test_a_suspended_machine_stops_and_goes_on_where_it_was(lab: Lab) -> None:
    require(lab.capabilities.suspend, "suspend")
    machine = await lab.running()
    for _ in range(2):
        await lab.power(machine, PowerVerb.SUSPEND)
        assert await lab.power_state(machine) is SUSPENDED
    listed = {state.id: state.power for state in await lab.provider.machines()}
    assert listed[machine] is SUSPENDED
    await lab.power(machine, PowerVerb.ON)
    assert await lab.power_state(machine) is ON


@pytest.mark.parametrize("verb", [PowerVerb.OFF, PowerVerb.SHUTDOWN], ids=str)
async def test_a_suspended_machine_that_is_stopped_is_off(lab: Lab, verb: PowerVerb) -> None:
    require(lab.capabilities.suspend, "suspend")
    machine = await lab.running()
    await lab.power(machine, PowerVerb.SUSPEND)
    await lab.power(machine, verb)
    assert await lab.power_state(machine) is OFF


async def test_a_suspended_machine_can_be_deleted(lab: Lab) -> None:
    require(lab.capabilities.suspend, "suspend")
    machine = await lab.running()
    await lab.power(machine, PowerVerb.SUSPEND)
    await lab.delete(machine)
    assert await lab.provider.describe(machine) is None


async def test_a_machine_that_is_off_cannot_be_suspended(lab: Lab) -> None:
    require(lab.capabilities.suspend, "suspend")
    machine = await lab.create()
    with pytest.raises(WrongState):
        await lab.power(machine, PowerVerb.SUSPEND)
    assert await lab.power_state(machine) is OFF


async def test_l18_a_machine_is_not_suspended_where_that_is_not_advertised(lab: Lab) -> None:
    if lab.capabilities.suspend:
        pytest.skip("capability advertised: suspend")
    machine = await lab.running()
    with pytest.raises(Unsupported):
        await lab.power(machine, PowerVerb.SUSPEND)
    assert await lab.power_state(machine) is ON
