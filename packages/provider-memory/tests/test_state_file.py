from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from memory_specs import NO_GRACE, made, running, spec_of
from virtrigaud_api.contract import (
    ExportOrder,
    GuestData,
    ImageOrder,
    ImportOrder,
    MachineId,
    PowerVerb,
    SnapshotOrder,
    StagingPlace,
    Unavailable,
)
from virtrigaud_provider_memory import MemoryProvider
from virtrigaud_provider_memory.state_file import StateFile

Hypervisor = Callable[..., MemoryProvider]


def modes_in(directory: Path) -> dict[str, str]:
    return {file.name: oct(file.stat().st_mode & 0o777) for file in directory.iterdir()}


async def closed(provider: MemoryProvider) -> None:
    await provider.__aexit__(None, None, None)


async def test_a_new_process_sees_the_machines_that_the_one_before_made(hypervisor: Hypervisor, tmp_path: Path) -> None:
    before = hypervisor(state=tmp_path / "state")
    secret = GuestData(
        user_data=b"#cloud-config\nhostname: \xc3\xa9l\xc3\xa8ve\n", meta_data=b"\x00\xff", network_data=b"{}"
    )
    await running(before, replace(spec_of("one"), guest=secret))
    two = await made(before, spec_of("two"))
    await before.snapshot(two, SnapshotOrder(name="first"))
    for number in range(3, 13):
        await made(before, spec_of(f"machine-{number}"))
    seen = await before.machines()
    await closed(before)
    assert await hypervisor(state=tmp_path / "state").machines() == seen


async def test_a_new_process_knows_the_owner_of_each_machine(hypervisor: Hypervisor, tmp_path: Path) -> None:
    before = hypervisor(state=tmp_path / "state")
    machine = await made(before, spec_of())
    await closed(before)
    after = hypervisor(state=tmp_path / "state")
    assert await made(after, spec_of()) == machine
    assert len(await after.machines()) == 1


async def test_no_machine_ever_gets_the_id_of_another(hypervisor: Hypervisor, tmp_path: Path) -> None:
    before = hypervisor(state=tmp_path / "state")
    machine = await made(before, spec_of())
    await before.delete(machine)
    await closed(before)
    after = hypervisor(state=tmp_path / "state")
    assert await after.machines() == []
    assert await made(after, spec_of()) == MachineId("vm-2")


async def test_images_and_loose_disks_survive_too(hypervisor: Hypervisor, tmp_path: Path) -> None:
    settings = {"state": tmp_path / "state", "staging": tmp_path / "staging", "images": "debian-12"}
    before = hypervisor(**settings)
    place = StagingPlace(url="pvc://claim/disk")
    await before.export_disk(ExportOrder(machine=await made(before, spec_of()), destination=place))
    imported = await before.import_disk(ImportOrder(source=place, name="brought"))
    await before.prepare_image(ImageOrder(name="golden", source=spec_of().boot))
    await closed(before)
    after = hypervisor(**settings)
    assert (await after.import_disk(ImportOrder(source=place, name="brought"))).path == imported.path
    golden = replace(spec_of("from-golden"), boot=replace(spec_of().boot, template="golden"))
    assert await made(after, golden)


async def test_work_that_had_not_ended_never_happened(hypervisor: Hypervisor, tmp_path: Path) -> None:
    before = hypervisor(state=tmp_path / "state", durations={"create": timedelta(hours=1)})
    assert (await before.create(spec_of())).task
    await closed(before)
    after = hypervisor(state=tmp_path / "state")
    assert await after.machines() == []
    assert await made(after, spec_of())


async def test_only_the_owner_of_the_file_may_read_it(hypervisor: Hypervisor, tmp_path: Path) -> None:
    await made(hypervisor(state=tmp_path / "state"), spec_of())
    names = ("state", "state-wal", "state-tasks", "state-tasks-wal")
    assert modes_in(tmp_path) == dict.fromkeys(names, "0o600")


async def test_two_processes_do_not_share_a_file(
    hypervisor: Hypervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("virtrigaud_provider_memory.state_file.PATIENCE", timedelta(0))
    hypervisor(state=tmp_path / "state")
    with pytest.raises(Unavailable, match=r"cannot open state file .*locked"):
        StateFile(tmp_path / "state")


async def test_a_directory_that_is_missing_is_named(hypervisor: Hypervisor, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"cannot open state file .*missing/state"):
        hypervisor(state=tmp_path / "missing" / "state")


async def test_an_effect_that_can_not_be_recorded_does_not_happen(hypervisor: Hypervisor, tmp_path: Path) -> None:
    provider = hypervisor(state=tmp_path / "state")
    machine = await made(provider, spec_of())
    await closed(provider)
    with pytest.raises(Exception, match="closed"):
        await provider.power(machine, PowerVerb.ON, NO_GRACE)
    state = await provider.describe(machine)
    assert state is not None
    assert state.power == "Off"
