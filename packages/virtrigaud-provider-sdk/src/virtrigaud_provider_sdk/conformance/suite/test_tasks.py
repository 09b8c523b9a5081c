"""Long work is a task: it can be asked about, and it says how it ended."""

import pytest
from virtrigaud_api.contract import NotFound, PowerVerb, Submitted, TaskRef

from virtrigaud_provider_sdk.conformance.lab import Lab

pytestmark = pytest.mark.asyncio


async def test_a_task_that_nobody_knows_is_not_found(lab: Lab) -> None:
    with pytest.raises(NotFound):
        await lab.provider.task(TaskRef("conformance-no-such-task"))


async def test_a_call_answers_with_a_machine_or_a_task(lab: Lab) -> None:
    submitted = await lab.provider.create(lab.specimens.spec())
    assert submitted != Submitted()
    lab.remember(await lab.settled(submitted))


async def test_the_end_of_a_task_can_be_read_more_than_once(lab: Lab) -> None:
    machine = await lab.create()
    submitted = await lab.provider.power(machine, PowerVerb.ON, lab.patience.grace)
    if submitted.task is not None:
        ended = await lab.ended(submitted.task)
        assert ended.done
        assert await lab.provider.task(submitted.task) == ended
    await lab.power(machine, PowerVerb.OFF)


async def test_a_task_of_creation_names_the_machine(lab: Lab) -> None:
    submitted = await lab.provider.create(lab.specimens.spec())
    made = await lab.settled(submitted)
    machine = lab.remember(made)
    assert (await lab.state(machine)).id == machine
