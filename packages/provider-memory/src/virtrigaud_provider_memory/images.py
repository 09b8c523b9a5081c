"""Preparing images, and what an image's bytes are: the reference provider invents them from the name."""

import hashlib

from virtrigaud_api.contract import Checksum, ChecksumType, ImageOrder, ImageState, InvalidSpec, WrongState

from virtrigaud_provider_memory.capacity import GIB
from virtrigaud_provider_memory.checks import check_boot, check_storage
from virtrigaud_provider_memory.create import image_name
from virtrigaud_provider_memory.settings import MemorySettings
from virtrigaud_provider_memory.world import Body, Forget, Image, Keep, Machine, World


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


def prepare(world: World, settings: MemorySettings, order: ImageOrder) -> None:
    """Store the image under the order's name."""
    content = image_name(order.source) or ""
    image = Image(
        id=order.name,
        path=image_path(order.name),
        content=content,
        size_bytes=settings.image_size * GIB,
        format=order.format or order.source.format,
        checksum=order.source.checksum or _digest(content),
    )
    world.apply(Keep(image))


def find(world: World, settings: MemorySettings, order: ImageOrder) -> ImageState | None:
    """Look for the image that the order makes, or for the one that its source names here."""
    check_storage(order.storage, settings)
    here = order.source.template or order.source.path
    made = world.images.get(here or order.name)
    if made is not None:
        return ImageState(
            id=made.id, path=made.path, size_bytes=made.size_bytes, format=made.format, checksum=made.checksum
        )
    if here is None or (settings.images is not None and here not in settings.images):
        return None
    return ImageState(id=here, size_bytes=settings.image_size * GIB, format=order.source.format)


def delete(world: World, name: str) -> None:
    """Remove a prepared image, if it is there.

    Raises:
        WrongState: Disks share its blocks.
    """
    found = world.images.get(name)
    if found is None:
        return
    bodies = (body for machine in world.machines.values() for body in _bodies(machine))
    if any(disk.backing == found.path for body in bodies for disk in body.disks):
        raise WrongState(f"cannot delete image {name}: disks of machines rest on it")
    world.apply(Forget(found))


def _bodies(machine: Machine) -> tuple[Body, ...]:
    return (machine.body, *(snapshot.body for snapshot in machine.snapshots))


def _digest(content: str) -> Checksum:
    return Checksum(type=ChecksumType.SHA256, hex=hashlib.sha256(content.encode()).hexdigest())
