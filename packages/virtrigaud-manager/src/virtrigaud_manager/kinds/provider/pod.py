"""The pods of a Provider's process: what the user may say about them, and rights where nothing is said. Pure.

Where nothing is said the container has no rights (Pod Security "restricted"). The process drains by itself on SIGTERM,
so there is no preStop hook, which would need a shell in the image.
"""

from collections.abc import Mapping
from typing import Any, Final

from virtrigaud_api.v1beta1 import Provider
from virtrigaud_api.v1beta1.provider import ProviderType
from virtrigaud_api.v1beta1.provider_runtime import ProviderRuntime

from virtrigaud_manager.certificates.peer import manager_dns_name
from virtrigaud_manager.kinds.provider.home import Home
from virtrigaud_manager.kinds.provider.labels import selector
from virtrigaud_manager.kinds.provider.names import credentials_key, is_issued, tls_key
from virtrigaud_manager.kinds.provider.tls_posture import posture

Manifest = dict[str, Any]

CONTAINER: Final = "provider"
HEALTH_PORT: Final = 8080
GRPC_PORT_NAME: Final = "grpc"
HEALTH_PORT_NAME: Final = "metrics"
CREDENTIALS_MOUNT: Final = "/etc/virtrigaud/credentials"
TLS_MOUNT: Final = "/etc/virtrigaud/tls"
SCRATCH_MOUNT: Final = "/tmp"  # noqa: S108 - a mount in the pod
TERMINATION_GRACE_SECONDS: Final = 30
_USER: Final = 65532
_LIBVIRT_KEY_MOUNT: Final = "/tmp/virtrigaud-libvirt"  # noqa: S108 - a mount in the pod

RESTRICTED: Final[Mapping[str, Any]] = {
    "runAsNonRoot": True,
    "runAsUser": _USER,
    "readOnlyRootFilesystem": True,
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}
DEFAULT_RESOURCES: Final[Mapping[str, Any]] = {
    "requests": {"cpu": "100m", "memory": "128Mi"},
    "limits": {"cpu": "1", "memory": "512Mi"},
}


def pod(provider: Provider, home: Home) -> Manifest:
    """Return the spec of a Provider's pods."""
    runtime = provider.spec.runtime
    volumes, mounts = _volumes(provider)
    optional: Manifest = {
        "nodeSelector": dict(runtime.node_selector),
        "tolerations": [dict(toleration) for toleration in runtime.tolerations],
        "affinity": dict(runtime.affinity or {}),
        "imagePullSecrets": [{"name": secret.name} for secret in runtime.image_pull_secrets],
        "priorityClassName": runtime.priority_class_name,
        "topologySpreadConstraints": [
            {"labelSelector": {"matchLabels": selector(provider)}, **constraint}
            for constraint in runtime.topology_spread_constraints
        ],
    }
    return {
        "containers": [_container(provider, home, mounts)],
        "volumes": volumes,
        "restartPolicy": "Always",
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": TERMINATION_GRACE_SECONDS,
        **{name: value for name, value in optional.items() if value},
    }


def _container(provider: Provider, home: Home, mounts: list[Manifest]) -> Manifest:
    runtime, port = provider.spec.runtime, posture(provider).port
    return {
        "name": CONTAINER,
        "image": runtime.image,
        "imagePullPolicy": runtime.image_pull_policy.value,
        "args": [f"--port={port}", f"--health-port={HEALTH_PORT}"],
        "ports": [
            {"name": GRPC_PORT_NAME, "containerPort": port, "protocol": "TCP"},
            {"name": HEALTH_PORT_NAME, "containerPort": HEALTH_PORT, "protocol": "TCP"},
        ],
        "env": _environment(provider, home),
        "volumeMounts": mounts,
        "resources": dict(runtime.resources or DEFAULT_RESOURCES),
        "securityContext": dict(runtime.security_context or RESTRICTED),
        "livenessProbe": dict(runtime.liveness_probe or _probe(delay=15, period=20)),
        "readinessProbe": dict(runtime.readiness_probe or _probe(delay=5, period=10)),
    }


def _probe(*, delay: int, period: int) -> Manifest:
    """Ask only whether the process serves: whether the hypervisor does is reported, and no reason to restart."""
    return {
        "httpGet": {"path": "/healthz", "port": HEALTH_PORT},
        "initialDelaySeconds": delay,
        "periodSeconds": period,
    }


def _environment(provider: Provider, home: Home) -> list[Manifest]:
    spec, defaults = provider.spec, provider.spec.defaults
    tls = tls_key(provider) is not None
    values = {
        "PROVIDER_TYPE": spec.type,
        "PROVIDER_ENDPOINT": spec.endpoint,
        "PROVIDER_NAMESPACE": provider.metadata.namespace,
        "PROVIDER_NAME": provider.metadata.name,
        "TLS_ENABLED": _said(tls),
        "VIRTRIGAUD_PROVIDER_INSECURE": None if tls else _said(True),  # noqa: FBT003 - a value, no switch
        "VIRTRIGAUD_PROVIDER_ALLOWED_SANS": manager_dns_name(home.namespace) if is_issued(provider) else None,
        "TLS_INSECURE_SKIP_VERIFY": _said(spec.insecure_skip_verify),
        "LOG_LEVEL": spec.runtime.log_level.value,
        "LOG_FORMAT": spec.runtime.log_format.value,
        "PROVIDER_DEFAULT_DATASTORE": defaults.datastore if defaults else None,
        "PROVIDER_DEFAULT_STORAGE_POD": defaults.storage_pod if defaults else None,
        "PROVIDER_DEFAULT_CLUSTER": defaults.cluster if defaults else None,
        "PROVIDER_DEFAULT_FOLDER": defaults.folder if defaults else None,
    }
    theirs = _theirs(spec.runtime)
    ours = [{"name": name, "value": value} for name, value in values.items() if value is not None]
    return [variable for variable in ours if variable["name"] not in theirs] + list(theirs.values())


def _theirs(runtime: ProviderRuntime) -> dict[str, Manifest]:
    """Return the user's variables by name: they replace ours, and the last of a name wins."""
    return {variable["name"]: dict(variable) for variable in runtime.env}


def _said(value: bool) -> str:  # noqa: FBT001 - it says the boolean
    return "true" if value else "false"


def _volumes(provider: Provider) -> tuple[list[Manifest], list[Manifest]]:
    credentials, tls = credentials_key(provider), tls_key(provider)
    volumes: list[Manifest] = [{"name": "provider-credentials", "secret": {"secretName": credentials.name}}]
    mounts: list[Manifest] = [{"name": "provider-credentials", "mountPath": CREDENTIALS_MOUNT, "readOnly": True}]
    if tls is not None:
        volumes.append({"name": "provider-tls", "secret": {"secretName": tls.name}})
        mounts.append({"name": "provider-tls", "mountPath": TLS_MOUNT, "readOnly": True})
    volumes.append({"name": "tmp", "emptyDir": {}})
    mounts.append({"name": "tmp", "mountPath": SCRATCH_MOUNT})
    if provider.spec.type == ProviderType.LIBVIRT:
        volumes.append({"name": "libvirt-ssh-key", "emptyDir": {"medium": "Memory", "sizeLimit": "4Mi"}})
        mounts.append({"name": "libvirt-ssh-key", "mountPath": _LIBVIRT_KEY_MOUNT})
    return volumes, mounts
