"""Disks: the root disk made from an image, data disks, disks that exist already, and disks as seen."""

from dataclasses import dataclass
from enum import StrEnum

from virtrigaud_api.contract.units import GiB


class DiskType(StrEnum):
    """How a disk is provisioned, or on what kind of device."""

    THIN = "thin"
    THICK = "thick"
    EAGER_ZEROED_THICK = "eagerzeroedthick"
    SSD = "ssd"
    HDD = "hdd"
    NVME = "nvme"


class ScsiController(StrEnum):
    """The model of an emulated SCSI controller."""

    LSI_LOGIC = "lsilogic"
    BUS_LOGIC = "buslogic"
    LSI_LOGIC_SAS = "lsilogic-sas"
    PVSCSI = "pvscsi"


class SharedBus(StrEnum):
    """Whether a SCSI bus is shared between machines."""

    NONE = "noSharing"
    VIRTUAL = "virtualSharing"
    PHYSICAL = "physicalSharing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scsi:
    """The place of a disk on a SCSI bus."""

    controller: int | None = None
    model: ScsiController = ScsiController.PVSCSI
    shared_bus: SharedBus = SharedBus.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class RootDisk:
    """The disk that is made from the boot image.

    Attributes:
        size: Wanted capacity; None keeps the image's. A disk grows and never shrinks.
        iops: Cap of I/O operations per second.
        storage_class: Where it lives, in the hypervisor's own word (pool, datastore, storage).
    """

    size: GiB | None = None
    type: DiskType | None = None
    iops: int | None = None
    storage_class: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DataDisk:
    """An empty disk beside the root disk, known by its name within the machine.

    Attributes:
        size: Wanted capacity. A disk grows and never shrinks.
        grows_online: It may grow while the machine runs; otherwise it waits for the machine to be off.
        deleted_when_removed: What becomes of it when a later spec does not name it any more: its content is
            removed, or (by default) it is unplugged and kept until the machine is deleted, so that a spec that
            names it again finds its content.
    """

    name: str
    size: GiB
    type: DiskType | None = None
    grows_online: bool = False
    storage_class: str | None = None
    scsi: Scsi | None = None
    deleted_when_removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskState:
    """A disk as the hypervisor shows it.

    Attributes:
        id: The provider's stable name of the disk within the machine.
        size_bytes: Capacity that the guest sees.
        name: Name of the data disk in the spec; empty for a disk that the spec does not name.
        is_root: It is the disk that was made from the boot source.
    """

    id: str
    path: str
    size_bytes: int
    format: str
    name: str = ""
    is_root: bool = False
