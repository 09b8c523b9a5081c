from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from memory_specs import NO_GRACE, ended, made, running, spec_of
from virtrigaud_api.contract import (
    Busy,
    MachineEvent,
    MachineEventKind,
    MachineId,
    NotFound,
    Owner,
    PowerState,
    PowerVerb,
    SnapshotOrder,
    Submitted,
    TaskRef,
    TaskState,
)
from virtrigaud_provider_memory import MemoryProvider

Hypervisor = Callable[..., MemoryProvider]

SOON = timedelta(milliseconds=20)
NEVER = timedelta(hours=1)


async def test_without_a_duration_everything_is_done_at_once(hypervisor: Hypervisor) -> None:
    assert await hypervisor().create(spec_of()) == Submitted(machine=MachineId("vm-1"))


async def test_a_machine_exists_when_its_task_has_ended_and_not_before(hypervisor: Hypervisor) -> None:
    provider = hypervisor(task_duration=SOON)
    submitted = await provider.create(spec_of())
    assert submitted.machine is None
    assert await provider.machines() == []
    assert await ended(provider, submitted) == TaskState(done=True, percent=100, machine=MachineId("vm-1"))
    assert [state.id for state in await provider.machines()] == ["vm-1"]


async def test_a_verb_can_have_a_duration_of_its_own(hypervisor: Hypervisor) -> None:
    provider = hypervisor(task_duration=NEVER, durations={"create": timedelta(0)})
    machine = await made(provider, spec_of())
    assert (await provider.power(machine, PowerVerb.ON, NO_GRACE)).task


async def test_the_same_call_again_is_the_same_task(hypervisor: Hypervisor) -> None:
    provider = hypervisor(task_duration=NEVER)
    assert await provider.create(spec_of()) == await provider.create(spec_of())


async def test_another_owner_of_the_name_waits_while_the_machine_is_made(hypervisor: Hypervisor) -> None:
    provider = hypervisor(task_duration=NEVER)
    await provider.create(spec_of())
    with pytest.raises(Busy, match="name web"):
        await provider.create(replace(spec_of(), owner=Owner("team-b", "web", "other")))


async def test_a_machine_does_one_thing_at_a_time(hypervisor: Hypervisor) -> None:
    provider = hypervisor(durations={"power": SOON})
    machine = await made(provider, spec_of())
    powering = await provider.power(machine, PowerVerb.ON, NO_GRACE)
    for call in (provider.delete(machine), provider.snapshot(machine, SnapshotOrder(name="one"))):
        with pytest.raises(Busy, match="another task is at work on it"):
            await call
    await ended(provider, powering)
    assert await provider.delete(machine) == Submitted(machine=machine)


async def test_a_guest_that_shuts_down_holds_nobody_up(hypervisor: Hypervisor) -> None:
    provider = hypervisor(shutdown_duration=timedelta(milliseconds=80))
    machine = await running(provider, spec_of())
    stopping = await provider.power(machine, PowerVerb.SHUTDOWN, NEVER)
    await provider.delete(machine)
    assert (await ended(provider, stopping)).error is None
    assert await provider.describe(machine) is None


async def test_l11_a_guest_that_ignores_the_shutdown_is_stopped_when_the_grace_period_ends(
    hypervisor: Hypervisor,
) -> None:
    provider = hypervisor(guest_ignores_shutdown=True)
    machine = await running(provider, spec_of())
    stopping = await provider.power(machine, PowerVerb.SHUTDOWN, SOON)
    seen = await provider.describe(machine)
    assert seen is not None
    assert seen.power is PowerState.ON
    await ended(provider, stopping)
    seen = await provider.describe(machine)
    assert seen is not None
    assert seen.power is PowerState.OFF


async def test_a_shutdown_ends_the_run_that_it_was_asked_for_and_no_later_one(hypervisor: Hypervisor) -> None:
    provider = hypervisor(guest_ignores_shutdown=True)
    machine = await running(provider, spec_of())
    first = await provider.power(machine, PowerVerb.SHUTDOWN, SOON)
    await provider.power(machine, PowerVerb.OFF, NO_GRACE)
    await provider.power(machine, PowerVerb.ON, NO_GRACE)
    second = await provider.power(machine, PowerVerb.SHUTDOWN, NEVER)
    assert (await ended(provider, first)).error is None
    seen = await provider.describe(machine)
    assert seen is not None
    assert seen.power is PowerState.ON
    assert second.task != first.task


async def test_a_guest_that_is_quicker_than_the_grace_period_ends_it(hypervisor: Hypervisor) -> None:
    provider = hypervisor(shutdown_duration=SOON)
    machine = await running(provider, spec_of())
    assert (await ended(provider, await provider.power(machine, PowerVerb.SHUTDOWN, NEVER))).error is None


async def test_tasks_of_another_process_are_not_known(hypervisor: Hypervisor) -> None:
    task = (await hypervisor(task_duration=NEVER).create(spec_of())).task
    with pytest.raises(NotFound, match="look at the machine"):
        await hypervisor().task(task or TaskRef(""))


async def test_the_end_of_a_task_is_told_to_watchers(hypervisor: Hypervisor) -> None:
    provider = hypervisor(durations={"power": SOON})
    machine = await made(provider, spec_of())
    events = provider.events()
    assert await anext(events) == MachineEvent(kind=MachineEventKind.RESYNC)
    task = (await provider.power(machine, PowerVerb.ON, NO_GRACE)).task
    changed, told = await anext(events), await anext(events)
    assert (changed.kind, changed.machine) == (MachineEventKind.CHANGED, machine)
    assert told == MachineEvent(kind=MachineEventKind.TASK_ENDED, machine=machine, task=task)
