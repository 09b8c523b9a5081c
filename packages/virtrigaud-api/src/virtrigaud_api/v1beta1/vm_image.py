"""The kind VMImage: what the root disk of a machine is made from. An image is never changed by a machine.

Its sources and its preparation have modules of their own.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from annotated_types import MaxLen
from pydantic import Field

from virtrigaud_api.quantity import Quantity
from virtrigaud_api.v1beta1 import keys
from virtrigaud_api.v1beta1.condition import Conditions
from virtrigaud_api.v1beta1.image_format import ImageFormat
from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.kube_object import KubeObject
from virtrigaud_api.v1beta1.phases import VMImagePhase
from virtrigaud_api.v1beta1.references import AllowedNamespaces
from virtrigaud_api.v1beta1.scalars import Boolean, Int32, Int64, Timestamp
from virtrigaud_api.v1beta1.vm_image_prepare import ImagePrepare
from virtrigaud_api.v1beta1.vm_image_source import ImageSource


class Architecture(StrEnum):
    """Processor architecture; x86_64 and aarch64 are other spellings of amd64 and arm64."""

    AMD64 = "amd64"
    ARM64 = "arm64"
    X86_64 = "x86_64"
    AARCH64 = "aarch64"


class OsFamily(StrEnum):
    """Family of operating systems."""

    LINUX = "linux"
    WINDOWS = "windows"
    BSD = "bsd"
    OTHER = "other"


class OsName(StrEnum):
    """Operating system or distribution."""

    UBUNTU = "ubuntu"
    CENTOS = "centos"
    RHEL = "rhel"
    FEDORA = "fedora"
    DEBIAN = "debian"
    SUSE = "suse"
    WINDOWS = "windows"
    FREEBSD = "freebsd"
    COREOS = "coreos"
    OTHER = "other"


class KernelType(StrEnum):
    """Sort of kernel."""

    LINUX = "linux"
    WINDOWS = "windows"
    FREEBSD = "freebsd"
    OTHER = "other"


class Kernel(KubeModel):
    """The kernel in the image."""

    type: KernelType | None = None
    """Sort of kernel."""
    version: str | None = None
    """Version of the kernel."""


class Distribution(KubeModel):
    """The operating system in the image."""

    name: OsName | None = None
    """Operating system or distribution."""
    family: OsFamily | None = None
    """Family of operating systems."""
    version: Annotated[str, MaxLen(100)] | None = None
    """Version, for example 24.04."""
    variant: Annotated[str, MaxLen(100)] | None = None
    """Variant, for example server."""
    kernel: Kernel | None = None
    """The kernel in the image."""


class ImageMetadata(KubeModel):
    """What people want to know about the image."""

    display_name: Annotated[str, MaxLen(255)] | None = None
    """Name for people."""
    description: Annotated[str, MaxLen(1024)] | None = None
    """What the image is for."""
    version: Annotated[str, MaxLen(100)] | None = None
    """Version of the image."""
    architecture: Architecture = Architecture.AMD64
    """Processor architecture that the image runs on."""
    tags: Annotated[Mapping[str, str], MaxLen(50)] = Field(default_factory=dict)
    """Tags to find the image by."""
    annotations: Annotated[Mapping[str, str], MaxLen(50)] = Field(default_factory=dict)
    """Further notes on the image."""


class VMImageSpec(KubeModel):
    """The image that is wanted."""

    source: ImageSource
    """Where the disk comes from."""
    prepare: ImagePrepare | None = None
    """How the image is brought to a provider that does not have it."""
    metadata: ImageMetadata | None = None
    """What people want to know about the image."""
    distribution: Distribution | None = None
    """The operating system in the image."""
    allowed_namespaces: AllowedNamespaces = ()
    """Other namespaces whose objects may refer to this image; * stands for all. None when left out."""


class ImageImportProgress(KubeModel):
    """How far an import has come."""

    percentage: Int32 | None = Field(default=None, ge=0, le=100)
    """How much is done, in percent."""
    transferred_bytes: Int64 | None = None
    """How much is transferred, in bytes."""
    total_bytes: Int64 | None = None
    """How much there is to transfer, in bytes."""
    transfer_rate: Int64 | None = None
    """How fast it goes, in bytes a second."""
    start_time: Timestamp | None = None
    """When the import began."""
    eta: str | None = None
    """How much longer it is expected to take."""


class ProviderImageStatus(KubeModel):
    """The image on one provider."""

    available: Boolean
    """Whether machines can be made from it."""
    id: str | None = None
    """The hypervisor's name for the image."""
    path: str | None = None
    """Where the image is, by a path of the hypervisor."""
    size: Quantity | None = None
    """Space that the image takes up there."""
    message: str | None = None
    """Where the image stands there, in one sentence."""
    last_updated: Timestamp | None = None
    """When this was last seen."""
    phase: VMImagePhase | None = None
    """Where the preparation stands there, in one word."""
    name: str | None = None
    """Name that the image is imported under; another source has another name."""
    format: str | None = None
    """Format of the image there."""
    task_ref: str | None = None
    """The hypervisor's task that imports or deletes the image at this time."""
    start_time: Timestamp | None = None
    """When the import began that is under way."""
    percentage: Int32 | None = Field(default=None, ge=0, le=100)
    """How much of the import is done, in percent."""
    attempts: Int32 | None = None
    """How often the import has failed since the spec was last changed."""
    final: Boolean | None = None
    """Whether the import failed in a way that only another spec can mend."""
    previous: tuple[str, ...] = ()
    """Names of imports of earlier sources that are still there, because machines rest on them or they are retained."""


class VMImageStatus(KubeModel):
    """The image as it was last seen."""

    ready: Boolean | None = None
    """Whether machines can be made from the image."""
    phase: VMImagePhase | None = None
    """Where the preparation stands, in one word."""
    message: str | None = None
    """Where the preparation stands, in one sentence."""
    available_on: tuple[str, ...] = ()
    """Providers that have the image."""
    provider_status: Mapping[str, ProviderImageStatus] = Field(default_factory=dict)
    """The image on each provider."""
    size: Quantity | None = None
    """Size of the image."""
    format: ImageFormat | None = None
    """Format of the image."""
    checksum: str | None = None
    """Checksum of the image as it was imported."""
    import_progress: ImageImportProgress | None = None
    """How far the import has come that is under way."""
    prepare_task_ref: str | None = None
    """The hypervisor's task that prepares the image at this time."""
    last_prepare_time: Timestamp | None = None
    """When the image was last prepared."""
    observed_generation: Int64 | None = None
    """The metadata.generation that this status speaks of."""
    conditions: Conditions = ()
    """What is known about the image, one fact per condition."""


class VMImage(KubeObject):
    """What the root disk of a virtual machine is made from."""

    names: ClassVar = keys.VM_IMAGE

    kind: Literal["VMImage"] = "VMImage"
    spec: VMImageSpec
    """The image that is wanted."""
    status: VMImageStatus = Field(default_factory=VMImageStatus)
    """The image as it was last seen. Written by VirtRigaud."""
