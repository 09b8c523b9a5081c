"""Preparing images, and what an image's bytes are: the reference provider invents them from the name."""

import hashlib

from virtrigaud_api.contract import ImageOrder, InvalidSpec

from virtrigaud_provider_memory.checks import check_boot, check_storage
from virtrigaud_provider_memory.create import image_name
from virtrigaud_provider_memory.settings import MemorySettings
from virtrigaud_provider_memory.world import Image, Keep, World


def image_path(name: str) -> str:
    """Return the path of a prepared image."""
    return f"memory://images/{name}"


def check_order(world: World, settings: MemorySettings, order: ImageOrder) -> None:
    """Check that an image can be prepared.

    Raises:
        InvalidSpec: The source names nothing, its checksum is none, or its bytes do not match it.
        NotFound: The source or the storage does not exist.
    """
    check_boot(order.source, world, settings)
    check_storage(order.storage, settings)
    checksum = order.source.checksum
    if checksum is None:
        return
    source = image_name(order.source)
    digits = hashlib.new(checksum.type, usedforsecurity=False).digest_size * 2
    if len(checksum.hex) != digits or not set(checksum.hex) <= set("0123456789abcdef"):
        raise InvalidSpec(f"the checksum of image {source} is no {checksum.type} digest of {digits} hexadecimal digits")
    if source in settings.damaged_images:
        raise InvalidSpec(f"the bytes of image {source} do not match the {checksum.type} checksum {checksum.hex}")


def prepare(world: World, order: ImageOrder) -> None:
    """Store the image under the order's name."""
    content = image_name(order.source) or ""
    world.apply(Keep(Image(id=order.name, path=image_path(order.name), content=content)))
