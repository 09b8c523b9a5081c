"""Which objects a Provider wants, and how one that is there becomes what it shall be. Pure; part of `plan`."""

from collections.abc import Mapping
from typing import Any, Final

from virtrigaud_manager.cluster.foreign_fields import foreign_writers
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.satisfied import is_satisfied
from virtrigaud_manager.cluster.store import FIELD_MANAGER
from virtrigaud_manager.cluster.workload import Workload
from virtrigaud_manager.kinds.provider.actions import Action, Apply, Remove, Update
from virtrigaud_manager.kinds.provider.cluster_service import cluster_service
from virtrigaud_manager.kinds.provider.deployment import deployment
from virtrigaud_manager.kinds.provider.disruption_budget import disruption_budget, wants_disruption_budget
from virtrigaud_manager.kinds.provider.names import (
    deployment_key,
    disruption_budget_key,
    issued_key,
    network_policy_key,
    service_key,
)
from virtrigaud_manager.kinds.provider.network_policy import network_policy, wants_network_policy
from virtrigaud_manager.kinds.provider.observation import Observation

Manifest = dict[str, Any]

_GIVEN: Final[Mapping[ObjectKind, tuple[str, ...]]] = {
    ObjectKind.SERVICE: ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy")
}
"""Fields of a spec that the API server chose and that can't be changed or are not to be."""


def around_the_pods(o: Observation) -> Action | None:
    """Bring the Service, the NetworkPolicy and the PodDisruptionBudget to what they shall be."""
    policy = network_policy(o.provider, o.home) if wants_network_policy(o.provider, o.home) else None
    budget = disruption_budget(o.provider) if wants_disruption_budget(o.provider) else None
    return (
        _bring(o, service_key(o.provider), cluster_service(o.provider))
        or _bring(o, network_policy_key(o.provider), policy)
        or _bring(o, disruption_budget_key(o.provider), budget)
        or (Remove(issued_key(o.provider), o.left_over.uid) if o.left_over is not None else None)
    )


def the_pods(o: Observation) -> Action | None:
    """Bring the Deployment to what it shall be."""
    return _bring(o, deployment_key(o.provider), deployment(o.provider, o.home, o.secrets))


def _bring(o: Observation, key: ObjectKey, wanted: Manifest | None) -> Action | None:
    found = o.workloads.get(key)
    if wanted is None:
        ours = found is not None and found.controller_uid == o.provider.metadata.uid
        return Remove(key, found.uid) if found is not None and ours else None
    if found is None:
        return Apply(key, wanted)
    writers = foreign_writers(found.document, FIELD_MANAGER, wanted["spec"])
    if not writers and is_satisfied({name: wanted[name] for name in ("metadata", "spec")}, found.document):
        return None
    return Update(key, _replaced(key, found, wanted), writers)


def _replaced(key: ObjectKey, found: Workload, wanted: Manifest) -> Manifest:
    """Return the whole object as it shall be: the spec is ours alone, the metadata is shared with others."""
    metadata, mine = found.document.get("metadata", {}), wanted["metadata"]
    spec = found.document.get("spec", {})
    given = {name: spec[name] for name in _GIVEN.get(key.kind, ()) if name in spec}
    kept = {name: metadata[name] for name in ("annotations", "finalizers") if metadata.get(name)}
    return {
        **wanted,
        "metadata": {
            **kept,
            **mine,
            "labels": {**metadata.get("labels", {}), **mine["labels"]},
            "uid": found.uid,
            "resourceVersion": found.resource_version,
        },
        "spec": {**given, **wanted["spec"]},
    }
