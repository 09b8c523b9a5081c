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
    """An empty disk beside the root disk, known by its name within the machine."""

    name: str
    size: GiB
    type: DiskType | None = None
    grows_online: bool = False
    storage_class: str | None = None
    scsi: Scsi | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskState:
    """A disk as the hypervisor shows it.

    Attributes:
        id: The provider's stable name of the disk within the machine.
        size_bytes: Capacity that the guest sees.
    """

    id: str
    path: str
    size_bytes: int
    format: str
