"""Everything that one reconcile of a Provider knows, as one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from virtrigaud_api.contract import Capabilities, ProviderError
from virtrigaud_api.v1beta1 import Provider, ProviderStatus, keys
from virtrigaud_api.v1beta1.provider import HealthCheck

from virtrigaud_manager.certificates.authority import Rule
from virtrigaud_manager.certificates.peer import Identities
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.secret_seen import SecretSeen
from virtrigaud_manager.cluster.workload import Workload
from virtrigaud_manager.kinds.provider.home import Home
from virtrigaud_manager.kinds.provider.names import deployment_key, service_key
from virtrigaud_manager.kinds.provider.tls_posture import Posture

_USERS_NAMED: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What the checks of the hypervisor have shown.

    Attributes:
        healthy: None before the first check.
        failures: Failed checks in a row.
        successes: Good checks in a row.
        checked: When it was asked last.
        changed: When `healthy` became what it is.
        error: What the last failed check said.
    """

    healthy: bool | None = None
    failures: int = 0
    successes: int = 0
    checked: datetime | None = None
    changed: datetime | None = None
    error: ProviderError | None = None
    capabilities: Capabilities | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What is known about one Provider.

    Attributes:
        missing: Secrets that the spec names and that do not exist.
        secrets: A digest of the versions of the Secrets that the pods read.
        faults: What the spec asks for and nobody does.
        workloads: What was made for it.
        users: The objects that refer to it.
        rule: How long certificates live that the manager issues.
        identities: Those that it issued for this Provider; None where the user brings them, or TLS is off.
        left_over: The Secret of certificates that the manager issued and that are not wanted any more.
    """

    provider: Provider
    status: ProviderStatus
    now: datetime
    home: Home
    posture: Posture
    faults: tuple[str, ...]
    missing: tuple[ObjectKey, ...]
    secrets: str
    workloads: Mapping[ObjectKey, Workload]
    health: Health
    users: tuple[ObjectKey, ...]
    rule: Rule
    identities: Identities | None = field(default=None, repr=False)
    left_over: SecretSeen | None = None

    @property
    def service(self) -> Workload | None:
        """Return the Service."""
        return self.workloads.get(service_key(self.provider))

    @property
    def deployment(self) -> Workload | None:
        """Return the Deployment."""
        return self.workloads.get(deployment_key(self.provider))

    @property
    def machines(self) -> int:
        """Return how many VirtualMachines refer to it."""
        return sum(user.kind is ObjectKind.VIRTUAL_MACHINE for user in self.users)

    @property
    def deleting(self) -> bool:
        """Tell whether the object is being deleted."""
        return self.provider.metadata.deletion_timestamp is not None

    @property
    def finalized(self) -> bool:
        """Tell whether our finalizer is on the object."""
        return keys.FINALIZER_PROVIDER in self.provider.metadata.finalizers

    @property
    def forced(self) -> bool:
        """Tell whether the user gave up whatever still needs it."""
        return self.provider.metadata.annotations.get(keys.ANNOTATION_FORCE_DELETE) == keys.ANNOTATION_TRUE

    @property
    def in_use(self) -> str:
        """Say who refers to it; empty where nobody does."""
        if not self.users:
            return ""
        first, more = self.users[:_USERS_NAMED], len(self.users) - _USERS_NAMED
        names = ", ".join(map(str, first)) + (f" and {more} more" if more > 0 else "")
        return f"{names} {'refers' if len(self.users) == 1 else 'refer'} to it"

    @property
    def health_check(self) -> HealthCheck:
        """Return how the health is watched."""
        return self.provider.spec.health_check or HealthCheck()

    @property
    def ready_replicas(self) -> int:
        """Return how many pods answer."""
        return self.deployment.ready_replicas if self.deployment is not None else 0

    @property
    def until_check(self) -> timedelta:
        """Return how long it is until the hypervisor has to be asked again; one that is not well, at once."""
        if self.health.checked is None or not self.health.healthy:
            return timedelta(0)
        interval = self.health_check.interval.timedelta
        return max(self.health.checked + interval - self.now, timedelta(0))
