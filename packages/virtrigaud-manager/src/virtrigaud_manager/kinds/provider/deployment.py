"""The Deployment of a Provider's process, as a manifest. Pure.

Its pod template carries a digest of the versions of the Secrets that the pods read: a new version rolls them, the new
pod first, so that credentials and certificates are in force for certain and nobody notices.
"""

from typing import Any

from virtrigaud_api.v1beta1 import Provider, keys

from virtrigaud_manager.kinds.provider.home import Home
from virtrigaud_manager.kinds.provider.labels import labels, metadata, selector
from virtrigaud_manager.kinds.provider.names import deployment_key
from virtrigaud_manager.kinds.provider.pod import pod


def deployment(provider: Provider, home: Home, secrets: str) -> dict[str, Any]:
    """Return the Deployment that a Provider wants.

    Args:
        provider: Whose process it runs.
        home: Where the manager is, whose name the process accepts.
        secrets: A digest of the versions of the Secrets that the pods read.
    """
    key = deployment_key(provider)
    template = {"metadata": {"labels": labels(provider), "annotations": {keys.ANNOTATION_SECRETS: secrets}}}
    return {
        "apiVersion": "apps/v1",
        "kind": key.kind.value,
        "metadata": metadata(provider, key),
        "spec": {
            "replicas": provider.spec.runtime.replicas,
            "selector": {"matchLabels": selector(provider)},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
            "template": {**template, "spec": pod(provider, home)},
        },
    }
