"""The NetworkPolicy of a Provider's pods: only the manager calls them, only scrapers read the metrics. Pure."""

from typing import Any, Final

from virtrigaud_api.v1beta1 import Provider

from virtrigaud_manager.kinds.provider.home import Home
from virtrigaud_manager.kinds.provider.labels import metadata, selector
from virtrigaud_manager.kinds.provider.names import network_policy_key
from virtrigaud_manager.kinds.provider.pod import HEALTH_PORT
from virtrigaud_manager.kinds.provider.tls_posture import posture

Manifest = dict[str, Any]

_NAMESPACE_LABEL: Final = "kubernetes.io/metadata.name"


def wants_network_policy(provider: Provider, home: Home) -> bool:
    """Tell whether there shall be a NetworkPolicy: as the spec says, otherwise where the manager is a known pod."""
    said = provider.spec.runtime.network_policy
    return said.enabled if said is not None else home.has_pods


def network_policy(provider: Provider, home: Home) -> Manifest:
    """Return the NetworkPolicy that a Provider wants."""
    key = network_policy_key(provider)
    manager = {
        "namespaceSelector": {"matchLabels": {_NAMESPACE_LABEL: home.namespace}},
        "podSelector": {"matchLabels": dict(home.pod_labels)},
    }
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": key.kind.value,
        "metadata": metadata(provider, key),
        "spec": {
            "podSelector": {"matchLabels": selector(provider)},
            "policyTypes": ["Ingress"],
            "ingress": [
                {"from": [manager], "ports": [_port(posture(provider).port)]},
                {**_scrapers(provider), "ports": [_port(HEALTH_PORT)]},
            ],
        },
    }


def _scrapers(provider: Provider) -> Manifest:
    """Say who may read the metrics; nothing said is everybody."""
    said = provider.spec.runtime.network_policy
    if said is None or not said.scraper_namespaces:
        return {}
    return {
        "from": [
            {"namespaceSelector": {"matchLabels": {_NAMESPACE_LABEL: namespace}}}
            for namespace in said.scraper_namespaces
        ]
    }


def _port(number: int) -> Manifest:
    return {"port": number, "protocol": "TCP"}
