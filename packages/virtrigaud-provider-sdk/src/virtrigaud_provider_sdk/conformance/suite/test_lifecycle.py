"""A machine is made, seen, run and removed."""

import ipaddress

import pytest
from virtrigaud_api.contract import MachineState, PowerState, PowerVerb

from virtrigaud_provider_sdk.conformance.lab import Lab

pytestmark = pytest.mark.asyncio


async def test_the_hypervisor_is_well(lab: Lab) -> None:
    await lab.provider.validate()


async def test_a_created_machine_is_powered_off_and_is_what_was_asked_for(lab: Lab) -> None:
    spec = lab.specimens.spec()
    machine = await lab.create(spec)
    state = await lab.state(machine)
    assert (state.id, state.owner, state.power) == (machine, spec.owner, PowerState.OFF)
    assert (state.cpus, state.memory) == (spec.hardware.cpus, spec.hardware.memory)
    assert len(state.nics) == len(spec.nics)
    assert state.disks, "the root disk is not shown"
    assert not state.pending_restart
    assert not state.addresses


async def test_every_disk_and_nic_has_an_identity_of_its_own(lab: Lab) -> None:
    spec = lab.specimens.spec()
    state = await lab.state(await lab.create(spec))
    assert len({disk.id for disk in state.disks}) == len(state.disks)
    assert len({disk.path for disk in state.disks}) == len(state.disks)
    assert len({nic.mac.lower() for nic in state.nics}) == len(state.nics)
    assert all(disk.size_bytes > 0 for disk in state.disks)


async def test_a_machine_runs_and_stops(lab: Lab) -> None:
    machine = await lab.running()
    assert await lab.power_state(machine) is PowerState.ON
    await lab.power(machine, PowerVerb.OFF)
    assert await lab.power_state(machine) is PowerState.OFF


async def test_a_running_guest_gets_addresses_that_others_can_use(lab: Lab) -> None:
    boot = lab.patience.boot
    if boot is None:
        pytest.skip("capability not advertised: guests of the image take addresses (--provider-boot-seconds 0)")
    machine = await lab.running()

    async def addressed() -> MachineState | None:
        state = await lab.state(machine)
        return state if state.addresses else None

    state = await lab.eventually("the guest has an address", boot, addressed)
    for address in map(ipaddress.ip_address, state.addresses):
        assert not address.is_loopback
        assert not address.is_link_local
    assert (await lab.state(machine)).addresses == state.addresses, "the order of the addresses is not stable"


async def test_a_deleted_machine_is_gone(lab: Lab) -> None:
    machine = await lab.create()
    await lab.delete(machine)
    assert await lab.provider.describe(machine) is None
    assert machine not in {state.id for state in await lab.provider.machines()}


async def test_a_running_machine_can_be_deleted(lab: Lab) -> None:
    machine = await lab.running()
    await lab.delete(machine)
    assert await lab.provider.describe(machine) is None


async def test_deleting_a_machine_leaves_the_image_for_the_next(lab: Lab) -> None:
    await lab.delete(await lab.create())
    machine = await lab.create()
    assert await lab.power_state(machine) is PowerState.OFF


async def test_a_name_is_free_again_after_its_machine_is_deleted(lab: Lab) -> None:
    spec = lab.specimens.spec()
    first = await lab.create(spec)
    await lab.delete(first)
    second = await lab.create(spec)
    assert (await lab.state(second)).owner == spec.owner
