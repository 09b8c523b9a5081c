"""The volumes of one machine: made by create and reconfigure, noted in the domain's metadata, removed by delete."""

from collections.abc import Iterable

import libvirt
from virtrigaud_api.contract import DataDisk, DiskType, RootDisk

from virtrigaud_provider_libvirt import pools, volumes
from virtrigaud_provider_libvirt.domain_xml.disk import ROOT_TARGET, AttachedDisk, DiskFile, Taken, place
from virtrigaud_provider_libvirt.domain_xml.metadata import IGNITION_ROLE, ROOT_ROLE, SEED_ROLE, OwnedVolume, disk_role
from virtrigaud_provider_libvirt.identity import Identity

_QCOW2, _ISO, _IGNITION = "qcow2", "iso", "ign"


class MachineVolumes:
    """Makes volumes for a machine and remembers which."""

    def __init__(self, connection: libvirt.virConnect, identity: Identity, default_pool: str) -> None:
        self._connection = connection
        self._identity = identity
        self._default_pool = default_pool
        self._owned: list[OwnedVolume] = []
        self._fresh: list[OwnedVolume] = []

    @property
    def owned(self) -> tuple[OwnedVolume, ...]:
        """All of them, whether this call made them or an earlier one."""
        return tuple(self._owned)

    def root(self, wanted: RootDisk, backing: volumes.Backing) -> DiskFile:
        """The disk over the image."""
        pool = pools.file_pool(self._connection, wanted.storage_class or self._default_pool)
        name = self._identity.volume(ROOT_ROLE, _QCOW2)
        made = volumes.overlay(pool, name, backing, wanted.size)
        return self._noted(OwnedVolume(role=ROOT_ROLE, pool=pool.name(), name=name, target=ROOT_TARGET), made)

    def data(self, wanted: Iterable[DataDisk], taken: Taken) -> tuple[AttachedDisk, ...]:
        """Empty disks, each with a place in the guest that is not taken."""
        attached = []
        for disk, target in place(wanted, taken):
            pool = pools.file_pool(self._connection, disk.storage_class or self._default_pool)
            role = disk_role(disk.name)
            name = self._identity.volume(role, _QCOW2)
            made = volumes.blank(pool, name, disk.size, preallocated=disk.type is DiskType.THICK)
            owned = OwnedVolume(
                role=role,
                pool=pool.name(),
                name=name,
                target=target.device,
                goes_when_removed=disk.deleted_when_removed,
            )
            file = self._noted(owned, made)
            attached.append(AttachedDisk(disk=disk, file=file, target=target))
        return tuple(attached)

    def seed(self, image: bytes) -> str:
        """The cloud-init seed; returns its path."""
        return self._filled(SEED_ROLE, _ISO, image)

    def ignition(self, config: bytes) -> str:
        """The Ignition config; returns its path."""
        return self._filled(IGNITION_ROLE, _IGNITION, config)

    def discard(self) -> None:
        """Remove what this call made."""
        for volume in self._fresh:
            volumes.remove(self._connection, volume.pool, volume.name)

    def _filled(self, role: str, suffix: str, content: bytes) -> str:
        pool = pools.file_pool(self._connection, self._default_pool)
        name = self._identity.volume(role, suffix)
        made = volumes.filled(pool, name, content)
        return self._noted(OwnedVolume(role=role, pool=pool.name(), name=name), made).path

    def _noted(self, owned: OwnedVolume, made: volumes.Made) -> DiskFile:
        self._owned.append(owned)
        if made.is_fresh:
            self._fresh.append(owned)
        return DiskFile(path=made.volume.path(), format=_QCOW2)
