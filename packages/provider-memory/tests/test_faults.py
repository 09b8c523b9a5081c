import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from memory_specs import NO_GRACE, ended, made, spec_of
from virtrigaud_api.contract import (
    TAXONOMY,
    Busy,
    NoCapacity,
    PowerState,
    PowerVerb,
    ProviderError,
    Refused,
    Unavailable,
)
from virtrigaud_provider_memory import Fault, FaultKind, MemoryProvider, Verb

Hypervisor = Callable[..., MemoryProvider]


@pytest.mark.parametrize("error", TAXONOMY, ids=lambda error: error.__name__)
async def test_the_next_call_fails_without_an_effect(hypervisor: Hypervisor, error: type[ProviderError]) -> None:
    provider = hypervisor()
    provider.faults.fail_next(Verb.CREATE, error)
    with pytest.raises(error, match="cannot create: this failure was ordered"):
        await provider.create(spec_of())
    assert await provider.machines() == []
    assert await made(provider, spec_of())


async def test_a_fault_strikes_as_often_as_it_was_ordered_and_only_its_verb(hypervisor: Hypervisor) -> None:
    provider = hypervisor()
    provider.faults.fail_next(Verb.CREATE, Busy, times=2)
    provider.faults.fail_next(Verb.CREATE, NoCapacity)
    for expected in (Busy, Busy, NoCapacity):
        assert await provider.machines() == []
        with pytest.raises(expected):
            await provider.create(spec_of())
    assert await made(provider, spec_of())


async def test_a_lost_reply_hides_an_effect_that_happened(hypervisor: Hypervisor) -> None:
    provider = hypervisor()
    provider.faults.lose_next_reply(Verb.CREATE)
    with pytest.raises(Unavailable, match="the reply to create was lost"):
        await provider.create(spec_of())
    (there,) = await provider.machines()
    assert await made(provider, spec_of()) == there.id


async def test_a_task_fails_without_an_effect(hypervisor: Hypervisor) -> None:
    provider = hypervisor()
    provider.faults.fail_next_task(Verb.CREATE, NoCapacity)
    state = await ended(provider, await provider.create(spec_of()))
    assert isinstance(state.error, NoCapacity)
    assert await provider.machines() == []
    assert await made(provider, spec_of())


async def test_a_delayed_call_takes_longer(hypervisor: Hypervisor) -> None:
    provider = hypervisor()
    provider.faults.delay_next(Verb.DESCRIBE, timedelta(milliseconds=50))
    machine = await made(provider, spec_of())
    began = time.monotonic()
    assert await provider.describe(machine)
    assert time.monotonic() - began >= 0.05


async def test_an_unreachable_hypervisor_fails_every_call_but_capabilities(hypervisor: Hypervisor) -> None:
    provider = hypervisor()
    machine = await made(provider, spec_of())
    provider.faults.unreachable = True
    for call in (
        provider.validate(),
        provider.describe(machine),
        provider.machines(),
        provider.power(machine, PowerVerb.ON, NO_GRACE),
        provider.delete(machine),
        anext(provider.events()),
    ):
        with pytest.raises(Unavailable, match="the memory hypervisor is unreachable"):
            await call
    assert await provider.capabilities()
    provider.faults.unreachable = False
    state = await provider.describe(machine)
    assert state is not None
    assert state.power is PowerState.OFF


async def test_a_file_makes_the_hypervisor_unreachable_while_it_exists(hypervisor: Hypervisor, tmp_path: Path) -> None:
    switch = tmp_path / "unplugged"
    provider = hypervisor(unreachable_while=switch)
    await provider.validate()
    switch.touch()
    with pytest.raises(Unavailable):
        await provider.validate()
    switch.unlink()
    await provider.validate()


async def test_faults_can_be_ordered_by_settings(hypervisor: Hypervisor) -> None:
    provider = hypervisor(faults='[{"verb": "power", "kind": "fail", "error": "Refused", "times": 1}]')
    machine = await made(provider, spec_of())
    with pytest.raises(Refused):
        await provider.power(machine, PowerVerb.ON, NO_GRACE)
    await provider.power(machine, PowerVerb.ON, NO_GRACE)


def test_a_fault_that_strikes_nothing_is_no_fault() -> None:
    fault = Fault(verb=Verb.CREATE, kind=FaultKind.FAIL, error="Busy", times=0)
    provider = MemoryProvider()
    provider.faults.order(fault)
    assert provider.faults.take(Verb.CREATE, FaultKind.FAIL) is None
