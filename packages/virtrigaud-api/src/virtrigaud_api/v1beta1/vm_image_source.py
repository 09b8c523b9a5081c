"""Where the disk of an image comes from: the hypervisor's own store, HTTP, a registry or a DataVolume.

An image may name one source for each sort of provider; a provider takes the one that is meant for it.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from annotated_types import MaxLen
from pydantic import Field, StringConstraints

from virtrigaud_api.quantity import Duration
from virtrigaud_api.tls_secret import TLS_CERTIFICATE, TLS_PRIVATE_KEY
from virtrigaud_api.v1beta1.image_format import ChecksumType, ImageFormat
from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.references import LocalReference, ObjectReference
from virtrigaud_api.v1beta1.scalars import Boolean, HttpUrl, Integer, NativeName


class ProxmoxImageFormat(StrEnum):
    """Format of a disk on Proxmox VE."""

    RAW = "raw"
    QCOW2 = "qcow2"
    VMDK = "vmdk"


class ContentLibraryItem(KubeModel):
    """An item of a vSphere content library."""

    library: NativeName
    """Name of the library."""
    item: NativeName
    """Name of the item."""
    version: str | None = None
    """Version of the item; the newest when left out."""


class VSphereImageSource(KubeModel):
    """An image of a vCenter, or one that it can import."""

    template_name: NativeName | None = None
    """Name or inventory path of a template."""
    content_library: ContentLibraryItem | None = None
    """An item of a content library."""
    ova_url: Annotated[str, StringConstraints(pattern=r"^https?://.*\.(ova|ovf)$")] | None = None
    """Where an OVA or OVF can be downloaded."""
    checksum: str | None = None
    """Checksum of what is downloaded, in hexadecimal digits."""
    checksum_type: ChecksumType = ChecksumType.SHA256
    """Algorithm of the checksum."""
    provider_ref: LocalReference | None = None
    """The Provider that has the template."""


class LibvirtImageSource(KubeModel):
    """An image of a libvirt host, or one that it can download."""

    path: str | None = None
    """A file of the host, or the name of a volume in the storage pool."""
    url: Annotated[str, StringConstraints(pattern=r"^(https?|ftp)://.*")] | None = None
    """Where the image can be downloaded."""
    format: ImageFormat = ImageFormat.QCOW2
    """Format of the image."""
    storage_pool: NativeName | None = None
    """Storage pool that has the image or takes it."""
    checksum: str | None = None
    """Checksum of the image, in hexadecimal digits."""
    checksum_type: ChecksumType = ChecksumType.SHA256
    """Algorithm of the checksum."""


class ProxmoxImageSource(KubeModel):
    """A template of Proxmox VE."""

    template_id: Integer | None = Field(default=None, ge=100, le=999999999)
    """Number (VMID) of the template."""
    template_name: NativeName | None = None
    """Name of the template, where the number is not known."""
    storage: NativeName | None = None
    """Storage for the disks of the machines."""
    node: NativeName | None = None
    """Node that has the template."""
    format: ProxmoxImageFormat = ProxmoxImageFormat.QCOW2
    """Format of the machines' disks."""
    full_clone: Boolean = True
    """Whether machines get a copy of the disk; with false they share the template's blocks."""


class BasicAuth(KubeModel):
    """A user name and a password."""

    secret_ref: LocalReference
    """The Secret that holds both."""
    username_key: str = "username"
    """Key of the user name in the Secret."""
    password_key: str = "password"  # noqa: S105 - the key's name, no password
    """Key of the password in the Secret."""


class BearerToken(KubeModel):
    """A bearer token."""

    secret_ref: LocalReference
    """The Secret that holds the token."""
    token_key: str = "token"  # noqa: S105 - the key's name, no token
    """Key of the token in the Secret."""


class ClientCertificate(KubeModel):
    """A TLS client certificate."""

    secret_ref: LocalReference
    """The Secret that holds certificate and key."""
    cert_key: str = TLS_CERTIFICATE
    """Key of the certificate in the Secret."""
    key_key: str = TLS_PRIVATE_KEY
    """Key of the private key in the Secret."""


class HttpAuthentication(KubeModel):
    """How a download proves who asks."""

    basic_auth: BasicAuth | None = None
    """By a user name and a password."""
    bearer: BearerToken | None = None
    """By a bearer token."""
    client_cert: ClientCertificate | None = None
    """By a TLS client certificate."""


class HttpImageSource(KubeModel):
    """An image that is downloaded over HTTP."""

    url: HttpUrl
    """Where the image can be downloaded."""
    headers: Annotated[Mapping[str, str], MaxLen(20)] = Field(default_factory=dict, repr=False)
    """Headers of the request. Put secrets in authentication."""
    authentication: HttpAuthentication | None = None
    """How the download proves who asks."""
    checksum: str | None = None
    """Checksum of the image, in hexadecimal digits."""
    checksum_type: ChecksumType = ChecksumType.SHA256
    """Algorithm of the checksum."""
    timeout: Duration = Duration("30m")
    """How long the download may take."""


class RegistryImageSource(KubeModel):
    """An image that is packed as a container image."""

    image: Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9._/-]+:[a-zA-Z0-9._-]+$")]
    """Name and tag of the container image."""
    format: ImageFormat = ImageFormat.QCOW2
    """Format of the disk image inside."""
    pull_secret_ref: LocalReference | None = None
    """The Secret that opens the registry."""


class ImageSource(KubeModel):
    """Where the disk comes from; at least one source."""

    vsphere: VSphereImageSource | None = None
    """For vSphere: a template, a content library item, or an OVA."""
    libvirt: LibvirtImageSource | None = None
    """For libvirt: a file, a volume or a URL."""
    proxmox: ProxmoxImageSource | None = None
    """For Proxmox VE: a template."""
    http: HttpImageSource | None = None
    """For all providers that can import: a download."""
    registry: RegistryImageSource | None = None
    """For all providers that can import: a container image."""
    data_volume: ObjectReference | None = None
    """A DataVolume of KubeVirt's containerized data importer."""
