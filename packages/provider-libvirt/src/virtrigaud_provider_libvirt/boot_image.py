"""Finds the image that a machine boots from among the volumes of the hypervisor's pools.

Only volumes count, because pools are what the hypervisor's administrator has put up for use; a path
outside would let anybody who can name an image read the host's files.
"""

import contextlib
from collections.abc import Callable, Iterable
from functools import partial

import libvirt
from virtrigaud_api.contract import BootImage, BootSource, ImportedDisk, InvalidSpec, NotFound, Unsupported

from virtrigaud_provider_libvirt import volumes
from virtrigaud_provider_libvirt.faults import is_absent
from virtrigaud_provider_libvirt.identity import is_volume_of_a_machine
from virtrigaud_provider_libvirt.image_checksum import VerifiedImages
from virtrigaud_provider_libvirt.pools import file_pool
from virtrigaud_provider_libvirt.volumes import Backing

_FORMATS = frozenset({"qcow2", "raw"})


def wanted_path(boot: BootSource) -> str:
    """The image's path or volume name, as the spec says it.

    Raises:
        InvalidSpec: The image describes itself for other hypervisors only.
        Unsupported: The machine should start from something else than a prepared image.
    """
    match boot:
        case ImportedDisk(disk_id=disk):
            raise Unsupported(f"cannot start from the imported disk {disk}: this provider starts machines from images")
        case BootImage(path=str(path)) if path:
            return path
        case BootImage(url=str(url)) if url:
            raise Unsupported("machines start from images that are in a storage pool: prepare the image first")
        case _:
            raise InvalidSpec("the image names no path for libvirt: set source.libvirt.path")


def find(connection: libvirt.virConnect, boot: BootSource, default_pool: str, verified: VerifiedImages) -> Backing:
    """Find the image, and check its digest where the spec has one.

    Raises:
        NotFound: No pool has it.
        InvalidSpec: Its format or digest is not what the spec says, or it is a machine's own disk.
        Unsupported: Machines cannot boot from its format.
    """
    path = wanted_path(boot)
    image = boot if isinstance(boot, BootImage) else BootImage()
    volume = _look_up(connection, path, image.pool or default_pool)
    if is_volume_of_a_machine(volume.name()):
        raise InvalidSpec(f"{path} is the disk of a machine and no image")
    shape = volumes.format_of(volume)
    if shape not in _FORMATS:
        raise Unsupported(f"image {path} is in format {shape}; machines boot from {' and '.join(sorted(_FORMATS))}")
    if image.format and image.format != shape:
        raise InvalidSpec(f"image {path} is in format {shape}, the spec says {image.format}")
    if image.checksum is not None:
        verified.require(connection, volume, image.checksum)
    return Backing(path=volume.path(), format=shape)


def _look_up(connection: libvirt.virConnect, path: str, default_pool: str) -> libvirt.virStorageVol:
    """Look among the known volumes, then once more after the pools have looked at their folders."""
    if path.startswith("/"):
        place = "any storage pool"
        pools = connection.listAllStoragePools(libvirt.VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE)
        look_up = partial(connection.storageVolLookupByPath, path)
    else:
        named, _, volume = path.rpartition("/")
        pool = file_pool(connection, named or default_pool)
        place, pools, look_up = f"storage pool {pool.name()}", [pool], partial(pool.storageVolLookupByName, volume)
    found = _known(look_up) or _refreshed(pools, look_up)
    if found is None:
        raise NotFound(f"image {path} does not exist in {place} of the hypervisor")
    return found


def _known(look_up: Callable[[], libvirt.virStorageVol]) -> libvirt.virStorageVol | None:
    try:
        return look_up()
    except libvirt.libvirtError as error:
        if not is_absent(error, libvirt.VIR_ERR_NO_STORAGE_VOL):
            raise
        return None


def _refreshed(
    pools: Iterable[libvirt.virStoragePool], look_up: Callable[[], libvirt.virStorageVol]
) -> libvirt.virStorageVol | None:
    for pool in pools:
        # A pool with running jobs cannot be refreshed; then what it knows already counts.
        with contextlib.suppress(libvirt.libvirtError):
            pool.refresh()
    return _known(look_up)
