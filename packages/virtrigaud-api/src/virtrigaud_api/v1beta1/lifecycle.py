"""Hooks at the start and before the stop of a virtual machine, and how long a graceful shutdown may take."""

from enum import StrEnum
from typing import Annotated

from annotated_types import MaxLen, MinLen

from virtrigaud_api.quantity import Duration
from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.scalars import Boolean, HostName, NativeName, Port


class UrlScheme(StrEnum):
    """How an HTTP hook connects."""

    HTTP = "HTTP"
    HTTPS = "HTTPS"


class ExecHook(KubeModel):
    """A command inside the guest."""

    command: Annotated[tuple[str, ...], MinLen(1)]
    """The program and its arguments; no shell interprets them."""


class HttpGetHook(KubeModel):
    """An HTTP GET request."""

    port: Port
    """TCP port."""
    host: HostName | None = None
    """Host name or address; that of the machine when left out."""
    path: Annotated[str, MaxLen(2048)] | None = None
    """Path of the request, with its query."""
    scheme: UrlScheme = UrlScheme.HTTP
    """HTTP, or HTTPS with verification."""


class SnapshotHook(KubeModel):
    """A snapshot of the machine."""

    name: NativeName
    """Name of the snapshot on the hypervisor."""
    description: Annotated[str, MaxLen(1024)] | None = None
    """What the snapshot is for."""
    include_memory: Boolean | None = None
    """Whether the memory of the running machine goes into the snapshot."""


class LifecycleHook(KubeModel):
    """What is done at a point of the machine's life."""

    exec: ExecHook | None = None
    """Run a command inside the guest."""
    http_get: HttpGetHook | None = None
    """Send an HTTP GET request."""
    snapshot: SnapshotHook | None = None
    """Take a snapshot."""
    timeout: Duration = Duration("60s")
    """How long the hook may take; then it has failed."""


class Lifecycle(KubeModel):
    """Hooks and grace around starting and stopping."""

    graceful_shutdown_timeout: Duration = Duration("60s")
    """How long the guest may take to shut down before it is switched off."""
    post_start: LifecycleHook | None = None
    """Done after the machine has started."""
    pre_stop: LifecycleHook | None = None
    """Done before the machine is stopped."""
