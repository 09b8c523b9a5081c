"""Disk images by the real qemu-img: what is made is what was ordered, and nothing is lost or left over."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from qemu_images import content_of, names_in, noise, patched, qemu_img, require_qemu_img
from virtrigaud_provider_sdk import Conflict, InvalidSpec, NotFound, ProviderError, Unsupported
from virtrigaud_provider_sdk.disk_image import (
    CheckReport,
    Conversion,
    DiskImage,
    ImageFormat,
    ImageInfo,
    check,
    convert,
    create,
    create_overlay,
    info,
    measure,
    resize,
    sha256_of,
)

MIB = 1 << 20

pytestmark = pytest.mark.usefixtures("real_qemu_img")


@pytest.fixture(scope="module")
def real_qemu_img() -> None:
    require_qemu_img()


@pytest.fixture
def raw(tmp_path: Path) -> DiskImage:
    """A disk of 3 MiB with something on it that does not compress."""
    path = tmp_path / "disk.raw"
    path.write_bytes(noise(2 * MIB) + bytes(MIB))
    return DiskImage(path, ImageFormat.RAW)


def beside(image: DiskImage, name: str, image_format: ImageFormat = ImageFormat.QCOW2) -> DiskImage:
    return DiskImage(image.path.with_name(name), image_format)


async def facts(image: DiskImage) -> ImageInfo:
    """What an image is, apart from the space it takes here."""
    found = await info(image)
    assert found.allocated_bytes > 0
    return ImageInfo(**{name: getattr(found, name) for name in ImageInfo.__slots__} | {"allocated_bytes": 0})


@pytest.mark.parametrize("target_format", [ImageFormat.QCOW2, ImageFormat.VMDK, ImageFormat.VHDX, ImageFormat.VDI])
async def test_a_conversion_there_and_back_keeps_every_byte(raw: DiskImage, target_format: ImageFormat) -> None:
    there = beside(raw, "there", target_format)
    made = await convert(Conversion(source=raw, target=there))
    assert made.image == there
    assert made.size_bytes == there.path.stat().st_size
    assert made.sha256 == hashlib.sha256(there.path.read_bytes()).hexdigest()
    back = await convert(Conversion(source=there, target=beside(raw, "back.raw", ImageFormat.RAW)))
    assert back.image.path.read_bytes() == raw.path.read_bytes()
    assert back.sha256 == hashlib.sha256(raw.path.read_bytes()).hexdigest()


async def test_the_vmdk_for_vsphere_is_stream_optimized(raw: DiskImage) -> None:
    made = await convert(
        Conversion(source=raw, target=beside(raw, "disk.vmdk", ImageFormat.VMDK), is_stream_optimized=True)
    )
    assert b'createType="streamOptimized"' in made.image.path.read_bytes()[:4096]
    assert content_of(made.image.path, "vmdk") == raw.path.read_bytes()


async def test_a_compressed_image_is_smaller_and_the_same(tmp_path: Path) -> None:
    source = DiskImage(tmp_path / "text.raw", ImageFormat.RAW)
    source.path.write_bytes(b"the same again " * MIB)
    large = await convert(Conversion(source=source, target=beside(source, "large")))
    small = await convert(Conversion(source=source, target=beside(source, "small"), compresses=True))
    assert small.size_bytes < large.size_bytes / 10
    assert content_of(small.image.path, "qcow2") == source.path.read_bytes().ljust(15 * MIB, b"\0")


async def test_a_conversion_tells_how_far_it_has_come(raw: DiskImage) -> None:
    told: list[int] = []
    await convert(Conversion(source=raw, target=beside(raw, "disk.qcow2")), told.append)
    assert told == sorted(told)
    assert told[-1] == 100


async def test_a_cancelled_conversion_leaves_nothing_behind(tmp_path: Path) -> None:
    source = DiskImage(tmp_path / "large.raw", ImageFormat.RAW)
    source.path.write_bytes(noise(64 * MIB))
    target = beside(source, "large.qcow2")
    started = asyncio.Event()
    job = asyncio.create_task(
        convert(Conversion(source=source, target=target, compresses=True), lambda _percent: started.set())
    )
    await started.wait()
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert names_in(tmp_path) == ["large.raw"]


async def test_l01_an_overlay_leaves_the_image_below_untouched(raw: DiskImage) -> None:
    below = (await convert(Conversion(source=raw, target=beside(raw, "image.qcow2")))).image
    before = await sha256_of(below.path)
    overlay = beside(raw, "machine.qcow2")
    await create_overlay(overlay, below, 5 * MIB)
    assert await facts(overlay) == ImageInfo(
        format=ImageFormat.QCOW2, virtual_size_bytes=5 * MIB, allocated_bytes=0, backing_file=str(below.path)
    )
    qemu_img("resize", "-f", "qcow2", overlay.path, "+1M")
    assert content_of(overlay.path, "qcow2") == raw.path.read_bytes().ljust(6 * MIB, b"\0")
    assert await sha256_of(below.path) == before


async def test_l28_an_overlay_of_ones_own_is_flattened_when_that_is_asked_for(raw: DiskImage) -> None:
    overlay = beside(raw, "machine.qcow2")
    await create_overlay(overlay, raw)
    made = await convert(
        Conversion(source=overlay, target=beside(raw, "export.qcow2"), follows_backing=True, compresses=True)
    )
    assert (await info(made.image)).backing_file is None
    assert content_of(made.image.path, "qcow2") == raw.path.read_bytes()


async def test_a_disk_grows(raw: DiskImage) -> None:
    disk = beside(raw, "disk.qcow2")
    await create(disk, 2 * MIB + 1)
    assert (await info(disk)).virtual_size_bytes == 2 * MIB + 512
    await resize(disk, 4 * MIB)
    await resize(disk, 4 * MIB)
    assert await facts(disk) == ImageInfo(format=ImageFormat.QCOW2, virtual_size_bytes=4 * MIB, allocated_bytes=0)


async def test_snapshots_of_an_image_are_named(raw: DiskImage) -> None:
    disk = beside(raw, "disk.qcow2")
    await create(disk, MIB)
    qemu_img("snapshot", "-c", "before update", disk.path)
    assert (await info(disk)).snapshots == ("before update",)


async def test_a_check_tells_what_is_broken(raw: DiskImage) -> None:
    disk = (await convert(Conversion(source=raw, target=beside(raw, "disk.qcow2")))).image
    assert await check(disk) == CheckReport()
    # The offset of the first L2 table, which stands where the header says that the L1 table is.
    header = disk.path.read_bytes()[:48]
    patched(disk.path, int.from_bytes(header[40:48], "big"), bytes(8))
    broken = await check(disk)
    assert (broken.corruptions, broken.errors, broken.is_sound) == (0, 0, True)
    assert broken.leaks > 0


async def test_the_space_for_a_conversion_is_known_before(raw: DiskImage) -> None:
    room = await measure(raw, ImageFormat.QCOW2)
    made = await convert(Conversion(source=raw, target=beside(raw, "disk.qcow2")))
    assert 2 * MIB < made.size_bytes <= room.required_bytes <= room.fully_allocated_bytes


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (
            lambda raw: create(raw, MIB),
            Conflict("cannot write disk.raw: File exists"),
        ),
        (
            lambda raw: convert(Conversion(source=raw, target=raw)),
            Conflict("cannot write disk.raw: File exists"),
        ),
        (
            lambda raw: resize(raw, MIB),
            InvalidSpec("disk image disk.raw has 3145728 bytes and cannot shrink to 1048576"),
        ),
        (
            lambda raw: create_overlay(beside(raw, "machine"), raw, MIB),
            InvalidSpec("disk image machine has 3145728 bytes and cannot shrink to 1048576"),
        ),
        (
            lambda raw: create(beside(raw, "disk"), 0),
            InvalidSpec("a disk of 0 bytes cannot be made"),
        ),
        (
            lambda raw: info(beside(raw, "absent")),
            NotFound("cannot look at image absent: Could not open 'absent': Could not open 'absent': "
                     "No such file or directory"),
        ),
        (
            lambda raw: create_overlay(beside(raw, "machine"), beside(raw, "absent")),
            NotFound("cannot look at image absent: Could not open 'absent': Could not open 'absent': "
                     "No such file or directory"),
        ),
        (
            lambda raw: info(DiskImage(raw.path, ImageFormat.QCOW2)),
            InvalidSpec("cannot look at image disk.raw: Could not open 'disk.raw': Image is not in qcow2 format"),
        ),
        (
            check,
            Unsupported("cannot check image disk.raw: This image format does not support checks"),
        ),
    ],
)  # fmt: skip
async def test_what_cannot_be_done_is_said_by_name_and_changes_nothing(
    raw: DiskImage, act: Callable[[DiskImage], Awaitable[object]], error: ProviderError
) -> None:
    before = raw.path.read_bytes()
    with pytest.raises(type(error)) as raised:
        await act(raw)
    assert raised.value.message == error.message
    assert raw.path.read_bytes() == before
    assert list(raw.path.parent.iterdir()) == [raw.path]


@pytest.mark.parametrize("path", ["disk.qcow2", "nbd:unix:/run/disk", "json:{}", "--help", "/tmp/two\nlines"])  # noqa: S108
def test_l32_a_name_that_could_be_an_option_or_a_protocol_is_no_image(path: str) -> None:
    with pytest.raises(ValueError, match="the path of a disk image must be absolute and printable"):
        DiskImage(Path(path), ImageFormat.RAW)


async def test_l32_odd_characters_in_a_path_are_data(tmp_path: Path) -> None:
    image = DiskImage(tmp_path / "a,b;$(id) file=x:'\"%s.qcow2", ImageFormat.QCOW2)
    await create(image, MIB)
    await resize(image, 2 * MIB)
    overlay = beside(image, "over,backing_file=x.qcow2")
    await create_overlay(overlay, image)
    assert (await info(overlay)).backing_file == str(image.path)


@pytest.mark.parametrize(
    ("name", "known"), [("QCOW2", ImageFormat.QCOW2), ("vhd", ImageFormat.VPC), ("img", ImageFormat.RAW)]
)
def test_formats_go_by_the_names_that_people_use(name: str, known: ImageFormat) -> None:
    assert ImageFormat.named(name) is known


def test_an_unknown_format_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(Unsupported) as raised:
        ImageFormat.named("nbd")
    known = "raw, qcow2, vmdk, vdi, vpc, vhdx"
    assert raised.value.message == f"disk image format 'nbd' is not known: this provider knows {known}"
