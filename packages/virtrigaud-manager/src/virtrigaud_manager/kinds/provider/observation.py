"""Everything that one reconcile of a Provider knows, as one frozen value."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from virtrigaud_api.contract import Capabilities, ProviderError
from virtrigaud_api.v1beta1 import Provider, ProviderStatus
from virtrigaud_api.v1beta1.provider import HealthCheck

from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.cluster.workload import Workload
from virtrigaud_manager.kinds.provider.tls_posture import Posture


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
        faults: What the spec asks for and nobody does.
        machines: Number of VirtualMachines that refer to it.
    """

    provider: Provider
    status: ProviderStatus
    now: datetime
    posture: Posture
    faults: tuple[str, ...]
    missing: tuple[ObjectKey, ...]
    service: Workload | None
    deployment: Workload | None
    health: Health
    machines: int

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
