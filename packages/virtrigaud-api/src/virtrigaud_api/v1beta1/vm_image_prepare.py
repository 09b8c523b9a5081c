"""How an image is brought to a provider that does not have it."""

from enum import StrEnum
from typing import Annotated

from annotated_types import MaxLen
from pydantic import Field

from virtrigaud_api.quantity import Duration
from virtrigaud_api.v1beta1.image_format import ImageFormat
from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.references import ObjectReference
from virtrigaud_api.v1beta1.scalars import Boolean, Int32, NativeName


class OnMissing(StrEnum):
    """What happens when a provider does not have the image."""

    IMPORT = "Import"
    FAIL = "Fail"
    WAIT = "Wait"


class ImageDeletionPolicy(StrEnum):
    """What becomes of an imported image that nothing needs any more."""

    DELETE = "Delete"
    RETAIN = "Retain"


class DatastoreDiskType(StrEnum):
    """How a disk takes its space on a vSphere datastore."""

    THIN = "thin"
    THICK = "thick"
    EAGER_ZEROED_THICK = "eagerzeroedthick"


class AllocationPolicy(StrEnum):
    """When a volume takes its space."""

    EAGER = "eager"
    LAZY = "lazy"


class Preallocation(StrEnum):
    """How much of a volume is allocated when it is made."""

    OFF = "off"
    METADATA = "metadata"
    FALLOC = "falloc"
    FULL = "full"


class VSphereImageStorage(KubeModel):
    """Where vSphere keeps the image."""

    datastore: NativeName | None = None
    """Datastore."""
    folder: NativeName | None = None
    """Folder of the inventory."""
    disk_type: DatastoreDiskType | None = None
    """How the disk takes its space."""
    thin_provisioned: Boolean | None = None
    """Whether the disk takes its space on demand."""


class LibvirtImageStorage(KubeModel):
    """Where libvirt keeps the image."""

    storage_pool: NativeName | None = None
    """Storage pool."""
    allocation_policy: AllocationPolicy | None = None
    """Whether the volume takes its space at once (eager) or on demand (lazy)."""
    preallocation: Preallocation | None = None
    """How much of the volume is allocated when it is made."""


class ImageStorage(KubeModel):
    """How a provider keeps the image."""

    preferred_format: ImageFormat | None = None
    """Format to keep the image in; the provider's own when left out."""
    compression: Boolean = False
    """Whether the image is kept compressed."""
    vsphere: VSphereImageStorage | None = None
    """Where vSphere keeps the image."""
    libvirt: LibvirtImageStorage | None = None
    """Where libvirt keeps the image."""


class ImageOptimization(KubeModel):
    """What is done to the image after the import."""

    convert_format: ImageFormat | None = None
    """Format to convert the image to."""
    enable_compression: Boolean = False
    """Whether the image is compressed."""
    remove_unused_space: Boolean = False
    """Whether blocks without content are given back."""
    enable_delta_sync: Boolean = False
    """Whether a later import transfers only what has changed."""


class ImagePrepare(KubeModel):
    """How the image is brought to a provider."""

    on_missing: OnMissing = OnMissing.IMPORT
    """When the provider does not have the image: import it, fail, or wait until it is there."""
    validate_checksum: Boolean = True
    """Whether what is downloaded must match its checksum."""
    timeout: Duration = Duration("30m")
    """How long the preparation may take."""
    retries: Int32 = Field(default=3, ge=0, le=10)
    """How often a failed preparation is tried again."""
    force: Boolean | None = None
    """Whether the image is imported although the provider has it."""
    storage: ImageStorage | None = None
    """How the provider keeps the image."""
    optimization: ImageOptimization | None = None
    """What is done to the image after the import."""
    providers: Annotated[tuple[ObjectReference, ...], MaxLen(50)] = ()
    """Providers that get the image before a machine needs it there."""
    deletion_policy: ImageDeletionPolicy = ImageDeletionPolicy.DELETE
    """What becomes of an image that was imported, when the VMImage is deleted or has another source and no machine
    rests on it: Delete removes it from the hypervisor, Retain leaves it. What was not imported always stays."""
