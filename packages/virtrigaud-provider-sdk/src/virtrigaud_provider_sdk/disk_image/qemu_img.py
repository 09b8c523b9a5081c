"""The verbs of qemu-img that providers need, each as a typed function.

Paths are absolute and formats are said with every call, so that nothing is probed and no name is read as a
protocol (`nbd:`, `json:`). Sizes are bytes. Reference: https://www.qemu.org/docs/master/tools/qemu-img.html
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from virtrigaud_api.contract import InvalidSpec

from virtrigaud_provider_sdk.disk_image.first_bytes import judge_first_bytes
from virtrigaud_provider_sdk.disk_image.image import (
    CheckReport,
    DiskImage,
    ImageFormat,
    ImageInfo,
    Measure,
    require_standalone,
)
from virtrigaud_provider_sdk.disk_image.process import LONG, Run, run_qemu_img
from virtrigaud_provider_sdk.draft_file import draft_of, file_error, in_thread, sha256_of

LARGEST_DISK_BYTES: Final = 64 << 40
"""The capacity that no image from outside may exceed, unless a provider says otherwise."""

_SECTOR: Final = 512
_CHECK_FOUND_SOMETHING: Final = (0, 2, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """An order to write the content of an image into a new one.

    Attributes:
        follows_backing: Read the images below the source too. Only for images that this provider made itself;
            any other source must stand alone.
        compresses: Write compressed clusters (qcow2, vmdk).
        is_stream_optimized: Write the VMDK that vSphere imports, compressed and in one pass.
    """

    source: DiskImage
    target: DiskImage
    follows_backing: bool = False
    compresses: bool = False
    is_stream_optimized: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """The new image: how large its file is, and the SHA-256 of the file in lower-case hexadecimal."""

    image: DiskImage
    size_bytes: int
    sha256: str


async def info(image: DiskImage, *, is_in_use: bool = False) -> ImageInfo:
    """Tell what an image of our own is; the images below it are not opened.

    One that is in use is read although a running machine writes to it; what is told may be a moment old.

    Raises:
        NotFound: It is not there.
        InvalidSpec: It is not in that format.
    """
    shared = ["--force-share"] if is_in_use else []
    arguments = ["info", "--output=json", *shared, "-f", image.format, str(image.path)]
    return ImageInfo.read(await run_qemu_img(_run("look at", image), arguments), image.path)


async def accept_from_outside(image: DiskImage, *, limit_bytes: int = LARGEST_DISK_BYTES) -> ImageInfo:
    """Tell what an image from outside is, having made sure that it can be opened without harm.

    `limit_bytes` is the largest capacity that it may claim.

    Raises:
        InvalidSpec: It is not in that format, refers to other files, is encrypted or too large.
        NotFound: It is not there.
    """
    try:
        await in_thread(judge_first_bytes, image)
    except OSError as error:
        raise file_error(f"look at image {image.path.name}", error) from error
    found = await info(image)
    require_standalone(found, image.path.name, limit_bytes)
    return found


async def check(image: DiskImage) -> CheckReport:
    """Check the consistency of an image and repair nothing.

    Raises:
        Unsupported: The format cannot be checked (raw).
    """
    arguments = ["check", "--output=json", "-f", image.format, str(image.path)]
    run = _run("check", image, accepted=_CHECK_FOUND_SOMETHING)
    return CheckReport.read(await run_qemu_img(run, arguments, limits=LONG))


async def measure(image: DiskImage, target: ImageFormat) -> Measure:
    """Tell how much space a conversion would need (to raw or qcow2)."""
    arguments = ["measure", "--output=json", "-f", image.format, "-O", target, str(image.path)]
    return Measure.read(await run_qemu_img(_run("measure", image), arguments, limits=LONG))


async def create(image: DiskImage, size_bytes: int) -> None:
    """Make an empty image.

    Raises:
        Conflict: A file of that name is there; it is left as it is.
    """
    async with draft_of(image.path) as draft:
        arguments = ["create", "-q", "-f", image.format, str(draft), str(_whole_sectors(size_bytes))]
        await run_qemu_img(_run("create", image, DiskImage(draft, image.format)), arguments)


async def create_overlay(image: DiskImage, backing: DiskImage, size_bytes: int | None = None) -> None:
    """Make a qcow2 copy-on-write image over another, which is never written to.

    Without a size it has the capacity of the image below.

    Raises:
        Conflict: A file of that name is there; it is left as it is.
        InvalidSpec: The capacity is less than that of the image below.
        NotFound: The image below is not there.
    """
    if image.format is not ImageFormat.QCOW2:
        raise ValueError(f"an overlay is qcow2, not {image.format}")
    below = await info(backing, is_in_use=True)
    size = below.virtual_size_bytes if size_bytes is None else _whole_sectors(size_bytes)
    _refuse_to_shrink(image, below.virtual_size_bytes, size)
    async with draft_of(image.path) as draft:
        over = ["-b", str(backing.path), "-F", backing.format]
        arguments = ["create", "-q", "-f", image.format, *over, str(draft), str(size)]
        await run_qemu_img(_run("create", image, DiskImage(draft, image.format), backing), arguments)


async def resize(image: DiskImage, size_bytes: int) -> None:
    """Grow an image that no machine uses now; one that has the size already is left as it is.

    Raises:
        InvalidSpec: It is larger than that: an image never shrinks.
        Busy: A machine uses it.
    """
    now = (await info(image)).virtual_size_bytes
    size = _whole_sectors(size_bytes)
    _refuse_to_shrink(image, now, size)
    if size > now:
        await run_qemu_img(_run("grow", image), ["resize", "-q", "-f", image.format, str(image.path), str(size)])


async def convert(order: Conversion, percent: Callable[[int], None] | None = None) -> Converted:
    """Write the content of an image into a new one, which appears when it is whole.

    A call that fails or is cancelled leaves nothing behind. `percent` is told how far it has come, 0 to 100.

    Raises:
        Conflict: A file of the target's name is there; it is left as it is.
        InvalidSpec: The source is not what it is said to be, or refers to other files.
        NoCapacity: There is no room for the target.
    """
    if not order.follows_backing:
        await accept_from_outside(order.source)
    async with draft_of(order.target.path) as draft:
        written = DiskImage(draft, order.target.format)
        arguments = ["convert", "-p", "-f", order.source.format, "-O", order.target.format, *_options(order)]
        run = _run("convert", order.source, order.target, written)
        await run_qemu_img(run, [*arguments, str(order.source.path), str(draft)], limits=LONG, percent=percent)
        digest = await sha256_of(draft)
        size = (await in_thread(draft.stat)).st_size
    return Converted(image=order.target, size_bytes=size, sha256=digest)


def _options(order: Conversion) -> list[str]:
    options = ["-c"] if order.compresses and not order.is_stream_optimized else []
    if order.is_stream_optimized:
        if order.target.format is not ImageFormat.VMDK:
            raise ValueError(f"only a VMDK can be stream-optimized, not {order.target.format}")
        options += ["-o", "subformat=streamOptimized"]
    return options


def _run(verb: str, image: DiskImage, *others: DiskImage, accepted: tuple[int, ...] = (0,)) -> Run:
    paths = tuple(item.path for item in (image, *others))
    folders = tuple(path.parent for path in paths)
    return Run(f"{verb} image {image.path.name}", (*paths, *folders), accepted)


def _whole_sectors(size_bytes: int) -> int:
    """Round up: a capacity is a whole number of sectors."""
    if size_bytes <= 0:
        raise InvalidSpec(f"a disk of {size_bytes} bytes cannot be made")
    return -(-size_bytes // _SECTOR) * _SECTOR


def _refuse_to_shrink(image: DiskImage, now: int, wanted: int) -> None:
    if wanted < now:
        raise InvalidSpec(f"disk image {image.path.name} has {now} bytes and cannot shrink to {wanted}")
