"""L18: the details of what is advertised, both ways: a detail that is claimed works, one that is not is refused."""

from dataclasses import replace

import pytest
from virtrigaud_api.contract import (
    Backend,
    DataDisk,
    DiskType,
    ExportOrder,
    GiB,
    ImportOrder,
    InvalidSpec,
    StagingPlace,
    Submitted,
    TransferMode,
    Unsupported,
    WrongState,
)

from virtrigaud_provider_sdk.conformance.lab import Lab, require
from virtrigaud_provider_sdk.conformance.specimens import larger, with_root_disk
from virtrigaud_provider_sdk.conformance.suite.test_disk_transfer import place
from virtrigaud_provider_sdk.conformance.suite.test_reconfigure import hot

pytestmark = pytest.mark.asyncio


async def test_l18_a_running_machine_grows_after_a_restart_only_where_online_is_not_advertised(lab: Lab) -> None:
    if lab.capabilities.reconfigure_online:
        pytest.skip("capability advertised: reconfigure online")
    spec = hot(lab.specimens.spec())
    machine = await lab.running(spec)
    try:
        await lab.reconfigure(machine, replace(spec, hardware=larger(spec.hardware, cpus=1)))
    except (Unsupported, WrongState):
        return
    state = await lab.state(machine)
    assert (state.cpus, state.pending_restart) == (spec.hardware.cpus, True)


async def test_l18_a_running_disk_does_not_grow_where_that_is_not_advertised(lab: Lab) -> None:
    if lab.capabilities.disk_expansion_online:
        pytest.skip("capability advertised: disk expansion online")
    spec = lab.specimens.spec()
    machine = await lab.running(spec)
    before = (await lab.state(machine)).disks[0].size_bytes
    wanted = with_root_disk(spec.hardware, before + 2**30)
    try:
        await lab.reconfigure(machine, replace(spec, hardware=wanted))
    except (Unsupported, WrongState):
        return
    state = await lab.state(machine)
    assert (state.disks[0].size_bytes, state.pending_restart) == (before, True)


@pytest.mark.parametrize("kind", DiskType)
async def test_l18_a_disk_type_is_had_where_it_is_advertised(lab: Lab, kind: DiskType) -> None:
    require(kind in lab.capabilities.disk_types, f"disk type {kind}")
    data = DataDisk(name="data", size=GiB(1), type=kind)
    machine = await lab.create(replace(lab.specimens.spec(), disks=(data,)))
    assert (await lab.state(machine)).disks[-1].size_bytes == 2**30


async def test_l18_every_advertised_format_goes_out_and_comes_in(lab: Lab) -> None:
    disks, machine = lab.disk_transfer(), await lab.create()
    for kind in sorted({*lab.capabilities.export_formats} & {*lab.capabilities.import_formats}):
        staged = place(lab, f"as-{kind}")
        exported = await disks.export_disk(ExportOrder(machine=machine, destination=staged, format=kind))
        await lab.settled(Submitted(task=exported.task))
        order = ImportOrder(source=staged, name=lab.specimens.name(), format=kind)
        imported = await disks.import_disk(order)
        await lab.settled(Submitted(task=imported.task))
        assert imported.disk_id


async def test_l18_a_format_that_is_not_advertised_is_not_imported(lab: Lab) -> None:
    disks, order = lab.disk_transfer(), import_order(lab, place(lab, "as-something-else"))
    with pytest.raises((Unsupported, InvalidSpec)):
        await disks.import_disk(replace(order, format="conformance"))


@pytest.mark.parametrize("backend", Backend)
async def test_l18_a_backend_that_is_not_advertised_is_not_imported_from(lab: Lab, backend: Backend) -> None:
    disks = lab.disk_transfer()
    if backend in lab.capabilities.import_backends:
        pytest.skip(f"capability advertised: import from backend {backend}")
    with pytest.raises(Unsupported):
        await disks.import_disk(import_order(lab, replace(place(lab, "elsewhere"), backend=backend)))


@pytest.mark.parametrize("mode", [TransferMode.RELAY, TransferMode.DIRECT])
async def test_l18_a_mode_that_is_not_advertised_is_not_imported_by(lab: Lab, mode: TransferMode) -> None:
    disks = lab.disk_transfer()
    if mode in lab.capabilities.transfer_modes:
        pytest.skip(f"capability advertised: transfer mode {mode}")
    with pytest.raises(Unsupported):
        await disks.import_disk(import_order(lab, replace(place(lab, "otherwise"), mode=mode)))


def import_order(lab: Lab, source: StagingPlace) -> ImportOrder:
    return ImportOrder(source=source, name=lab.specimens.name(), format=lab.capabilities.import_formats[0])
