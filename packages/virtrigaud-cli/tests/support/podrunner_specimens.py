"""Deployments, Secrets and views that the tests of the pod runner share."""

import base64
from collections.abc import Mapping
from typing import Any

from virtrigaud_cli.podrunner.cluster_view import ClusterView
from virtrigaud_cli.podrunner.pod_template import PodIdentity

NAME = "virtrigaud-provider-default-lab"


def deployment_document(container: Mapping[str, Any] | None = None, **pod: Any) -> dict[str, Any]:
    labels = {
        "app.kubernetes.io/name": "virtrigaud-provider",
        "app.kubernetes.io/instance": "lab",
        "virtrigaud.io/provider-type": "memory",
    }
    whole = {"name": "provider", "image": "example/provider:1", **(container or {})}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"namespace": "default", "name": NAME, "uid": "u-1", "generation": 3, "labels": labels},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [whole], **pod},
            },
        },
    }


def secret_document(**contents: str) -> dict[str, Any]:
    return {"data": {key: base64.b64encode(value.encode()).decode() for key, value in contents.items()}}


def view(
    secrets: Mapping[str, Any] | None = None,
    config_maps: Mapping[str, Any] | None = None,
    services: Mapping[str, Any] | None = None,
) -> ClusterView:
    return ClusterView(
        *(
            {("default", name): document for name, document in (kind or {}).items()}
            for kind in (secrets, config_maps, services)
        )
    )


def identity() -> PodIdentity:
    labels = (("app.kubernetes.io/instance", "lab"),)
    return PodIdentity("default", f"{NAME}-1", "pod-uid", "127.96.0.7", labels, (("note", "n"),))
