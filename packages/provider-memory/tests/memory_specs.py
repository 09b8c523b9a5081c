"""Specs for the tests of the memory provider."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from virtrigaud_api.contract import (
    BootImage,
    Firmware,
    Hardware,
    MachineId,
    MachineSpec,
    MiB,
    Nic,
    Owner,
    PowerVerb,
    Submitted,
    TaskState,
)
from virtrigaud_provider_memory import MemoryProvider

NO_GRACE = timedelta(0)


def spec_of(name: str = "web", *, cpus: int = 1, memory: int = 512) -> MachineSpec:
    return MachineSpec(
        owner=Owner("team-a", name, f"uid-of-{name}"),
        name=name,
        hardware=Hardware(cpus=cpus, memory=MiB(memory)),
        boot=BootImage(template="debian-12"),
        nics=(Nic(name="eth0", network="lan"),),
    )


async def made(provider: MemoryProvider, spec: MachineSpec) -> MachineId:
    submitted = await provider.create(spec)
    assert submitted.machine is not None
    return submitted.machine


async def running(provider: MemoryProvider, spec: MachineSpec) -> MachineId:
    machine = await made(provider, spec)
    await provider.power(machine, PowerVerb.ON, NO_GRACE)
    return machine


async def ended(provider: MemoryProvider, submitted: Submitted) -> TaskState:
    assert submitted.task is not None
    async with asyncio.timeout(10):
        while not (state := await provider.task(submitted.task)).done:  # noqa: ASYNC110 - the port is asked, as its users do
            await asyncio.sleep(0.002)
    return state


def with_what_it_needs(spec: MachineSpec, path: str) -> MachineSpec:
    """Return the spec with what a field stands on."""
    if path == "hardware.security.secure_boot":
        return replace(spec, hardware=replace(spec.hardware, firmware=Firmware.UEFI))
    if path == "nics.bridge":
        return replace(spec, nics=(replace(spec.nics[0], network=None),))
    return spec
