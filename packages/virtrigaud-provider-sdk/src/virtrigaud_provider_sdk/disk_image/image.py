"""An image file with its format, and what qemu-img reports about one, as values.

The JSON reports are those of `qemu-img --output=json`: https://www.qemu.org/docs/master/tools/qemu-img.html and
qapi/block-core.json (ImageInfo, ImageCheck, BlockMeasureInfo).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from virtrigaud_api.contract import InvalidSpec, ProviderFault, Unsupported


class ImageFormat(StrEnum):
    """The formats that images are read and written in, by qemu's names."""

    RAW = "raw"
    QCOW2 = "qcow2"
    VMDK = "vmdk"
    VDI = "vdi"
    VPC = "vpc"
    VHDX = "vhdx"

    @classmethod
    def named(cls, name: str) -> Self:
        """Return the format that a spec names.

        Raises:
            Unsupported: It is none of them.
        """
        try:
            return cls(_OTHER_NAMES.get(name.lower(), name.lower()))
        except ValueError:
            known = ", ".join(format_.value for format_ in cls)
            raise Unsupported(f"disk image format {name!a} is not known: this provider knows {known}") from None


_OTHER_NAMES: Mapping[str, str] = {"img": "raw", "iso": "raw", "vhd": "vpc"}


@dataclass(frozen=True, slots=True)
class DiskImage:
    """An image file. The path is absolute, so that qemu-img can't take it for a protocol or an option.

    Raises:
        ValueError: The path is relative or has a control character.
    """

    path: Path
    format: ImageFormat

    def __post_init__(self) -> None:
        if not self.path.is_absolute() or not str(self.path).isprintable():
            raise ValueError(f"the path of a disk image must be absolute and printable: {str(self.path)!a}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageInfo:
    """What an image is.

    Attributes:
        virtual_size_bytes: Capacity that a guest sees.
        allocated_bytes: Space that the file takes.
        backing_file: The image below, as this image names it; None stands alone.
        other_files: Files besides its own that hold the image's data (a data file, extents).
        snapshots: Names of the internal snapshots.
    """

    format: ImageFormat
    virtual_size_bytes: int
    allocated_bytes: int
    backing_file: str | None = None
    other_files: tuple[str, ...] = ()
    is_encrypted: bool = False
    is_corrupt: bool = False
    snapshots: tuple[str, ...] = ()

    @classmethod
    def read(cls, report: bytes, path: Path) -> Self:
        """Read the report of `qemu-img info`.

        Raises:
            ProviderFault: It is not what qemu-img is known to say.
        """
        document = document_of(report)
        specific = document.get("format-specific", {}).get("data", {})
        named = [specific.get("data-file"), *(extent.get("filename") for extent in specific.get("extents", ()))]
        try:
            return cls(
                format=ImageFormat(document["format"]),
                virtual_size_bytes=document["virtual-size"],
                allocated_bytes=document.get("actual-size", 0),
                backing_file=document.get("backing-filename"),
                other_files=tuple(name for name in named if name and name != str(path)),
                is_encrypted=bool(document.get("encrypted")),
                is_corrupt=bool(specific.get("corrupt")),
                snapshots=tuple(snapshot["name"] for snapshot in document.get("snapshots", ())),
            )
        except (KeyError, ValueError) as error:
            raise ProviderFault(f"cannot read what qemu-img said about {path.name}: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """What a check found. Leaks waste space; corruptions and errors lose data."""

    corruptions: int = 0
    leaks: int = 0
    errors: int = 0

    @property
    def is_sound(self) -> bool:
        """Whether nothing is lost."""
        return self.corruptions == 0 and self.errors == 0

    @classmethod
    def read(cls, report: bytes) -> Self:
        """Read the report of `qemu-img check`."""
        document = document_of(report)
        return cls(
            corruptions=document.get("corruptions", 0),
            leaks=document.get("leaks", 0),
            errors=document.get("check-errors", 0),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """How much space a conversion needs: at first, and when every sector has been written once."""

    required_bytes: int
    fully_allocated_bytes: int

    @classmethod
    def read(cls, report: bytes) -> Self:
        """Read the report of `qemu-img measure`."""
        document = document_of(report)
        return cls(required_bytes=document["required"], fully_allocated_bytes=document["fully-allocated"])


def require_standalone(info: ImageInfo, name: str, virtual_limit_bytes: int) -> None:
    """Return when an image from outside is all in its own file and not larger than allowed.

    Raises:
        InvalidSpec: It is not.
    """
    if info.backing_file is not None or info.other_files:
        raise InvalidSpec(f"image {name} refers to other files, which an image from outside must not")
    if info.is_encrypted:
        raise InvalidSpec(f"image {name} is encrypted, and nobody here has its key")
    if info.is_corrupt:
        raise InvalidSpec(f"image {name} is marked as corrupt")
    if info.virtual_size_bytes > virtual_limit_bytes:
        limit = f"{info.virtual_size_bytes} bytes, more than the {virtual_limit_bytes} allowed"
        raise InvalidSpec(f"image {name} claims a capacity of {limit}")


def document_of(report: bytes) -> dict[str, Any]:
    """Read a JSON report.

    Raises:
        ProviderFault: It is none.
    """
    try:
        document = json.loads(report)
    except ValueError as error:
        raise ProviderFault("cannot read what qemu-img said: it is no JSON") from error
    if not isinstance(document, dict):
        raise ProviderFault("cannot read what qemu-img said: it is no JSON object")
    return document
