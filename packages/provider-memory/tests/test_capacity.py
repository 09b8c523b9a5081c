from collections.abc import Callable
from dataclasses import replace

import pytest
from memory_specs import NO_GRACE, made, running, spec_of
from virtrigaud_api.contract import DataDisk, GiB, NoCapacity, PowerVerb
from virtrigaud_provider_memory import MemoryProvider

Hypervisor = Callable[..., MemoryProvider]


async def test_machines_run_while_there_is_room(hypervisor: Hypervisor) -> None:
    provider = hypervisor(capacity_cpus=3)
    first = await running(provider, spec_of("first", cpus=2))
    second = await made(provider, spec_of("second", cpus=2))
    with pytest.raises(NoCapacity, match="no room to run machine second: 2 of 3 CPUs are used, 2 needed"):
        await provider.power(second, PowerVerb.ON, NO_GRACE)
    await provider.power(first, PowerVerb.OFF, NO_GRACE)
    await provider.power(second, PowerVerb.ON, NO_GRACE)


async def test_a_running_machine_grows_while_there_is_room(hypervisor: Hypervisor) -> None:
    provider = hypervisor(capacity_memory=1024)
    machine = await running(provider, spec_of(memory=512))
    await provider.reconfigure(machine, spec_of(memory=1024))
    with pytest.raises(NoCapacity, match="1025 needed"):
        await provider.reconfigure(machine, spec_of(memory=1025))
    state = await provider.describe(machine)
    assert state is not None
    assert state.memory == 1024


async def test_disks_are_made_while_there_is_room(hypervisor: Hypervisor) -> None:
    provider = hypervisor(capacity_disk=5, image_size=2)
    spec = spec_of("first")
    machine = await made(provider, spec)
    with pytest.raises(NoCapacity, match=r"2\.0 of 5 GiB are used, 4\.0 GiB more needed"):
        await provider.create(replace(spec_of("second"), disks=(DataDisk(name="data", size=GiB(2)),)))
    assert len(await provider.machines()) == 1
    with pytest.raises(NoCapacity):
        await provider.reconfigure(machine, replace(spec, disks=(DataDisk(name="data", size=GiB(4)),)))
    await provider.delete(machine)
    assert await made(provider, replace(spec_of("second"), disks=(DataDisk(name="data", size=GiB(2)),)))
