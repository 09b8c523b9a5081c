"""Importing images into a storage pool, from which machines boot copy-on-write.

This process downloads them under the address policy, judges them, and converts them where that is asked for. An
import is never written again.
"""

import asyncio
import contextlib
import re
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from virtrigaud_api.contract import (
    BootImage,
    ImageOrder,
    ImageState,
    InvalidSpec,
    MachineId,
    NotFound,
    PreparedImage,
    Submitted,
    TaskRef,
    Unsupported,
)
from virtrigaud_provider_sdk.disk_image import Conversion, DiskImage, ImageFormat, accept_from_outside, convert
from virtrigaud_provider_sdk.download import Downloader, DownloadOrder
from virtrigaud_provider_sdk.task_book import TaskBook

from virtrigaud_provider_libvirt import boot_image, image_store
from virtrigaud_provider_libvirt.image_checksum import VerifiedImages
from virtrigaud_provider_libvirt.image_store import ImportedFile
from virtrigaud_provider_libvirt.session import Session
from virtrigaud_provider_libvirt.settings import LibvirtSettings

_LARGEST_BYTES: Final = 2 << 40
_LONGEST: Final = timedelta(hours=6)
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_BOOTABLE: Final = (ImageFormat.QCOW2, ImageFormat.RAW)
_RAW_SUFFIXES: Final = (".raw", ".img")
_MAGICS: Final = (
    (b"QFI\xfb", ImageFormat.QCOW2),
    (b"KDMV", ImageFormat.VMDK),
    (b"vhdxfile", ImageFormat.VHDX),
)
_DOWNLOADED_PERCENT, _CONVERTED_PERCENT = 80, 90


@dataclass(frozen=True, slots=True)
class Images:
    """What imports need, and the verbs of the facets."""

    settings: LibvirtSettings
    session: Session
    book: TaskBook
    verified: VerifiedImages
    started: set[TaskRef] = field(default_factory=set)

    async def prepare(self, order: ImageOrder) -> PreparedImage:
        """Import an image under a name; what is in a pool already is only looked at."""
        if order.source.url is None or order.source.path is not None:
            return await self._there(order)
        _check(order)
        found = await self.find(order)
        if found is not None:
            return PreparedImage(id=found.id, path=found.path)
        pool = self._pool(order)
        path = await self.session.run(
            f"prepare image {order.name}", "images", lambda link: image_store.path_of(link.connection, pool, order.name)
        )
        task = self.book.start(_key(order.name), self._import(order, pool))
        self.started.add(task)
        return PreparedImage(id=Path(path).name, path=path, task=task)

    async def find(self, order: ImageOrder) -> ImageState | None:
        """Look for an import, or for the volume that the source names."""
        doing = f"look for image {order.name}"
        if order.source.path is None:
            pool = self._pool(order)
            return await self.session.run(
                doing, "images", lambda link: image_store.find(link.connection, pool, order.name)
            )
        source = replace(order.source, checksum=None)
        try:
            backing = await self.session.run(
                doing, "images", lambda link: boot_image.find(link.connection, source, self._default(), self.verified)
            )
        except NotFound:
            return None
        return ImageState(id=backing.path, path=backing.path, format=backing.format)

    async def delete(self, name: str) -> Submitted:
        """Delete an import that no disk rests on."""
        if self.book.find(_key(name)) is not None:
            return Submitted(task=self.book.find(_key(name)))
        await self.session.run(f"delete image {name}", "images", lambda link: image_store.delete(link.connection, name))
        return Submitted()

    def cancel(self, ref: TaskRef) -> None:
        """Stop an import, which then leaves nothing behind; other tasks can't be stopped halfway and go on.

        Raises:
            NotFound: The task is not known.
        """
        if ref in self.started:
            self.book.cancel(ref)
        else:
            self.book.state(ref)

    async def _there(self, order: ImageOrder) -> PreparedImage:
        wanted = boot_image.wanted_path(order.source)
        _check_digest(order.source)
        backing = await self.session.run(
            f"prepare image {wanted}",
            "images",
            lambda link: boot_image.find(link.connection, order.source, self._default(), self.verified),
        )
        return PreparedImage(id=backing.path, path=backing.path)

    async def _import(self, order: ImageOrder, pool: str) -> MachineId | None:
        key = _key(order.name)
        try:
            await self._fetch(order, pool)
        finally:
            ref = self.book.find(key)
            if ref is not None:
                self.started.discard(ref)
        return None

    async def _fetch(self, order: ImageOrder, pool: str) -> None:
        self.settings.scratch_directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="image-", dir=self.settings.scratch_directory) as folder:
            downloaded, sha256 = await self._download(order, Path(folder))
            image = await self._converted(order, downloaded)
            info = await accept_from_outside(image)
            file = ImportedFile(
                path=image.path, format=image.format, virtual_size_bytes=info.virtual_size_bytes, sha256=sha256
            )
            await self._keep(order, pool, file)

    async def _download(self, order: ImageOrder, folder: Path) -> tuple[DiskImage, str]:
        source, target = order.source, folder / "downloaded"
        wanted = DownloadOrder(
            url=source.url or "",
            target=target,
            checksum=source.checksum,
            limit_bytes=_LARGEST_BYTES,
            limit_time=order.download.timeout or _LONGEST,
            headers=order.download.headers,
        )
        tell = self._tells(order.name, 0, _DOWNLOADED_PERCENT)
        async with Downloader(self.settings.address_policy) as downloader:
            got = await downloader.fetch(wanted, lambda done, total: tell(100 * done // total if total else 0))
        return DiskImage(target, _format_of(source, target)), got.sha256

    async def _converted(self, order: ImageOrder, image: DiskImage) -> DiskImage:
        wanted = ImageFormat.named(order.format) if order.format else image.format
        wanted = wanted if order.format or wanted in _BOOTABLE else ImageFormat.QCOW2
        if wanted not in _BOOTABLE:
            raise Unsupported(f"image {order.name} can't be kept as {wanted}: machines boot from qcow2 and raw")
        if wanted is image.format:
            return image
        target = DiskImage(image.path.with_name("converted"), wanted)
        tell = self._tells(order.name, _DOWNLOADED_PERCENT, _CONVERTED_PERCENT)
        return (await convert(Conversion(source=image, target=target), tell)).image

    async def _keep(self, order: ImageOrder, pool: str, file: ImportedFile) -> None:
        """Write the volume; a task that is cancelled waits until the thread has let go."""
        stop = threading.Event()
        work = partial(image_store.keep, pool=pool, name=order.name, file=file, stop=stop)
        writing = asyncio.ensure_future(
            self.session.run(f"store image {order.name}", "images", lambda link: work(link.connection))
        )
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            stop.set()
            with contextlib.suppress(image_store.Stopped):
                await writing
            raise

    def _pool(self, order: ImageOrder) -> str:
        return order.storage or order.source.pool or self._default()

    def _default(self) -> str:
        return self.settings.default_datastore

    def _tells(self, name: str, low: int, high: int) -> Callable[[int], None]:
        return lambda percent: self.book.report(_key(name), percent=low + percent * (high - low) // 100)


def _key(name: str) -> str:
    """Name an import in the task book."""
    return f"import image {name}"


def _check(order: ImageOrder) -> None:
    if not _NAME.fullmatch(order.name):
        raise InvalidSpec(f"image name {order.name!a} cannot be part of a file name")
    _check_digest(order.source)


def _check_digest(source: BootImage) -> None:
    digits = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}
    checksum = source.checksum
    if checksum is not None and not re.fullmatch(f"[0-9a-fA-F]{{{digits[checksum.type]}}}", checksum.hex):
        raise InvalidSpec(f"{checksum.hex!a} is no {checksum.type} checksum: it has {digits[checksum.type]} digits")


def _format_of(source: BootImage, file: Path) -> ImageFormat:
    """Tell the format of a download: as the source says, else by its first bytes, else by the URL.

    Raises:
        InvalidSpec: Nothing tells it.
    """
    if source.format:
        return ImageFormat.named(source.format)
    with file.open("rb") as content:
        head = content.read(16)
    for magic, format_ in _MAGICS:
        if head.startswith(magic):
            return format_
    if urlsplit(source.url or "").path.lower().endswith(_RAW_SUFFIXES):
        return ImageFormat.RAW
    raise InvalidSpec("the format of the image can't be told: name it in source.libvirt.format, beside the url")
