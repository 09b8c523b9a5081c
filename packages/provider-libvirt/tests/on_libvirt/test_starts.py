"""Machines that are made and started with one call, on a real libvirt with QEMU."""

from dataclasses import replace
from datetime import timedelta

import pytest
from real_machines import IMAGE, Lab, booted, ended, made, seen, spec_of, watched
from virtrigaud_api.contract import BootImage, Checksum, ChecksumType, MachineSpec, Nic, NotFound, PowerState, PowerVerb
from virtrigaud_provider_libvirt.provider import LibvirtProvider

NO_GRACE = timedelta()


def starting(name: str) -> MachineSpec:
    return replace(spec_of(name), starts=True)


async def test_a_machine_that_shall_run_boots_without_a_further_call(provider: LibvirtProvider) -> None:
    async with watched(provider) as log:
        machine = await made(provider, starting("at-once"))
        assert (await seen(provider, machine)).power is PowerState.ON
        running = await booted(provider, machine)
        assert (running.hostname, running.pending_restart) == ("at-once", False)
        told = await log.first(lambda event: event.state is not None and bool(event.state.addresses))
        assert told.machine == machine


async def test_a_machine_whose_image_is_checked_runs_when_its_task_ends(provider: LibvirtProvider, lab: Lab) -> None:
    image = BootImage(path=IMAGE, checksum=Checksum(type=ChecksumType.SHA256, hex=lab.image_digest()))
    task = await ended(provider, await provider.create(replace(starting("checked"), boot=image)))
    assert task.error is None
    assert task.machine is not None
    assert (await seen(provider, task.machine)).power is PowerState.ON


async def test_a_start_that_fails_leaves_a_machine_that_is_off_and_power_tells_why(provider: LibvirtProvider) -> None:
    nowhere = replace(starting("nowhere"), nics=(Nic(name="lan", bridge="no-such-bridge"),))
    machine = await made(provider, nowhere)
    assert (await seen(provider, machine)).power is PowerState.OFF
    with pytest.raises(NotFound, match="no-such-bridge"):
        await provider.power(machine, PowerVerb.ON, NO_GRACE)
    assert (await seen(provider, machine)).power is PowerState.OFF


async def test_l08_what_was_there_before_is_not_started(provider: LibvirtProvider, lab: Lab) -> None:
    machine = await made(provider, spec_of("before"))
    assert await made(provider, starting("before")) == machine
    async with LibvirtProvider(lab.settings()) as restarted:
        assert await made(restarted, starting("before")) == machine
    assert (await seen(provider, machine)).power is PowerState.OFF
