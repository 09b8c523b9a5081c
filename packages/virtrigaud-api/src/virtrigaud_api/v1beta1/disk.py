"""A data disk of a virtual machine, beside the root disk that comes from the image."""

from enum import StrEnum

from pydantic import Field

from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.scalars import DnsLabel, Int32


class DiskType(StrEnum):
    """How a disk takes its space, or what it rests on."""

    THIN = "thin"
    THICK = "thick"
    EAGER_ZEROED_THICK = "eagerzeroedthick"
    SSD = "ssd"
    HDD = "hdd"


class DiskExpandPolicy(StrEnum):
    """Whether a disk may grow while the machine runs."""

    ONLINE = "Online"
    OFFLINE = "Offline"


class DiskRemovalPolicy(StrEnum):
    """What becomes of the content of a disk that is taken out of the list of disks."""

    RETAIN = "Retain"
    DELETE = "Delete"


class ScsiControllerType(StrEnum):
    """Model of a SCSI controller."""

    LSI_LOGIC = "lsilogic"
    BUS_LOGIC = "buslogic"
    LSI_LOGIC_SAS = "lsilogic-sas"
    PARAVIRTUAL = "pvscsi"


class ScsiSharedBus(StrEnum):
    """Who else may use the disks of a SCSI controller."""

    NO_SHARING = "noSharing"
    VIRTUAL_SHARING = "virtualSharing"
    PHYSICAL_SHARING = "physicalSharing"


class ScsiController(KubeModel):
    """The SCSI controller that a disk is attached to."""

    controller: Int32 | None = Field(default=None, ge=0, le=3)
    """Number of the controller within the machine."""
    controller_type: ScsiControllerType = ScsiControllerType.PARAVIRTUAL
    """Model of the controller."""
    shared_bus: ScsiSharedBus = ScsiSharedBus.NO_SHARING
    """Whether machines on the same host (virtualSharing) or on any host (physicalSharing) may share the bus."""


class Disk(KubeModel):
    """A data disk."""

    name: DnsLabel
    """Name of the disk, unique in the machine; the disk keeps its identity by it."""
    size_gib: Int32 = Field(ge=1, le=65536)
    """Size in GiB. A disk can grow, never shrink."""
    type: DiskType = DiskType.THIN
    """How the disk takes its space: on demand (thin), at once (thick), zeroed at once, or the medium it wants."""
    expand_policy: DiskExpandPolicy = DiskExpandPolicy.OFFLINE
    """Whether the disk may grow while the machine runs (Online) or only while it is off (Offline)."""
    removal_policy: DiskRemovalPolicy = DiskRemovalPolicy.RETAIN
    """What becomes of the disk when it is taken out of this list: it is unplugged and kept until the machine is
    deleted, and comes back with its content when it is listed again (Retain), or its content is removed (Delete)."""
    storage_class: str | None = None
    """Storage of the hypervisor that the disk goes to, by the provider's name for it."""
    scsi: ScsiController | None = None
    """The SCSI controller that the disk is attached to."""
