"""Where a machine's root disk comes from, and how an image is made ready for that.

`Images` is the facet of providers that can fetch and prepare an image themselves, `ImageInventory` that of
providers that can also look for an image and delete one that they prepared.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from virtrigaud_api.contract.names import TaskRef

if TYPE_CHECKING:
    # What a verb answers knows machines, and machines know what they boot from.
    from virtrigaud_api.contract.tasks import Submitted


class ChecksumType(StrEnum):
    """The digest that a checksum was made with."""

    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    SHA512 = "sha512"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checksum:
    """A digest in lower-case hexadecimal."""

    type: ChecksumType
    hex: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BootImage:
    """An image that many machines share; a provider never writes to it.

    A VMImage may describe itself for several hypervisors at once; each provider takes the first
    field that means something to it.

    Attributes:
        template: Name or id of a template that the hypervisor knows.
        path: Path or volume of a disk image on the hypervisor's storage.
        url: Where the image can be fetched from.
        pool: Storage pool that holds the image or receives it.
    """

    template: str | None = None
    path: str | None = None
    url: str | None = None
    format: str | None = None
    checksum: Checksum | None = None
    pool: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedDisk:
    """A disk that exists already and becomes this machine's own root disk."""

    disk_id: str
    path: str | None = None
    format: str = "qcow2"


BootSource = BootImage | ImportedDisk


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """What the server of an image wants to hear, and how long it may take.

    Attributes:
        headers: Sent to the scheme, host and port of the URL only. They may hold secrets, so they never show.
        timeout: Longest time of the whole download; None leaves it to the provider.
    """

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageOrder:
    """Make an image ready under a name.

    Attributes:
        name: Name of the prepared image; preparing the same name again is no second effect.
        storage: Pool, datastore or storage to prepare it on; None leaves the choice to the provider.
        format: Format to keep the image in; None keeps it as it comes. Only an `ImageInventory` hears it.
        download: Of a source with a URL. Only an `ImageInventory` hears it.
    """

    name: str
    source: BootImage
    storage: str | None = None
    format: str | None = None
    download: Download = Download()


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedImage:
    """What `prepare_image` answers: how machines refer to the image, and the task that makes it."""

    id: str
    path: str | None = None
    task: TaskRef | None = None


@runtime_checkable
class Images(Protocol):
    """Facet of a provider that fetches and prepares images."""

    async def prepare_image(self, order: ImageOrder) -> PreparedImage:
        """Fetch, verify and store an image.

        Raises:
            InvalidSpec: The source means nothing to this provider, or the checksum does not match.
            NotFound: The source does not exist.
            NoCapacity: There is no room for it.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageState:
    """An image as the hypervisor has it: whole, and ready for machines.

    Attributes:
        id: How machines refer to it.
        path: Where it is, by a path of the hypervisor.
        size_bytes: Space that it takes up; 0 where nobody tells.
        format: Format of the disk; None where nobody tells.
        checksum: Digest of what was fetched, where it is known.
    """

    id: str
    path: str | None = None
    size_bytes: int = 0
    format: str | None = None
    checksum: Checksum | None = None


@runtime_checkable
class ImageInventory(Protocol):
    """Facet of a provider that can look for images, and delete those that it prepared."""

    async def image(self, order: ImageOrder) -> ImageState | None:
        """Look for the image that an order makes, or for the template or path that its source names.

        None only when the hypervisor says that it does not exist, or not yet whole.

        Raises:
            InvalidSpec: The source means nothing to this provider, or names what is no image.
            NotFound: The storage does not exist.
        """
        ...

    async def delete_image(self, name: str) -> "Submitted":
        """Delete what `prepare_image` made under a name, and nothing else. An absent one is success.

        Raises:
            WrongState: Disks of machines rest on it.
        """
        ...
