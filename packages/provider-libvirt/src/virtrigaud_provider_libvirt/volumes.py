"""Volumes: the files of machines, made, filled, grown and removed through libvirt's storage API.

A volume's name tells whose it is (`identity`), so that one left over by an interrupted call is used again.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import libvirt
from virtrigaud_api.contract import Busy, GiB, InvalidSpec

from virtrigaud_provider_libvirt.domain_xml.document import element, parse, render, text_of
from virtrigaud_provider_libvirt.faults import is_absent

_BYTES_PER_GIB = 1 << 30
_OVERLAY_FORMAT = "qcow2"
_CAPACITY_FIELD = 1
_MADE_BY_ANOTHER = (
    libvirt.VIR_ERR_NO_STORAGE_VOL,
    libvirt.VIR_ERR_STORAGE_VOL_EXIST,
    libvirt.VIR_ERR_OPERATION_INVALID,
)
_READABLE_BY_THE_HYPERVISOR_ONLY = "0600"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backing:
    """The image below a copy-on-write volume; never written to."""

    path: str
    format: str


@dataclass(frozen=True, slots=True)
class Made:
    """A volume, and whether this call made it."""

    volume: libvirt.virStorageVol
    is_fresh: bool


def bytes_of(size: GiB) -> int:
    """The size in bytes."""
    return size * _BYTES_PER_GIB


def overlay(pool: libvirt.virStoragePool, name: str, backing: Backing, size: GiB | None) -> Made:
    """Make a copy-on-write volume over an image, as large as the image or larger.

    Raises:
        InvalidSpec: The wanted size is less than the image's.
    """
    below = element(
        "backingStore",
        None,
        element("path", text=backing.path),
        element("format", {"type": backing.format}),
    )
    wanted = element("volume", None, element("name", text=name), target_of(_OVERLAY_FORMAT), below)
    with _alone(name):
        _forget_other_overlay(pool, name, backing, size)
        made = _create(pool, name, wanted)
        capacity = made.volume.info()[_CAPACITY_FIELD]
        if size is not None and bytes_of(size) > capacity:
            made.volume.resize(bytes_of(size))
    if size is not None and bytes_of(size) < capacity:
        made.volume.delete()
        whole = -(-capacity // _BYTES_PER_GIB)
        raise InvalidSpec(f"a root disk of {size} GiB is too small: image {backing.path} needs at least {whole} GiB")
    return made


def blank(pool: libvirt.virStoragePool, name: str, size: GiB, *, preallocated: bool) -> Made:
    """Make an empty volume, sparse or with its space set aside; one that is there already keeps its content.

    Raises:
        InvalidSpec: It is there already and larger.
    """
    capacity = str(bytes_of(size))
    allocation = capacity if preallocated else "0"
    wanted = element(
        "volume",
        None,
        element("name", text=name),
        element("capacity", {"unit": "bytes"}, text=capacity),
        element("allocation", {"unit": "bytes"}, text=allocation),
        target_of(_OVERLAY_FORMAT),
    )
    with _alone(name):
        made = _create(pool, name, wanted)
    if not made.is_fresh and (bytes_wanted := growth(made.volume, size)) is not None:
        made.volume.resize(bytes_wanted)
    return made


def growth(volume: libvirt.virStorageVol, size: GiB) -> int | None:
    """How many bytes the volume has to grow to; None when it has that size.

    Raises:
        InvalidSpec: It would have to shrink.
    """
    capacity = volume.info()[_CAPACITY_FIELD]
    if bytes_of(size) < capacity:
        whole = -(-capacity // _BYTES_PER_GIB)
        raise InvalidSpec(f"disk {volume.name()} has {whole} GiB and cannot shrink to {size} GiB")
    return bytes_of(size) if bytes_of(size) > capacity else None


def grow(connection: libvirt.virConnect, pool: str, name: str, size_bytes: int) -> None:
    """Make a volume that no machine runs on as large as that, or leave it larger."""
    volume = connection.storagePoolLookupByName(pool).storageVolLookupByName(name)
    if volume.info()[_CAPACITY_FIELD] < size_bytes:
        volume.resize(size_bytes)


def filled(pool: libvirt.virStoragePool, name: str, content: bytes) -> Made:
    """Make a raw volume with this content; one that is there already is overwritten."""
    length = str(len(content))
    wanted = element(
        "volume",
        None,
        element("name", text=name),
        element("capacity", {"unit": "bytes"}, text=length),
        target_of("raw"),
    )
    with _alone(name):
        made = _create(pool, name, wanted)
        if not made.is_fresh and made.volume.info()[_CAPACITY_FIELD] < len(content):
            made.volume.resize(len(content))
        _upload(pool.connect(), made.volume, content)
    return made


def remove(connection: libvirt.virConnect, pool: str, name: str) -> None:
    """Remove a volume; one that is absent, or whose pool is, counts as removed."""
    try:
        volume = connection.storagePoolLookupByName(pool).storageVolLookupByName(name)
        volume.delete()
    except libvirt.libvirtError as error:
        if not is_absent(error, libvirt.VIR_ERR_NO_STORAGE_VOL, libvirt.VIR_ERR_NO_STORAGE_POOL):
            raise


def content_of(connection: libvirt.virConnect, volume: libvirt.virStorageVol) -> bytes:
    """Read a small volume whole."""
    stream, pieces = connection.newStream(), list[bytes]()
    volume.download(stream, 0, 0)
    stream.recvAll(lambda _stream, block, _opaque: pieces.append(block), None)
    stream.finish()
    return b"".join(pieces)


def format_of(volume: libvirt.virStorageVol) -> str:
    """The format of a volume's file."""
    found = parse(volume.XMLDesc()).find("target/format")
    return "raw" if found is None else found.get("type", "raw")


def backing_path_of(volume: libvirt.virStorageVol) -> str:
    """The path of the image below a volume; empty where there is none."""
    return text_of(parse(volume.XMLDesc()), "backingStore/path")


def _forget_other_overlay(pool: libvirt.virStoragePool, name: str, backing: Backing, size: GiB | None) -> None:
    """Remove what an interrupted call left over another image, or larger than it is wanted now."""
    found = _find(pool, name)
    if found is None:
        return
    too_large = size is not None and found.info()[_CAPACITY_FIELD] > bytes_of(size)
    if too_large or backing_path_of(found) != backing.path:
        found.delete()


@contextlib.contextmanager
def _alone(name: str) -> Iterator[None]:
    """Tell when another process makes the same volume at the same time; soon it will be there.

    Raises:
        Busy: The volume was there and is not, was not there and is, or is not finished.
    """
    try:
        yield
    except libvirt.libvirtError as error:
        if is_absent(error, *_MADE_BY_ANOTHER):
            raise Busy(f"volume {name} is being made by another process") from error
        raise


def _create(pool: libvirt.virStoragePool, name: str, wanted: ET.Element) -> Made:
    found = _find(pool, name)
    if found is not None:
        return Made(found, is_fresh=False)
    return Made(pool.createXML(render(wanted)), is_fresh=True)


def _find(pool: libvirt.virStoragePool, name: str) -> libvirt.virStorageVol | None:
    try:
        return pool.storageVolLookupByName(name)
    except libvirt.libvirtError as error:
        if not is_absent(error, libvirt.VIR_ERR_NO_STORAGE_VOL):
            raise
        return None


def target_of(shape: str) -> ET.Element:
    """Say what a volume's file is, and that only the hypervisor reads it."""
    permissions = element("permissions", None, element("mode", text=_READABLE_BY_THE_HYPERVISOR_ONLY))
    return element("target", None, element("format", {"type": shape}), permissions)


def _upload(connection: libvirt.virConnect, volume: libvirt.virStorageVol, content: bytes) -> None:
    stream = connection.newStream()
    view = memoryview(content)
    try:
        volume.upload(stream, 0, len(content))
        while view:
            view = view[stream.send(bytes(view[: 1 << 18])) :]
        stream.finish()
    except libvirt.libvirtError:
        with contextlib.suppress(libvirt.libvirtError):
            stream.abort()
        raise
