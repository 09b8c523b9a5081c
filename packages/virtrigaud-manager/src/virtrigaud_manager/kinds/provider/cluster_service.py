"""The Service that leads to a Provider's process, as a manifest. Pure."""

from typing import Any

from virtrigaud_api.v1beta1 import Provider

from virtrigaud_manager.kinds.provider.labels import metadata, selector
from virtrigaud_manager.kinds.provider.names import service_key
from virtrigaud_manager.kinds.provider.pod import GRPC_PORT_NAME, HEALTH_PORT, HEALTH_PORT_NAME
from virtrigaud_manager.kinds.provider.tls_posture import posture


def cluster_service(provider: Provider) -> dict[str, Any]:
    """Return the Service that a Provider wants."""
    key, port = service_key(provider), posture(provider).port
    return {
        "apiVersion": "v1",
        "kind": key.kind.value,
        "metadata": metadata(provider, key),
        "spec": {
            "type": "ClusterIP",
            "selector": selector(provider),
            "ports": [
                {"name": GRPC_PORT_NAME, "port": port, "targetPort": port, "protocol": "TCP"},
                {"name": HEALTH_PORT_NAME, "port": HEALTH_PORT, "targetPort": HEALTH_PORT, "protocol": "TCP"},
            ],
        },
    }
