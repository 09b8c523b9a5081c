"""Images fetched by URL: imported once, never written to, and deleted when nothing rests on them."""

import hashlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from image_server import TOKEN, Guarded, own_address, web_server
from real_machines import IMAGE, Lab, booted, ended, made, spec_of
from virtrigaud_api.contract import (
    BootImage,
    Checksum,
    ChecksumType,
    Download,
    ImageOrder,
    InvalidSpec,
    PowerVerb,
    Refused,
    Submitted,
    TaskState,
    WrongState,
)
from virtrigaud_provider_libvirt.provider import LibvirtProvider


@pytest.fixture
def url(lab: Lab) -> Iterator[str]:
    with web_server(Path(lab.pool_folder), Guarded) as address:
        yield f"{address}/{IMAGE}"


@pytest.fixture
async def importer(lab: Lab, tmp_path: Path) -> AsyncIterator[LibvirtProvider]:
    settings = lab.settings(mount_root=tmp_path, allowed_addresses=own_address())
    async with LibvirtProvider(settings) as provider:
        yield provider
        for state in await provider.machines():
            if state.owner is not None:
                await provider.delete(state.id)


def order(url: str, name: str, lab: Lab, digest: str | None = None) -> ImageOrder:
    checksum = Checksum(type=ChecksumType.SHA256, hex=digest or lab.image_digest())
    download = Download(headers={"Authorization": f"Bearer {TOKEN}"})
    return ImageOrder(name=name, source=BootImage(url=url, checksum=checksum), download=download)


async def imports(provider: LibvirtProvider, wanted: ImageOrder) -> TaskState:
    prepared = await provider.prepare_image(wanted)
    return await ended(provider, Submitted(task=prepared.task))


async def imported(provider: LibvirtProvider, wanted: ImageOrder) -> None:
    assert (await imports(provider, wanted)).error is None


def digest_of(path: str | None) -> str:
    return hashlib.sha256(Path(path or "").read_bytes()).hexdigest()


def begins_as_qcow2(path: str | None) -> bool:
    return Path(path or "").read_bytes().startswith(b"QFI\xfb")


def exists(path: str | None) -> bool:
    return Path(path or "").exists()


def leave_half(lab: Lab, name: str, mark: bytes | None) -> None:
    """Leave what an import leaves whose process was killed, maybe while it wrote the mark."""
    Path(lab.pool_folder, f"virtrigaud-image-{name}").write_bytes(b"half of it")
    if mark is not None:
        Path(lab.pool_folder, f"virtrigaud-image-{name}.ready").write_bytes(mark)
    lab.connect().storagePoolLookupByName(lab.pool).refresh()


def resting_on(lab: Lab, path: str | None) -> list[str]:
    volumes = lab.connect().storagePoolLookupByName(lab.pool).listAllVolumes()
    return [v.name() for v in volumes if f"<path>{path}</path>" in v.XMLDesc().partition("<backingStore>")[2]]


async def test_l01_a_machine_boots_from_an_import_as_a_copy_on_write_overlay_and_never_writes_to_it(
    importer: LibvirtProvider, lab: Lab, url: str
) -> None:
    wanted = order(url, "default.guest-1", lab)
    assert await importer.image(wanted) is None
    prepared = await importer.prepare_image(wanted)
    assert (await ended(importer, Submitted(task=prepared.task))).error is None
    found = await importer.image(wanted)
    assert found is not None
    assert (found.id, found.path, found.format) == (prepared.id, prepared.path, "qcow2")
    assert found.checksum == Checksum(type=ChecksumType.SHA256, hex=lab.image_digest())
    assert (await importer.prepare_image(wanted)).task is None

    before = digest_of(found.path)
    boot = BootImage(template=found.id, path=found.path, format=found.format)
    machine = await made(importer, replace(spec_of("from-import"), boot=boot))
    (overlay,) = resting_on(lab, found.path)
    with pytest.raises(WrongState, match=rf"cannot delete image default\.guest-1: volume {overlay} rests on it"):
        await importer.delete_image("default.guest-1")

    await importer.power(machine, PowerVerb.ON, timedelta(seconds=5))
    assert (await booted(importer, machine)).addresses
    assert digest_of(found.path) == before
    await importer.delete(machine)
    assert exists(found.path)
    for _ in range(2):
        await importer.delete_image("default.guest-1")
        assert (exists(found.path), await importer.image(wanted)) == (False, None)


async def test_l34_an_import_is_not_used_by_its_path_alone(importer: LibvirtProvider, lab: Lab, url: str) -> None:
    wanted = order(url, "default.theirs-1", lab)
    assert (await imports(importer, wanted)).error is None
    found = await importer.image(wanted)
    assert found is not None
    for path in (found.path, found.id):
        with pytest.raises(InvalidSpec, match=r"virtrigaud-image-default\.theirs-1 was imported for a VMImage"):
            await importer.create(replace(spec_of("from-theirs"), boot=BootImage(path=path)))
    await importer.delete_image("default.theirs-1")


async def test_a_download_with_another_checksum_is_refused_and_leaves_nothing(
    importer: LibvirtProvider, lab: Lab, url: str
) -> None:
    files = lab.files()
    wanted = order(url, "default.wrong-1", lab, digest="ab" * 32)
    state = await imports(importer, wanted)
    assert isinstance(state.error, InvalidSpec)
    assert "the spec says abab" in str(state.error)
    assert TOKEN not in str(state.error)
    assert (lab.files(), await importer.image(wanted)) == (files, None)


async def test_a_server_that_wants_credentials_refuses_those_who_have_none(
    importer: LibvirtProvider, lab: Lab, url: str
) -> None:
    wanted = replace(order(url, "default.secret-1", lab), download=Download())
    state = await imports(importer, wanted)
    assert isinstance(state.error, Refused)


async def test_l33_an_address_outside_of_the_allowed_ones_is_refused(lab: Lab, tmp_path: Path, url: str) -> None:
    async with LibvirtProvider(lab.settings(mount_root=tmp_path, allowed_addresses="198.51.100.0/24")) as provider:
        state = await imports(provider, order(url, "default.far-1", lab))
    assert isinstance(state.error, InvalidSpec)
    assert "it is not among the allowed addresses" in str(state.error)


async def test_an_import_can_be_kept_in_another_format(importer: LibvirtProvider, lab: Lab, url: str) -> None:
    wanted = replace(order(url, "default.raw-1", lab), format="raw")
    await imported(importer, wanted)
    found = await importer.image(wanted)
    assert found is not None
    assert found.format == "raw"
    assert not begins_as_qcow2(found.path)
    await importer.delete_image("default.raw-1")


@pytest.mark.parametrize("mark", [None, b"", b"\0" * 64, b'{"format": "qcow2"}'])
async def test_an_import_that_was_interrupted_counts_as_absent_and_is_made_anew(
    importer: LibvirtProvider, lab: Lab, url: str, mark: bytes | None
) -> None:
    wanted = order(url, "default.torn-1", lab)
    leave_half(lab, "default.torn-1", mark)
    assert await importer.image(wanted) is None
    await imported(importer, wanted)
    found = await importer.image(wanted)
    assert found is not None
    assert digest_of(found.path) == lab.image_digest()
    await importer.delete_image("default.torn-1")


async def test_a_cancelled_import_ends_and_leaves_nothing(importer: LibvirtProvider, lab: Lab, url: str) -> None:
    files = lab.files()
    wanted = order(url, "default.cancelled-1", lab)
    task = (await importer.prepare_image(wanted)).task
    assert task is not None
    await importer.cancel_task(task)
    state = await ended(importer, Submitted(task=task))
    assert isinstance(state.error, WrongState)
    assert (lab.files(), await importer.image(wanted)) == (files, None)
    await importer.cancel_task(task)
