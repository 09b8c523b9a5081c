"""Imported images as volumes: looked for, filled, marked as whole, and deleted, through libvirt's storage API.

An import is a volume of a name that only imports have, and beside it a small volume that is written when the import
is whole. What an interrupted import left has no such mark, or half of one, counts as absent, and is made anew.
"""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import libvirt
from virtrigaud_api.contract import Checksum, ChecksumType, ImageState, WrongState

from virtrigaud_provider_libvirt import volumes
from virtrigaud_provider_libvirt.domain_xml.document import element, parse, render, text_of
from virtrigaud_provider_libvirt.faults import is_absent
from virtrigaud_provider_libvirt.pools import file_pool

_PREFIX: Final = "virtrigaud-image-"
_MARK: Final = ".ready"
_BLOCK_BYTES: Final = 1 << 20
_ALLOCATION_FIELD: Final = 2
_FORMAT, _SHA256 = "format", "sha256"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedFile:
    """A local file that becomes a volume: what it is, and the digest of what was downloaded."""

    path: Path
    format: str
    virtual_size_bytes: int
    sha256: str


class Stopped(Exception):
    """The import was cancelled while its bytes were written."""


def path_of(connection: libvirt.virConnect, pool: str, name: str) -> str:
    """Where an import is, or will be."""
    folder = text_of(parse(file_pool(connection, pool).XMLDesc()), "target/path")
    return f"{folder}/{_volume(name)}"


def find(connection: libvirt.virConnect, pool: str, name: str) -> ImageState | None:
    """Look for an import; None when it is not there, or not whole."""
    found = file_pool(connection, pool)
    mark, volume = _known(found, _volume(name) + _MARK), _known(found, _volume(name))
    if mark is None or volume is None:
        return None
    try:
        said = json.loads(volumes.content_of(connection, mark))
        format_, digest = str(said[_FORMAT]), str(said[_SHA256])
    except (ValueError, KeyError, TypeError):
        return None
    return ImageState(
        id=_volume(name),
        path=volume.path(),
        size_bytes=volume.info()[_ALLOCATION_FIELD],
        format=format_,
        checksum=Checksum(type=ChecksumType.SHA256, hex=digest),
    )


def keep(connection: libvirt.virConnect, pool: str, name: str, file: ImportedFile, stop: threading.Event) -> None:
    """Make the volume from the file, and mark it when it is whole.

    Raises:
        Stopped: `stop` was set meanwhile; nothing is left.
    """
    target = file_pool(connection, pool)
    _remove(target, _volume(name) + _MARK)
    _remove(target, _volume(name))
    volume = target.createXML(_document(_volume(name), file))
    try:
        with file.path.open("rb") as content:
            _fill(connection, volume, content, file.path.stat().st_size, stop)
    except BaseException:
        _remove(target, _volume(name))
        raise
    mark = {_FORMAT: file.format, _SHA256: file.sha256}
    volumes.filled(target, _volume(name) + _MARK, json.dumps(mark).encode())


def delete(connection: libvirt.virConnect, name: str) -> None:
    """Remove an import from whichever pool has it.

    Raises:
        WrongState: Disks rest on it.
    """
    pools = connection.listAllStoragePools(libvirt.VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE)
    for pool in pools:
        volume = _known(pool, _volume(name))
        user = next(_resting_on(pools, volume.path()), None) if volume is not None else None
        if user is not None:
            raise WrongState(f"cannot delete image {name}: volume {user} rests on it")
        _remove(pool, _volume(name) + _MARK)
        _remove(pool, _volume(name))


def is_import(volume: str) -> bool:
    """The volume's name is one that imports get."""
    return volume.startswith(_PREFIX)


def _volume(name: str) -> str:
    return f"{_PREFIX}{name}"


def _resting_on(pools: list[libvirt.virStoragePool], path: str) -> Iterator[str]:
    for pool in pools:
        for volume in pool.listAllVolumes():
            if volumes.backing_path_of(volume) == path:
                yield volume.name()


def _document(name: str, file: ImportedFile) -> str:
    return render(
        element(
            "volume",
            None,
            element("name", text=name),
            element("capacity", {"unit": "bytes"}, text=str(file.virtual_size_bytes)),
            element("allocation", {"unit": "bytes"}, text="0"),
            volumes.target_of(file.format),
        )
    )


def _fill(
    connection: libvirt.virConnect, volume: libvirt.virStorageVol, content: BinaryIO, size: int, stop: threading.Event
) -> None:
    stream = connection.newStream()
    volume.upload(stream, 0, size)
    try:
        while block := content.read(_BLOCK_BYTES):
            _go_on(stop)
            view = memoryview(block)
            while view:
                view = view[stream.send(bytes(view[: 1 << 18])) :]
        stream.finish()
    except BaseException:
        stream.abort()
        raise


def _go_on(stop: threading.Event) -> None:
    if stop.is_set():
        raise Stopped


def _known(pool: libvirt.virStoragePool, name: str) -> libvirt.virStorageVol | None:
    try:
        return pool.storageVolLookupByName(name)
    except libvirt.libvirtError as error:
        if not is_absent(error, libvirt.VIR_ERR_NO_STORAGE_VOL):
            raise
        return None


def _remove(pool: libvirt.virStoragePool, name: str) -> None:
    volumes.remove(pool.connect(), pool.name(), name)
