from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from memory_specs import NO_GRACE, ended, made, running, spec_of
from virtrigaud_api.contract import (
    MachineEvent,
    MachineEventKind,
    MachineId,
    MachineSpec,
    MachineState,
    NoCapacity,
    PowerState,
    PowerVerb,
    TaskState,
)
from virtrigaud_provider_memory import MemoryProvider

Hypervisor = Callable[..., MemoryProvider]


def starting(name: str = "web", *, cpus: int = 1) -> MachineSpec:
    return replace(spec_of(name, cpus=cpus), starts=True)


async def state_of(provider: MemoryProvider, machine: MachineId) -> MachineState:
    state = await provider.describe(machine)
    assert state is not None
    return state


async def test_a_machine_that_shall_run_is_started_by_its_creation(hypervisor: Hypervisor) -> None:
    provider = hypervisor()
    apart = await state_of(provider, await running(provider, spec_of("apart")))
    at_once = await state_of(provider, await made(provider, starting("apart-from-that")))
    assert at_once.power is PowerState.ON
    assert at_once.addresses
    assert at_once.raw == apart.raw


async def test_it_runs_when_the_task_that_makes_it_ends(hypervisor: Hypervisor) -> None:
    provider = hypervisor(durations={"create": timedelta(milliseconds=10), "power": timedelta(milliseconds=10)})
    submitted = await provider.create(starting())
    assert await provider.create(spec_of()) == submitted
    assert await ended(provider, submitted) == TaskState(done=True, percent=100, machine=MachineId("vm-1"))
    assert (await state_of(provider, MachineId("vm-1"))).power is PowerState.ON


async def test_without_room_to_run_it_is_made_and_off_and_power_says_why(hypervisor: Hypervisor) -> None:
    provider = hypervisor(capacity_cpus=3)
    first = await made(provider, starting("first", cpus=2))
    second = await made(provider, starting("second", cpus=2))
    assert (await state_of(provider, second)).power is PowerState.OFF
    with pytest.raises(NoCapacity, match="no room to run machine second: 2 of 3 CPUs are used, 2 needed"):
        await provider.power(second, PowerVerb.ON, NO_GRACE)
    await provider.power(first, PowerVerb.OFF, NO_GRACE)
    assert await made(provider, starting("second", cpus=2)) == second
    assert (await state_of(provider, second)).power is PowerState.OFF


async def test_one_event_tells_that_it_was_made_and_runs(hypervisor: Hypervisor) -> None:
    provider = hypervisor()
    events = provider.events()
    hello = await anext(events)
    machine = await made(provider, starting())
    told = await anext(events)
    assert hello.machine is None
    assert told == MachineEvent(kind=MachineEventKind.CHANGED, machine=machine, state=await state_of(provider, machine))


async def test_its_addresses_are_told_when_the_guest_has_booted(hypervisor: Hypervisor) -> None:
    provider = hypervisor(address_delay=timedelta(milliseconds=20))
    events = provider.events()
    await anext(events)
    await made(provider, starting())
    states = [(await anext(events)).state for _ in range(2)]
    assert [bool(state and state.addresses) for state in states] == [False, True]


async def test_it_runs_on_after_a_restart_of_the_provider(hypervisor: Hypervisor, tmp_path: Path) -> None:
    provider = hypervisor(state=tmp_path / "state")
    machine = await made(provider, starting())
    await provider.__aexit__(None, None, None)
    again = hypervisor(state=tmp_path / "state")
    assert await made(again, starting()) == machine
    assert (await state_of(again, machine)).power is PowerState.ON
