"""The kind Provider: a hypervisor, how it is reached, and how the process that drives it is run.

The runtime and the status have modules of their own.
"""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from virtrigaud_api.quantity import Duration
from virtrigaud_api.v1beta1 import keys
from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.kube_object import KubeObject
from virtrigaud_api.v1beta1.provider_runtime import ProviderRuntime
from virtrigaud_api.v1beta1.provider_status import ProviderStatus
from virtrigaud_api.v1beta1.references import AllowedNamespaces, ObjectReference
from virtrigaud_api.v1beta1.scalars import Boolean, DnsLabel, Int32, Integer, NativeName

_ENDPOINT = r"^[a-z][a-z0-9+.-]*://.+$"


class ProviderType(StrEnum):
    """The types of providers that are known by name; a Provider may have any other."""

    VSPHERE = "vsphere"
    LIBVIRT = "libvirt"
    PROXMOX = "proxmox"
    MEMORY = "memory"
    FIRECRACKER = "firecracker"
    QEMU = "qemu"


class ProviderDefaults(KubeModel):
    """Places for machines that do not say where they go."""

    cluster: NativeName | None = None
    """Cluster of hosts."""
    datastore: NativeName | None = None
    """Datastore, storage pool or storage for disks."""
    storage_pod: NativeName | None = None
    """Group of datastores out of which the hypervisor chooses one."""
    folder: NativeName | None = None
    """Folder of the inventory."""
    resource_pool: NativeName | None = None
    """Resource pool inside the cluster."""
    network: NativeName | None = None
    """Network for interfaces that name none."""


class RateLimit(KubeModel):
    """How often the hypervisor is called."""

    qps: Integer = Field(default=10, ge=1, le=1000)
    """Calls a second, on average."""
    burst: Integer = Field(default=20, ge=1, le=2000)
    """Calls at once, after a pause."""


class HealthCheck(KubeModel):
    """How the health of the hypervisor is watched."""

    enabled: Boolean = True
    """Whether it is watched."""
    interval: Duration = Duration("30s")
    """Time between two checks."""
    timeout: Duration = Duration("10s")
    """How long an answer may take."""
    failure_threshold: Int32 = Field(default=3, ge=1, le=10)
    """Failed checks in a row after which the provider is not healthy."""
    success_threshold: Int32 = Field(default=1, ge=1, le=10)
    """Good checks in a row after which the provider is healthy again."""


class ConnectionPooling(KubeModel):
    """The connection to the provider's process, which all calls share."""

    max_connections: Int32 = Field(default=10, ge=1, le=100)
    """Most calls at the same time. They share one connection."""
    max_idle_connections: Int32 = Field(default=5, ge=1)
    """Most connections that wait for work. There is never more than one."""
    connection_timeout: Duration = Duration("30s")
    """How long connecting may take."""
    idle_timeout: Duration = Duration("5m")
    """How long a connection waits for work before it is closed."""


class ProviderSpec(KubeModel):
    """The hypervisor, and the process that drives it."""

    type: DnsLabel
    """Sort of provider: vsphere, libvirt, proxmox, memory, or the name of one made elsewhere."""
    endpoint: Annotated[str, StringConstraints(pattern=_ENDPOINT)]
    """Where the hypervisor is, as a URL: https://vcenter.example, qemu+ssh://user@host/system, memory://demo."""
    credential_secret_ref: ObjectReference
    """The Secret in the Provider's namespace with what opens the hypervisor. Only the provider's process reads it."""
    insecure_skip_verify: Boolean = False
    """Whether any certificate of the hypervisor is accepted. For tests only."""
    runtime: ProviderRuntime
    """How the process that drives the hypervisor is run."""
    allowed_namespaces: AllowedNamespaces = ()
    """Other namespaces whose objects may refer to this Provider; * stands for all. None when left out."""
    defaults: ProviderDefaults | None = None
    """Places for machines that do not say where they go."""
    health_check: HealthCheck | None = None
    """How the health of the hypervisor is watched."""
    rate_limit: RateLimit | None = None
    """How often the hypervisor is called."""
    connection_pooling: ConnectionPooling | None = None
    """The connection to the provider's process, and how many calls it is given at a time."""


class Provider(KubeObject):
    """A hypervisor that virtual machines run on."""

    names: ClassVar = keys.PROVIDER

    kind: Literal["Provider"] = "Provider"
    spec: ProviderSpec
    """The hypervisor, and the process that drives it."""
    status: ProviderStatus = Field(default_factory=ProviderStatus)
    """The provider as it was last seen. Written by VirtRigaud."""
