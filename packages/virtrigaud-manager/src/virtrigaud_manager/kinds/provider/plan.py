"""The one next thing to do for a Provider. Pure and total; the first rule that applies wins."""

from datetime import timedelta
from typing import Any

from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.cluster.satisfied import is_satisfied
from virtrigaud_manager.cluster.workload import Workload
from virtrigaud_manager.kinds.provider.actions import (
    Action,
    Apply,
    AwaitRuntime,
    AwaitSecrets,
    Check,
    Refuse,
    Settle,
)
from virtrigaud_manager.kinds.provider.cluster_service import cluster_service
from virtrigaud_manager.kinds.provider.deployment import deployment
from virtrigaud_manager.kinds.provider.names import deployment_key, service_key
from virtrigaud_manager.kinds.provider.observation import Observation


def plan(o: Observation) -> Action:
    """Decide the next action."""
    if o.faults or not o.posture.allows_to_run:
        return Refuse(o.faults or (o.posture.message,))
    return (
        _apply(service_key(o.provider), cluster_service(o.provider), o.service)
        or _await_secrets(o)
        or _apply(deployment_key(o.provider), deployment(o.provider), o.deployment)
        or _run(o)
    )


def _apply(key: ObjectKey, manifest: dict[str, Any], found: Workload | None) -> Action | None:
    wanted = {name: manifest[name] for name in ("metadata", "spec")}
    if found is not None and is_satisfied(wanted, found.document):
        return None
    return Apply(key, manifest)


def _await_secrets(o: Observation) -> Action | None:
    return AwaitSecrets(o.missing) if o.missing else None


def _run(o: Observation) -> Action:
    if o.ready_replicas == 0:
        return AwaitRuntime()
    if not o.health_check.enabled:
        return Settle(None) if o.health.capabilities is not None else _check(o)
    return _check(o) if o.until_check == timedelta(0) else Settle(o.until_check)


def _check(o: Observation) -> Check:
    return Check(o.health_check.timeout.timedelta)
