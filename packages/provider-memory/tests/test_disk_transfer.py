from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from memory_specs import made, spec_of
from virtrigaud_api.contract import (
    CloneOrder,
    ExportOrder,
    ImportedDisk,
    ImportOrder,
    InvalidSpec,
    MachineId,
    NotFound,
    Owner,
    ProviderError,
    StagingPlace,
    Unsupported,
)
from virtrigaud_provider_memory import MemoryProvider

Hypervisor = Callable[..., MemoryProvider]

PLACE = StagingPlace(url="pvc://claim/moves/disk")


async def exported(provider: MemoryProvider, **changes: object) -> str:
    order = ExportOrder(machine=await made(provider, spec_of()), destination=PLACE)
    return (await provider.export_disk(replace(order, **changes))).checksum


async def test_what_is_staged_has_the_checksum_that_was_told(hypervisor: Hypervisor, tmp_path: Path) -> None:
    checksum = await exported(hypervisor(staging=tmp_path))
    assert sha256((tmp_path / "claim/moves/disk").read_bytes()).hexdigest() == checksum
    assert [file.name for file in (tmp_path / "claim/moves").iterdir()] == ["disk"]


async def test_a_disk_moves_to_another_hypervisor(hypervisor: Hypervisor, tmp_path: Path) -> None:
    source, target = hypervisor(staging=tmp_path), hypervisor(staging=tmp_path)
    await exported(source, compress=True)
    imported = await target.import_disk(ImportOrder(source=PLACE, name="moved"))
    boot = ImportedDisk(disk_id=imported.disk_id, path=imported.path)
    machine = await made(target, replace(spec_of("moved"), boot=boot))
    info = await target.disk_info(machine, "")
    assert (info.path, info.virtual_size_bytes, info.bootable) == ("memory://disks/moved", 2**30, True)
    with pytest.raises(NotFound, match="imported disk moved does not exist"):
        await target.create(replace(spec_of("another"), boot=boot))


@pytest.mark.parametrize(
    "url", ["pvc://claim/../../etc/passwd", "pvc://../x", "pvc://claim", "/etc/passwd", "nfs://h/x"]
)
async def test_l33_no_address_leads_out_of_the_staging_place(hypervisor: Hypervisor, tmp_path: Path, url: str) -> None:
    provider = hypervisor(staging=tmp_path / "staging")
    with pytest.raises(InvalidSpec, match="must be pvc://CLAIM/PATH"):
        await provider.import_disk(ImportOrder(source=StagingPlace(url=url), name="stolen"))
    with pytest.raises(InvalidSpec):
        await exported(provider, destination=StagingPlace(url=url))
    assert not (tmp_path / "staging").exists()


@pytest.mark.parametrize(
    ("staged", "wanted", "error", "complaint"),
    [
        (b"QFI\xfb", "qcow2", InvalidSpec, "holds no memory disk"),
        (b"\x1f\x8bbroken", "qcow2", InvalidSpec, "holds no memory disk"),
        (b'{"format": "raw", "size_bytes": 1, "content": ""}', "qcow2", InvalidSpec, "it is raw, wanted qcow2"),
        (b"", "vhd", Unsupported, "disk format vhd can't be had"),
    ],
)
async def test_bytes_that_are_no_disk_are_refused(
    hypervisor: Hypervisor, tmp_path: Path, staged: bytes, wanted: str, error: type[ProviderError], complaint: str
) -> None:
    (tmp_path / "claim/moves").mkdir(parents=True)
    (tmp_path / "claim/moves/disk").write_bytes(staged)
    with pytest.raises(error, match=complaint):
        await hypervisor(staging=tmp_path).import_disk(ImportOrder(source=PLACE, name="moved", format=wanted))


async def test_a_linked_copy_names_its_backing_disk_and_a_full_copy_the_image(hypervisor: Hypervisor) -> None:
    provider = hypervisor()
    source = await made(provider, spec_of())
    order = CloneOrder(owner=Owner("team-a", "copy", "u1"), name="copy", linked=True)
    linked = (await provider.clone(source, order)).machine
    full = (await provider.clone(source, CloneOrder(owner=Owner("team-a", "full", "u2"), name="full"))).machine
    backing = [(await provider.disk_info(machine or MachineId(""), "")).backing_file for machine in (linked, full)]
    assert backing == ["memory://machines/vm-1/root", "memory://images/debian-12"]
