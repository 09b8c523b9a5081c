"""The PodDisruptionBudget of a Provider's pods: how many may be taken away at a time. Pure."""

from typing import Any

from virtrigaud_api.v1beta1 import Provider
from virtrigaud_api.v1beta1.provider_runtime import ProviderDisruptionBudget

from virtrigaud_manager.kinds.provider.labels import metadata, selector
from virtrigaud_manager.kinds.provider.names import disruption_budget_key


def wants_disruption_budget(provider: Provider) -> bool:
    """Tell whether there shall be a budget: as the spec says, otherwise where there are several pods."""
    runtime = provider.spec.runtime
    said = runtime.pod_disruption_budget
    return said.enabled if said is not None else runtime.replicas > 1


def disruption_budget(provider: Provider) -> dict[str, Any]:
    """Return the PodDisruptionBudget that a Provider wants."""
    key = disruption_budget_key(provider)
    said = provider.spec.runtime.pod_disruption_budget or ProviderDisruptionBudget()
    return {
        "apiVersion": "policy/v1",
        "kind": key.kind.value,
        "metadata": metadata(provider, key),
        "spec": {"maxUnavailable": said.max_unavailable, "selector": {"matchLabels": selector(provider)}},
    }
