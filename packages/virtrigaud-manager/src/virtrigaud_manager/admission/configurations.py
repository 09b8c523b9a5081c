"""The webhook configurations that lead the API server to the manager. Pure.

A VirtualMachine that is created is asked about once where nothing stands against it: the finalizer that it gets by
defaulting says so, and lets it pass by the validating webhook.

They can never lock a cluster up: what can't be asked is let through and enforced by the reconcile, the
system's namespaces are left out, and so is what does not change a spec, such as our own finalizers.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from virtrigaud_api.v1beta1 import keys

from virtrigaud_manager.cluster.paths import Resource

VALIDATING: Final = Resource(
    "admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations", "ValidatingWebhookConfiguration"
)
MUTATING: Final = Resource(
    "admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations", "MutatingWebhookConfiguration"
)
VALIDATE_PATH: Final = "/validate"
DEFAULT_PATH: Final = "/default"

_SYSTEM_NAMESPACES: Final = ("kube-system", "kube-public", "kube-node-lease")
_CONDITIONS: Final[Mapping[str, str]] = {
    "not-approved-yet": "request.operation != 'CREATE' || !has(object.metadata.finalizers)"
    f" || !('{keys.FINALIZER_VIRTUAL_MACHINE}' in object.metadata.finalizers)",
    "the-spec-changes": "request.operation != 'UPDATE' || object.spec != oldObject.spec",
}
_NAMESPACE_NAME: Final = "kubernetes.io/metadata.name"
TIMEOUT_SECONDS: Final = 5


@dataclass(frozen=True, slots=True)
class ByUrl:
    """The webhooks are reached at a URL, as on a laptop."""

    url: str


@dataclass(frozen=True, slots=True)
class ByService:
    """The webhooks are reached through a Service of the cluster."""

    namespace: str
    name: str
    port: int = 443

    @property
    def dns_name(self) -> str:
        """Return the name that the API server wants to see in the certificate."""
        return f"{self.name}.{self.namespace}.svc"


Place = ByUrl | ByService


@dataclass(frozen=True, slots=True)
class Reach:
    """Where the webhooks are, who vouches for them, and for which namespaces they speak; none means all."""

    place: Place
    authorities: bytes
    namespaces: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name the configurations: one for each installation."""
        match self.place:
            case ByUrl():
                return "virtrigaud"
            case ByService(namespace, name):
                return f"virtrigaud-{namespace}-{name}"


def configurations(reach: Reach) -> Mapping[Resource, dict[str, Any]]:
    """Write both configurations."""
    validating = {
        "name": f"validate.{keys.GROUP}",
        "rules": _validated(),
        **_webhook(reach, VALIDATE_PATH),
        "matchConditions": [{"name": name, "expression": expression} for name, expression in _CONDITIONS.items()],
    }
    create_only = [_rule(["CREATE"], keys.VIRTUAL_MACHINE)]
    defaulting = {
        "name": f"default.{keys.GROUP}",
        "rules": create_only,
        **_webhook(reach, DEFAULT_PATH),
        "reinvocationPolicy": "IfNeeded",
    }
    return {
        VALIDATING: _configuration(reach, VALIDATING, validating),
        MUTATING: _configuration(reach, MUTATING, defaulting),
    }


def _configuration(reach: Reach, resource: Resource, webhook: dict[str, Any]) -> dict[str, Any]:
    labels = {keys.LABEL_APP_MANAGED_BY: keys.APP_MANAGED_BY}
    return {
        "apiVersion": resource.api_version,
        "kind": resource.kind,
        "metadata": {"name": reach.name, "labels": labels},
        "webhooks": [webhook],
    }


def _validated() -> list[dict[str, Any]]:
    shared = (keys.PROVIDER, keys.VM_CLASS, keys.VM_IMAGE, keys.VM_NETWORK_ATTACHMENT)
    return [
        _rule(["CREATE", "UPDATE", "DELETE"], keys.VIRTUAL_MACHINE),
        _rule(["CREATE", "UPDATE", "DELETE"], *shared),
        _rule(["CREATE"], keys.VM_SNAPSHOT, keys.VM_CLONE),
    ]


def _rule(operations: list[str], *kinds: keys.ResourceNames) -> dict[str, Any]:
    return {
        "apiGroups": [keys.GROUP],
        "apiVersions": [keys.VERSION],
        "operations": operations,
        "resources": [names.plural for names in kinds],
        "scope": "Namespaced",
    }


def _webhook(reach: Reach, path: str) -> dict[str, Any]:
    ignored = {"key": keys.LABEL_ADMISSION, "operator": "NotIn", "values": [keys.ADMISSION_IGNORE]}
    return {
        "admissionReviewVersions": ["v1"],
        "clientConfig": _client(reach, path),
        "failurePolicy": "Ignore",
        "matchPolicy": "Equivalent",
        "sideEffects": "NoneOnDryRun",
        "timeoutSeconds": TIMEOUT_SECONDS,
        "namespaceSelector": {"matchExpressions": _namespaces(reach)},
        "objectSelector": {"matchExpressions": [ignored]},
    }


def _client(reach: Reach, path: str) -> dict[str, Any]:
    bundle = base64.b64encode(reach.authorities).decode()
    match reach.place:
        case ByUrl(url):
            return {"url": f"{url}{path}", "caBundle": bundle}
        case ByService(namespace, name, port):
            service = {"namespace": namespace, "name": name, "path": path, "port": port}
            return {"service": service, "caBundle": bundle}


def _namespaces(reach: Reach) -> list[dict[str, Any]]:
    own = (reach.place.namespace,) if isinstance(reach.place, ByService) else ()
    expressions: list[dict[str, Any]] = [
        {"key": _NAMESPACE_NAME, "operator": "NotIn", "values": [*_SYSTEM_NAMESPACES, *own]}
    ]
    if reach.namespaces:
        expressions.append({"key": _NAMESPACE_NAME, "operator": "In", "values": list(reach.namespaces)})
    return expressions
