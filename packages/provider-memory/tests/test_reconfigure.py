from collections.abc import Callable
from dataclasses import replace

import pytest
from memory_specs import NO_GRACE, made, running, spec_of
from virtrigaud_api.contract import DataDisk, Firmware, GiB, InvalidSpec, MachineState, MiB, PowerVerb, RootDisk
from virtrigaud_provider_memory import MemoryProvider

Hypervisor = Callable[..., MemoryProvider]


async def seen(provider: MemoryProvider) -> MachineState:
    (state,) = await provider.machines()
    return state


async def test_a_running_machine_grows_at_once_and_shrinks_with_the_next_start(hypervisor: Hypervisor) -> None:
    provider = hypervisor()
    machine = await running(provider, spec_of(cpus=2, memory=1024))
    await provider.reconfigure(machine, spec_of(cpus=4, memory=512))
    state = await seen(provider)
    assert (state.cpus, state.memory, state.pending_restart) == (4, 1024, True)
    await provider.power(machine, PowerVerb.REBOOT, NO_GRACE)
    state = await seen(provider)
    assert (state.cpus, state.memory, state.pending_restart) == (4, 512, False)


async def test_l16_without_online_changes_everything_waits_for_the_next_start(hypervisor: Hypervisor) -> None:
    provider = hypervisor(reconfigure_online=False)
    assert not (await provider.capabilities()).reconfigure_online
    machine = await running(provider, spec_of(cpus=1))
    await provider.reconfigure(machine, spec_of(cpus=2))
    state = await seen(provider)
    assert (state.cpus, state.pending_restart) == (1, True)
    await provider.power(machine, PowerVerb.OFF, NO_GRACE)
    state = await seen(provider)
    assert (state.cpus, state.pending_restart) == (2, False)


async def test_a_change_that_is_taken_back_is_not_pending_any_more(hypervisor: Hypervisor) -> None:
    provider = hypervisor()
    spec = spec_of()
    machine = await running(provider, spec)
    await provider.reconfigure(machine, replace(spec, hardware=replace(spec.hardware, firmware=Firmware.UEFI)))
    assert (await seen(provider)).pending_restart
    await provider.reconfigure(machine, spec)
    assert not (await seen(provider)).pending_restart


async def test_a_data_disk_grows_online_only_where_it_may(hypervisor: Hypervisor) -> None:
    provider = hypervisor()
    disks = (DataDisk(name="quick", size=GiB(1), grows_online=True), DataDisk(name="slow", size=GiB(1)))
    spec = replace(spec_of(), disks=disks)
    machine = await running(provider, spec)
    await provider.reconfigure(machine, replace(spec, disks=tuple(replace(disk, size=GiB(3)) for disk in disks)))
    state = await seen(provider)
    assert {disk.id: disk.size_bytes // 2**30 for disk in state.disks} == {"root": 1, "quick": 3, "slow": 1}
    assert state.pending_restart
    await provider.power(machine, PowerVerb.REBOOT, NO_GRACE)
    state = await seen(provider)
    assert {disk.id: disk.size_bytes // 2**30 for disk in state.disks} == {"root": 1, "quick": 3, "slow": 3}
    assert not state.pending_restart


async def test_a_disk_that_is_not_wanted_any_more_goes(hypervisor: Hypervisor) -> None:
    provider = hypervisor()
    spec = replace(spec_of(), disks=(DataDisk(name="data", size=GiB(1)),))
    machine = await made(provider, spec)
    await provider.reconfigure(machine, spec_of())
    assert [disk.id for disk in (await seen(provider)).disks] == ["root"]


async def test_a_root_disk_smaller_than_its_image_is_refused(hypervisor: Hypervisor) -> None:
    provider = hypervisor(image_size=10)
    spec = spec_of()
    small = replace(spec, hardware=replace(spec.hardware, root_disk=RootDisk(size=GiB(5)), memory=MiB(256)))
    with pytest.raises(InvalidSpec, match="disk root has 10 GiB and can't shrink to 5 GiB"):
        await provider.create(small)


async def test_a_machine_keeps_its_owner_its_name_and_what_its_guest_has_read(hypervisor: Hypervisor) -> None:
    provider = hypervisor()
    machine = await made(provider, spec_of("web"))
    await provider.reconfigure(machine, spec_of("another", cpus=2))
    state = await seen(provider)
    assert (state.name, state.owner, state.cpus) == ("web", spec_of("web").owner, 2)
