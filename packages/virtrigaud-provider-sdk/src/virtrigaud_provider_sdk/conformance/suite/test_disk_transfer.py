"""Disks to and from a staging place: the same bytes, checked, as often as it is asked."""

from dataclasses import replace

import pytest
from virtrigaud_api.contract import (
    Backend,
    Exported,
    ExportOrder,
    Imported,
    ImportedDisk,
    ImportOrder,
    InvalidSpec,
    MachineId,
    NotFound,
    PowerState,
    PowerVerb,
    SnapshotId,
    StagingPlace,
    Submitted,
    TransferMode,
    Unsupported,
)

from virtrigaud_provider_sdk.conformance.lab import Lab, require

pytestmark = pytest.mark.asyncio


def place(lab: Lab, name: str) -> StagingPlace:
    require(Backend.PVC in lab.capabilities.export_backends, "export to backend pvc")
    return StagingPlace(url=f"{lab.specimens.staging}/{lab.specimens.run}/{name}")


def export_order(lab: Lab, machine: MachineId, name: str = "disk") -> ExportOrder:
    return ExportOrder(machine=machine, destination=place(lab, name), format=lab.capabilities.export_formats[0])


def import_order(lab: Lab, name: str = "disk") -> ImportOrder:
    return ImportOrder(source=place(lab, name), name=lab.specimens.name(), format=lab.capabilities.export_formats[0])


async def export(lab: Lab, order: ExportOrder) -> Exported:
    exported = await lab.disk_transfer().export_disk(order)
    await lab.settled(Submitted(task=exported.task))
    return exported


async def bring_in(lab: Lab, order: ImportOrder) -> Imported:
    imported = await lab.disk_transfer().import_disk(order)
    await lab.settled(Submitted(task=imported.task))
    return imported


async def test_a_machine_boots_from_a_disk_that_went_through_a_staging_place(lab: Lab) -> None:
    lab.disk_transfer()
    source = await lab.create()
    await export(lab, export_order(lab, source))
    imported = await bring_in(lab, import_order(lab))
    boot = ImportedDisk(disk_id=imported.disk_id, path=imported.path, format=lab.capabilities.export_formats[0])
    machine = await lab.create(replace(lab.specimens.spec(), boot=boot))
    await lab.power(machine, PowerVerb.ON)
    size = (await lab.state(source)).disks[0].size_bytes
    assert await lab.power_state(machine) is PowerState.ON
    assert (await lab.state(machine)).disks[0].size_bytes == size


async def test_exporting_twice_is_exporting_once(lab: Lab) -> None:
    lab.disk_transfer()
    machine = await lab.create()
    first, second = await export(lab, export_order(lab, machine)), await export(lab, export_order(lab, machine))
    assert (second.id, second.checksum) == (first.id, first.checksum)


async def test_importing_twice_makes_one_disk(lab: Lab) -> None:
    lab.disk_transfer()
    await export(lab, export_order(lab, await lab.create()))
    order = import_order(lab)
    first, second = await bring_in(lab, order), await bring_in(lab, order)
    assert (second.disk_id, second.path) == (first.disk_id, first.path)


async def test_exporting_a_running_machine_leaves_it_running(lab: Lab) -> None:
    lab.disk_transfer()
    machine = await lab.running()
    await export(lab, export_order(lab, machine))
    assert await lab.power_state(machine) is PowerState.ON


async def test_a_wrong_checksum_is_refused(lab: Lab) -> None:
    lab.disk_transfer()
    await export(lab, export_order(lab, await lab.create()))
    with pytest.raises(InvalidSpec):
        await bring_in(lab, replace(import_order(lab), checksum="0" * 64))


async def test_the_checksum_of_the_export_is_good_for_the_import(lab: Lab) -> None:
    lab.disk_transfer()
    exported = await export(lab, export_order(lab, await lab.create()))
    require(exported.checksum, "checksum of exports")
    imported = await bring_in(lab, replace(import_order(lab), checksum=exported.checksum))
    assert imported.disk_id


async def test_l18_a_compressed_export_can_be_imported_where_it_is_advertised(lab: Lab) -> None:
    lab.disk_transfer()
    require(lab.capabilities.export_compression, "export compression")
    await export(lab, replace(export_order(lab, await lab.create()), compress=True))
    assert (await bring_in(lab, import_order(lab))).disk_id


async def test_nothing_staged_is_not_found(lab: Lab) -> None:
    lab.disk_transfer()
    with pytest.raises(NotFound):
        await bring_in(lab, import_order(lab, "nothing"))


async def test_a_disk_or_snapshot_that_is_not_there_is_not_found(lab: Lab) -> None:
    lab.disk_transfer()
    order = export_order(lab, await lab.create())
    with pytest.raises(NotFound):
        await export(lab, replace(order, disk="conformance-none"))
    with pytest.raises(NotFound):
        await export(lab, replace(order, snapshot=SnapshotId("conformance-none")))


@pytest.mark.parametrize("backend", Backend)
async def test_l18_a_backend_that_is_not_advertised_is_refused(lab: Lab, backend: Backend) -> None:
    lab.disk_transfer()
    if backend in lab.capabilities.export_backends:
        pytest.skip(f"capability advertised: export to backend {backend}")
    order = export_order(lab, await lab.create())
    with pytest.raises(Unsupported):
        await export(lab, replace(order, destination=replace(order.destination, backend=backend)))


@pytest.mark.parametrize("mode", [TransferMode.RELAY, TransferMode.DIRECT])
async def test_l18_a_mode_that_is_not_advertised_is_refused(lab: Lab, mode: TransferMode) -> None:
    lab.disk_transfer()
    if mode in lab.capabilities.transfer_modes:
        pytest.skip(f"capability advertised: transfer mode {mode}")
    order = export_order(lab, await lab.create())
    with pytest.raises(Unsupported):
        await export(lab, replace(order, destination=replace(order.destination, mode=mode)))


async def test_l18_a_format_that_is_not_advertised_is_refused(lab: Lab) -> None:
    lab.disk_transfer()
    order = export_order(lab, await lab.create())
    with pytest.raises(Unsupported):
        await export(lab, replace(order, format="conformance"))


async def test_a_disk_can_be_looked_at(lab: Lab) -> None:
    disks, machine = lab.disk_transfer(), await lab.create()
    root = (await lab.state(machine)).disks[0]
    info = await disks.disk_info(machine, "")
    assert (info.disk_id, info.path, info.virtual_size_bytes) == (root.id, root.path, root.size_bytes)
    assert await disks.disk_info(machine, info.disk_id) == info
    with pytest.raises(NotFound):
        await disks.disk_info(machine, "conformance-none")
