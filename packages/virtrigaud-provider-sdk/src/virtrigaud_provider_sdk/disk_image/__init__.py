"""Disk images by qemu-img: looked at, made, converted, grown and checked.

Providers that hold image files themselves use this. Formats are always said and never guessed, an image that
comes from outside stands alone or is refused, and nothing appears under its name before it is whole.
"""

from virtrigaud_provider_sdk.disk_image.image import CheckReport, DiskImage, ImageFormat, ImageInfo, Measure
from virtrigaud_provider_sdk.disk_image.qemu_img import (
    Conversion,
    Converted,
    accept_from_outside,
    check,
    convert,
    create,
    create_overlay,
    info,
    measure,
    resize,
)
from virtrigaud_provider_sdk.draft_file import sha256_of

__all__ = [
    "CheckReport",
    "Conversion",
    "Converted",
    "DiskImage",
    "ImageFormat",
    "ImageInfo",
    "Measure",
    "accept_from_outside",
    "check",
    "convert",
    "create",
    "create_overlay",
    "info",
    "measure",
    "resize",
    "sha256_of",
]
