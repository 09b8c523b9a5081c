"""Copies of machines: of their own from the first moment, whether full or linked."""

from dataclasses import replace

import pytest
from virtrigaud_api.contract import Conflict, Customization, PowerState, PowerVerb, Unsupported

from virtrigaud_provider_sdk.conformance.lab import Lab, require
from virtrigaud_provider_sdk.conformance.specimens import larger

pytestmark = pytest.mark.asyncio


async def test_a_copy_is_a_machine_of_its_own(lab: Lab) -> None:
    lab.clones()
    source = await lab.create()
    order = lab.specimens.clone_order()
    copy = await lab.clone(source, order)
    original, copied = await lab.state(source), await lab.state(copy)
    assert copy != source
    assert (copied.owner, copied.power) == (order.owner, PowerState.OFF)
    assert (copied.cpus, copied.memory) == (original.cpus, original.memory)
    assert len(copied.disks) == len(original.disks)
    assert not {disk.path for disk in copied.disks} & {disk.path for disk in original.disks}
    assert not {nic.mac for nic in copied.nics} & {nic.mac for nic in original.nics}


async def test_copying_twice_makes_one_copy(lab: Lab) -> None:
    lab.clones()
    source, order = await lab.create(), lab.specimens.clone_order()
    assert await lab.clone(source, order) == await lab.clone(source, order)


async def test_a_copy_takes_no_name_that_is_taken(lab: Lab) -> None:
    lab.clones()
    spec = lab.specimens.spec()
    source = await lab.create(spec)
    with pytest.raises(Conflict):
        await lab.clone(source, replace(lab.specimens.clone_order(), name=spec.name))


async def test_a_copy_outlives_its_source(lab: Lab) -> None:
    lab.clones()
    source = await lab.create()
    copy = await lab.clone(source, lab.specimens.clone_order())
    await lab.delete(source)
    await lab.power(copy, PowerVerb.ON)
    assert await lab.power_state(copy) is PowerState.ON


async def test_a_copy_can_have_other_hardware(lab: Lab) -> None:
    lab.clones()
    source = await lab.create()
    hardware = larger(lab.specimens.hardware(), cpus=1, memory=64)
    state = await lab.state(await lab.clone(source, replace(lab.specimens.clone_order(), hardware=hardware)))
    assert (state.cpus, state.memory) == (hardware.cpus, hardware.memory)


async def test_a_copy_can_have_other_nics(lab: Lab) -> None:
    lab.clones()
    source = await lab.create()
    nics = (lab.specimens.nic("first"), lab.specimens.nic("second"))
    order = replace(lab.specimens.clone_order(), customization=Customization(nics=nics))
    assert len((await lab.state(await lab.clone(source, order))).nics) == len(nics)


async def test_a_copy_of_a_running_machine_leaves_it_running(lab: Lab) -> None:
    lab.clones()
    require(lab.capabilities.linked_clones, "linked clones")
    source = await lab.running()
    copy = await lab.clone(source, lab.specimens.clone_order(linked=True))
    assert await lab.power_state(source) is PowerState.ON
    assert await lab.power_state(copy) is PowerState.OFF


async def test_l18_a_linked_copy_is_made_where_it_is_advertised(lab: Lab) -> None:
    lab.clones()
    require(lab.capabilities.linked_clones, "linked clones")
    source = await lab.create()
    copy = await lab.clone(source, lab.specimens.clone_order(linked=True))
    await lab.power(source, PowerVerb.ON)
    await lab.power(copy, PowerVerb.ON)
    assert {await lab.power_state(source), await lab.power_state(copy)} == {PowerState.ON}


async def test_l18_a_linked_copy_is_refused_where_it_is_not_advertised(lab: Lab) -> None:
    lab.clones()
    if lab.capabilities.linked_clones:
        pytest.skip("capability advertised: linked clones")
    source = await lab.create()
    with pytest.raises(Unsupported):
        await lab.clone(source, lab.specimens.clone_order(linked=True))


async def test_deleting_a_copy_leaves_its_source(lab: Lab) -> None:
    lab.clones()
    source = await lab.create()
    before = await lab.state(source)
    await lab.delete(await lab.clone(source, lab.specimens.clone_order()))
    assert await lab.state(source) == before
