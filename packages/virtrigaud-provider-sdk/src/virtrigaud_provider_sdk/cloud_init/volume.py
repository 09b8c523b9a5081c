"""Documents as an ISO 9660 image with Rock Ridge and Joliet names, which every guest can mount.

The same documents are always the same bytes: every date in the image is one fixed moment, so that a seed made
again after a crash equals the first and nothing is uploaded twice.

Source: ECMA-119 (ISO 9660), sections 8.4 and 9.1 for where the dates stand.
"""

import io
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, Final

import pycdlib
from pycdlib.dates import DirectoryRecordDate

_SECTOR: Final = 2048
_FIRST_DESCRIPTOR: Final = 16 * _SECTOR
_LAST_DESCRIPTOR_TYPE: Final = 255
_VOLUME_DATES: Final = slice(813, 881)
_MOMENT: Final = b"1980010100000000\x00"
_NO_MOMENT: Final = b"0" * 16 + b"\x00"
_RECORD_MOMENT: Final = bytes((80, 1, 1, 0, 0, 0, 0))


def iso_image(label: str, documents: Mapping[str, bytes]) -> bytes:
    """Return the image.

    Args:
        label: Volume label, at most 16 characters (Joliet's limit).
        documents: Content by path, such as "user-data" or "openstack/latest/user_data".
    """
    volume = pycdlib.PyCdlib()
    volume.new(interchange_level=3, joliet=3, rock_ridge="1.09", vol_ident=label)
    try:
        folders = _folders(documents)
        for folder in folders:
            volume.add_directory(_plain(folder), rr_name=folder.name, joliet_path=f"/{folder}")
        for name, content in documents.items():
            path = PurePosixPath(name)
            plain = f"{_plain(path)}{'' if '.' in path.name else '.'};1"
            volume.add_fp(io.BytesIO(content), len(content), plain, rr_name=path.name, joliet_path=f"/{path}")
        for record in _records(volume, [PurePosixPath(), *folders]):
            _settle_dates(record)
        image = io.BytesIO()
        volume.write_fp(image)
    finally:
        volume.close()
    return _with_settled_descriptors(image)


def _folders(documents: Mapping[str, bytes]) -> list[PurePosixPath]:
    """Return the folders of the documents, each before what it contains."""
    folders = {folder for name in documents for folder in PurePosixPath(name).parents if folder.name}
    return sorted(folders, key=lambda folder: (len(folder.parts), str(folder)))


def _plain(path: PurePosixPath) -> str:
    """Return the path for readers that know neither Rock Ridge nor Joliet."""
    return "/" + str(path).replace("-", "").upper()


def _records(volume: pycdlib.PyCdlib, folders: list[PurePosixPath]) -> Iterator[Any]:
    """Yield every directory record of the image, of both name spaces."""
    for descriptor in (volume.pvd, volume.joliet_vd):
        if descriptor is not None:
            yield descriptor.root_directory_record()
    for folder in folders:
        where = "" if folder == PurePosixPath() else str(folder)
        yield from volume.list_children(rr_path=f"/{where}")
        yield from volume.list_children(joliet_path=f"/{where}")


def _settle_dates(record: Any) -> None:  # noqa: ANN401 - pycdlib has no types
    moment = DirectoryRecordDate()
    moment.parse(_RECORD_MOMENT)
    record.date = moment
    if record.rock_ridge is None:
        return
    for entries in (record.rock_ridge.dr_entries, record.rock_ridge.ce_entries):
        if entries is not None and entries.tf_record is not None:
            times = entries.tf_record
            times.access_time = times.modification_time = times.attribute_change_time = moment


def _with_settled_descriptors(image: io.BytesIO) -> bytes:
    """Write the dates of the volume descriptors, which pycdlib takes from the clock while it writes."""
    content = image.getbuffer()
    start = _FIRST_DESCRIPTOR
    while content[start] != _LAST_DESCRIPTOR_TYPE:
        descriptor = content[start : start + _SECTOR]
        descriptor[_VOLUME_DATES] = _MOMENT + _MOMENT + _NO_MOMENT + _MOMENT
        start += _SECTOR
    content.release()
    return image.getvalue()
