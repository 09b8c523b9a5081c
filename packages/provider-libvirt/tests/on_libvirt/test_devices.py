"""Devices of real machines that people change beside the spec, and what becomes of disks that go."""

from dataclasses import replace
from datetime import timedelta

import pytest
from real_machines import IMAGE, Lab, booted, made, seen, spec_of, until
from virtrigaud_api.contract import DataDisk, GiB, MachineId, MachineState, Nic, PowerVerb, Scsi, Unsupported
from virtrigaud_provider_libvirt.domain_xml.document import parse, render
from virtrigaud_provider_libvirt.provider import LibvirtProvider

NO_GRACE = timedelta()
DATA = DataDisk(name="data", size=GiB(1))


def edit(lab: Lab, machine: MachineId, *removed: str) -> None:
    """Take devices out of a machine that is off, as an administrator does with virsh edit."""
    connection = lab.connect()
    try:
        tree = parse(connection.lookupByUUIDString(machine).XMLDesc())
        devices = tree.find("devices")
        assert devices is not None
        for path in removed:
            found = devices.find(path)
            assert found is not None
            devices.remove(found)
        connection.defineXML(render(tree))
    finally:
        connection.close()


async def test_a_disk_that_grows_offline_only_waits_for_the_next_start(provider: LibvirtProvider) -> None:
    spec = replace(spec_of("offline"), disks=(DATA,))
    machine = await made(provider, spec)
    await provider.power(machine, PowerVerb.ON, NO_GRACE)
    await provider.reconfigure(machine, replace(spec, disks=(replace(DATA, size=GiB(2)),)))
    state = await seen(provider, machine)
    assert ([disk.size_bytes >> 30 for disk in state.disks], state.pending_restart) == ([1, 1], True)
    await provider.power(machine, PowerVerb.OFF, NO_GRACE)
    await provider.power(machine, PowerVerb.ON, NO_GRACE)
    state = await seen(provider, machine)
    assert ([disk.size_bytes >> 30 for disk in state.disks], state.pending_restart) == ([1, 2], False)


async def test_the_file_of_a_disk_goes_with_it_only_where_that_was_said(provider: LibvirtProvider, lab: Lab) -> None:
    spec = spec_of("removal")
    fleeting = replace(DATA, name="scratch", deleted_when_removed=True)
    machine = await made(provider, replace(spec, disks=(DATA, fleeting)))
    await provider.reconfigure(machine, spec)
    left = {name for name in lab.files() if "disk-" in name}
    assert len(left) == 1
    assert "disk-data" in left.pop()
    await provider.delete(machine)
    assert lab.files() == {IMAGE}


async def test_the_file_of_a_disk_stays_while_a_guest_holds_it(provider: LibvirtProvider, lab: Lab) -> None:
    spec = spec_of("held")
    fleeting = replace(DATA, name="scratch", deleted_when_removed=True)
    machine = await made(provider, replace(spec, disks=(fleeting,)))
    await provider.power(machine, PowerVerb.ON, NO_GRACE)
    await booted(provider, machine)

    async def purged() -> bool | None:
        await provider.reconfigure(machine, spec)
        held = len((await seen(provider, machine)).disks) > 1
        assert held or not any("disk-scratch" in name for name in lab.files())
        return not held or None

    await until(purged)


async def test_a_disk_stays_in_its_storage_pool_and_on_its_bus(provider: LibvirtProvider, lab: Lab) -> None:
    spec = replace(spec_of("moved"), disks=(DATA,))
    machine = await made(provider, spec)
    for wrong, says in (
        (replace(DATA, storage_class="elsewhere"), f"disk data in storage pool elsewhere instead of {lab.pool}"),
        (replace(DATA, scsi=Scsi()), "disk data on bus scsi 1 instead of virtio"),
    ):
        with pytest.raises(Unsupported, match=says):
            await provider.reconfigure(machine, replace(spec, disks=(wrong,)))
    await provider.reconfigure(machine, spec_of("moved"))
    with pytest.raises(Unsupported, match="disk data in storage pool elsewhere"):
        await provider.reconfigure(machine, replace(spec, disks=(replace(DATA, storage_class="elsewhere"),)))
    await provider.reconfigure(machine, replace(spec, disks=(replace(DATA, storage_class=lab.pool),)))
    assert [disk.id for disk in (await seen(provider, machine)).disks] == ["root", "disk-data"]


async def test_a_nic_changes_its_model_and_keeps_its_mac_address(provider: LibvirtProvider) -> None:
    spec = spec_of("model")
    machine = await made(provider, spec)
    before = await seen(provider, machine)
    await provider.reconfigure(machine, replace(spec, nics=(replace(spec.nics[0], model="e1000"),)))
    after = await seen(provider, machine)
    assert [(nic.mac, nic.model) for nic in after.nics] == [(before.nics[0].mac, "e1000")]


async def test_what_an_administrator_took_out_is_seen_and_put_back(provider: LibvirtProvider, lab: Lab) -> None:
    spec = replace(spec_of("tampered"), disks=(DATA,), nics=(Nic(name="lan"), Nic(name="second")), tags=("blue",))
    machine = await made(provider, spec)
    before = await seen(provider, machine)
    assert before.is_complete
    assert before.tags == ("blue",)
    assert before.placement.host
    edit(lab, machine, "disk[2]", "interface[2]")

    async def noticed() -> MachineState | None:
        state = await seen(provider, machine)
        return state if len(state.disks) == 1 and len(state.nics) == 1 else None

    await until(noticed)
    await provider.reconfigure(machine, spec)
    after = await seen(provider, machine)
    assert (after.disks, after.nics) == (before.disks, before.nics)


async def test_a_nic_that_nobody_described_is_told_apart_and_stays(provider: LibvirtProvider, lab: Lab) -> None:
    spec = spec_of("foreign")
    machine = await made(provider, spec)
    connection = lab.connect()
    connection.lookupByUUIDString(machine).attachDeviceFlags(
        f"<interface type='network'><source network='{lab.network}'/><model type='e1000'/></interface>"
    )
    connection.close()

    async def noticed() -> MachineState | None:
        state = await seen(provider, machine)
        return state if len(state.nics) == 2 else None

    state = await until(noticed)
    assert [(nic.is_described, nic.network, nic.model) for nic in state.nics] == [
        (True, lab.network, "virtio"),
        (False, lab.network, "e1000"),
    ]
    await provider.reconfigure(machine, replace(spec, tags=("changed",)))
    assert len((await seen(provider, machine)).nics) == 2
