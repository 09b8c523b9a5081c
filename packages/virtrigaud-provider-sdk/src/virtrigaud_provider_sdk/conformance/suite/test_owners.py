"""Whose machine it is: remembered by the hypervisor, and never taken over."""

import contextlib
from dataclasses import replace

import pytest
from virtrigaud_api.contract import Conflict, Owner, Submitted

from virtrigaud_provider_sdk.conformance.lab import Lab

pytestmark = pytest.mark.asyncio


async def test_the_owner_is_shown_by_describe_and_by_the_list(lab: Lab) -> None:
    spec = lab.specimens.spec()
    machine = await lab.create(spec)
    listed = {state.id: state.owner for state in await lab.provider.machines()}
    assert (await lab.state(machine)).owner == spec.owner
    assert listed[machine] == spec.owner


async def test_l06_a_machine_of_another_object_of_the_same_name_is_never_taken_over(lab: Lab) -> None:
    spec = lab.specimens.spec()
    machine = await lab.create(spec)
    before = await lab.state(machine)
    stranger = replace(spec.owner, uid=f"{spec.owner.uid}-again")
    with pytest.raises(Conflict) as refusal:
        lab.remember(await lab.settled(await lab.provider.create(replace(spec, owner=stranger))))
    assert spec.name in refusal.value.message
    assert await lab.state(machine) == before


async def test_l06_a_machine_of_the_same_name_in_another_namespace_is_never_taken_over(lab: Lab) -> None:
    spec = lab.specimens.spec()
    machine = await lab.create(spec)
    before = await lab.state(machine)
    stranger = Owner("elsewhere", spec.owner.name, f"{spec.owner.uid}-elsewhere")
    # A provider that makes native names from the namespace too gives the stranger a machine of its own.
    with contextlib.suppress(Conflict):
        other = await lab.create(replace(spec, owner=stranger))
        assert (other != machine, (await lab.state(other)).owner) == (True, stranger)
    assert await lab.state(machine) == before


async def test_a_machine_is_found_by_its_owner_until_it_is_deleted(lab: Lab) -> None:
    search, spec = lab.owner_search(), lab.specimens.spec()
    assert await search.find(spec.owner) is None
    machine = await lab.create(spec)
    assert await search.find(spec.owner) == Submitted(machine=machine)
    assert await search.find(replace(spec.owner, uid=f"{spec.owner.uid}-again")) is None
    await lab.settled(await lab.provider.delete(machine))
    assert await search.find(spec.owner) is None


async def test_l08_a_machine_whose_making_nobody_awaits_any_more_is_found(lab: Lab) -> None:
    search, spec = lab.owner_search(), lab.specimens.spec()
    await lab.provider.create(spec)
    found = await search.find(spec.owner)
    assert found is not None
    machine = lab.remember(await lab.settled(found))
    assert (await lab.state(machine)).owner == spec.owner


async def test_a_conflict_makes_nothing(lab: Lab) -> None:
    spec = lab.specimens.spec()
    await lab.create(spec)
    stranger = lab.specimens.owner(spec.name)
    with pytest.raises(Conflict):
        lab.remember(await lab.settled(await lab.provider.create(replace(spec, owner=stranger))))
    assert stranger not in {state.owner for state in await lab.provider.machines()}


async def test_two_owners_have_two_machines(lab: Lab) -> None:
    first, second = lab.specimens.spec(), lab.specimens.spec()
    assert await lab.create(first) != await lab.create(second)
