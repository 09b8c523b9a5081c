"""The first bytes of an image from outside, judged before any program opens it.

An image can name other files (a backing file, a data file, extents, a parent), and whoever opens the image opens
those too: a way to read the files of the host. So the header is read here, by a few fixed offsets.

Sources: https://www.qemu.org/docs/master/interop/qcow2.html and VMware's "Virtual Disk Format 5.0".
"""

import os
import stat
import struct
from pathlib import Path
from typing import Final

from virtrigaud_api.contract import InvalidSpec

from virtrigaud_provider_sdk.disk_image.image import DiskImage, ImageFormat

_HEAD_BYTES: Final = 64 << 10
_DESCRIPTOR_BYTES: Final = 64 << 10
_SECTOR: Final = 512

_QCOW2_MAGIC: Final = b"QFI\xfb"
_VMDK_MAGIC: Final = b"KDMV"
_MAGICS: Final = (
    (0, _QCOW2_MAGIC, ImageFormat.QCOW2),
    (0, _VMDK_MAGIC, ImageFormat.VMDK),
    (0, b"# Disk DescriptorFile", ImageFormat.VMDK),
    (0, b"vhdxfile", ImageFormat.VHDX),
    (0, b"conectix", ImageFormat.VPC),
    (0x40, b"\x7f\x10\xda\xbe", ImageFormat.VDI),
)
_WITHOUT_MAGIC_AT_FRONT: Final = (ImageFormat.RAW, ImageFormat.VPC)

_QCOW2_HEADER: Final = struct.Struct(">4sIQIIQI")
_QCOW2_INCOMPATIBLE: Final = struct.Struct(">Q")
_QCOW2_INCOMPATIBLE_OFFSET: Final = 72
_QCOW2_DATA_FILE: Final = 1 << 2
_QCOW2_VERSION_WITH_FEATURES: Final = 3

_VMDK_CAPACITY_AND_DESCRIPTOR: Final = struct.Struct("<QQQ")
_VMDK_CAPACITY_OFFSET: Final = 12
_VMDK_USUAL_DESCRIPTOR: Final = 0x200
_VMDK_PARENT: Final = b"parentfilenamehint"


def judge_first_bytes(image: DiskImage) -> None:
    """Return when the file begins as its format does and names no other file.

    Raises:
        InvalidSpec: It does not, or it is no regular file.
        OSError: It cannot be read.
    """
    descriptor = os.open(image.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise InvalidSpec(f"image {image.path.name} is no regular file")
        head = os.pread(descriptor, _HEAD_BYTES, 0)
        _judge_format(image, head)
        match image.format:
            case ImageFormat.QCOW2:
                _judge_qcow2(image.path, head)
            case ImageFormat.VMDK:
                _judge_vmdk(image.path, head, descriptor)
            case ImageFormat.RAW | ImageFormat.VDI | ImageFormat.VPC | ImageFormat.VHDX:
                # Their drivers in qemu follow no reference to another file.
                pass
    finally:
        os.close(descriptor)


def _judge_format(image: DiskImage, head: bytes) -> None:
    """A wrong word about the format makes one program safe and the next one open what it should not."""
    seen = next((kind for offset, magic, kind in _MAGICS if head[offset:].startswith(magic)), None)
    if seen is image.format or (seen is None and image.format in _WITHOUT_MAGIC_AT_FRONT):
        return
    found = f"begins like {seen}" if seen is not None else "does not begin like that"
    raise InvalidSpec(f"image {image.path.name} is said to be {image.format} and {found}")


def _judge_qcow2(path: Path, head: bytes) -> None:
    if len(head) < _QCOW2_INCOMPATIBLE_OFFSET + _QCOW2_INCOMPATIBLE.size:
        raise InvalidSpec(f"image {path.name} is too short for qcow2")
    _magic, version, backing_offset, backing_size, _cluster_bits, _size, encryption = _QCOW2_HEADER.unpack_from(head)
    if backing_offset or backing_size:
        raise InvalidSpec(f"image {path.name} has a backing file, which an image from outside must not")
    if encryption:
        raise InvalidSpec(f"image {path.name} is encrypted, and nobody here has its key")
    (features,) = _QCOW2_INCOMPATIBLE.unpack_from(head, _QCOW2_INCOMPATIBLE_OFFSET)
    if version >= _QCOW2_VERSION_WITH_FEATURES and features & _QCOW2_DATA_FILE:
        raise InvalidSpec(f"image {path.name} has an external data file, which an image from outside must not")


def _judge_vmdk(path: Path, head: bytes, descriptor: int) -> None:
    if not head.startswith(_VMDK_MAGIC) or len(head) < _SECTOR:
        raise InvalidSpec(f"image {path.name} is a VMDK whose data are in other files: give a monolithic one")
    capacity, _grain, place = _VMDK_CAPACITY_AND_DESCRIPTOR.unpack_from(head, _VMDK_CAPACITY_OFFSET)
    if capacity == 0:
        raise InvalidSpec(f"image {path.name} is a VMDK whose data are in other files: give a monolithic one")
    for offset in {_VMDK_USUAL_DESCRIPTOR, min(place * _SECTOR, os.fstat(descriptor).st_size)}:
        if _VMDK_PARENT in os.pread(descriptor, _DESCRIPTOR_BYTES, offset).lower():
            raise InvalidSpec(f"image {path.name} has a parent, which an image from outside must not")
