"""How the disks of a clone are copied: how much is shared, where they go, how fast, and how often it is tried."""

from enum import StrEnum
from typing import Annotated

from annotated_types import MaxLen
from pydantic import Field

from virtrigaud_api.quantity import Duration
from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.scalars import Boolean, Int32, NativeName
from virtrigaud_api.v1beta1.vm_class import RootDiskType


class CloneType(StrEnum):
    """How much a clone shares with its source."""

    FULL = "FullClone"
    LINKED = "LinkedClone"
    INSTANT = "InstantClone"


class ClonePriority(StrEnum):
    """How much the copy may get in the way of other work."""

    LOW = "Low"
    NORMAL = "Normal"
    HIGH = "High"


class CloneStorage(KubeModel):
    """Where the new disks go."""

    datastore: NativeName | None = None
    """Datastore, storage pool or storage; that of the source when left out."""
    folder: NativeName | None = None
    """Folder of the inventory."""
    storage_class: Annotated[str, MaxLen(253)] | None = None
    """Storage of the hypervisor that the disks go to, by the provider's name for it."""
    disk_format: RootDiskType | None = None
    """How the disks take their space; as those of the source when left out."""
    prefer_thin_provisioning: Boolean = True
    """Whether the disks take their space on demand where diskFormat says nothing."""
    enable_compression: Boolean = False
    """Whether the disks are compressed."""


class ClonePerformance(KubeModel):
    """How fast the copy may go."""

    priority: ClonePriority = ClonePriority.NORMAL
    """How much the copy may get in the way of other work."""
    concurrent_disks: Int32 = Field(default=2, ge=1, le=10)
    """Number of disks that are copied at once."""
    io_throttling: Boolean = False
    """Whether maxIOPS holds."""
    max_iops: Int32 | None = Field(default=None, ge=100, le=100000)
    """Most input and output operations a second."""


class CloneRetryPolicy(KubeModel):
    """How often a clone is tried again."""

    max_retries: Int32 = Field(default=3, ge=0, le=10)
    """Most attempts after the first one."""
    retry_delay: Duration = Duration("5m")
    """Time before the first of them."""
    backoff_multiplier: Int32 = 2
    """How many times longer each wait is than the one before."""


class CloneOptions(KubeModel):
    """How the copy is made."""

    type: CloneType = CloneType.FULL
    """What is shared: nothing (FullClone), the source's blocks (LinkedClone), or its memory too (InstantClone)."""
    power_on: Boolean = False
    """Whether the new machine is started."""
    include_snapshots: Boolean = False
    """Whether the snapshots of the source are copied too."""
    parallel: Boolean = False
    """Whether several disks are copied at once."""
    timeout: Duration = Duration("30m")
    """How long the copy may take."""
    storage: CloneStorage | None = None
    """Where the new disks go."""
    performance: ClonePerformance | None = None
    """How fast the copy may go."""
    retry_policy: CloneRetryPolicy | None = None
    """How often the clone is tried again."""
