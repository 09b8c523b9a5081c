"""What the built-in kinds ask for beyond their schema: values that the server fills in, and rules that span fields.

`prepare` runs before validation and may change the object; `check` lists causes to refuse it.
"""

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from virtrigaud_localkube.api_error import Cause
from virtrigaud_localkube.document import Document, JsonValue
from virtrigaud_localkube.registry.definitions import check_definition, complete_definition
from virtrigaud_localkube.registry.resource import Resource
from virtrigaud_localkube.schema import expressions

POLICY_VARIABLES: Final = ("object", "oldObject", "request", "params", "namespaceObject", "variables")
_DATA_KEY: Final = re.compile(r"[-._a-zA-Z0-9]{1,253}")


def has_preparation(resource: Resource) -> bool:
    """Tells whether the server adds anything to objects of a kind."""
    return not resource.is_custom and resource.kind in _PREPARATIONS


def prepare(resource: Resource, document: Document, old: Document | None) -> None:
    """Fills in what the server adds to an object, whose schema has been found good."""
    _PREPARATIONS[resource.kind](document, old)


def check(resource: Resource, document: Document, old: Document | None) -> list[Cause]:
    """Lists the rules of its kind that an object breaks."""
    if resource.is_custom or not (rule := _CHECKS.get(resource.kind)):
        return []
    return list(rule(document, old))


def _prepare_secret(secret: Document, _: Document | None) -> None:
    for key, text in (secret.pop("stringData", None) or {}).items():
        secret.setdefault("data", {})[key] = base64.b64encode(text.encode()).decode()


def _prepare_namespace(namespace: Document, old: Document | None) -> None:
    metadata = namespace["metadata"]
    metadata.setdefault("labels", {})["kubernetes.io/metadata.name"] = metadata["name"]
    if old is None:
        namespace["spec"] = {"finalizers": ["kubernetes"]}
        namespace["status"] = {"phase": "Active"}


def _prepare_service(service: Document, old: Document | None) -> None:
    spec = service.setdefault("spec", {})
    for port in spec.get("ports") or ():
        port.setdefault("targetPort", port.get("port"))
    before = (old or {}).get("spec") or {}
    if before.get("clusterIP") and not spec.get("clusterIP") and spec.get("type") != "ExternalName":
        spec["clusterIP"], spec["clusterIPs"] = before["clusterIP"], before.get("clusterIPs", [before["clusterIP"]])


def _prepare_definition(definition: Document, _: Document | None) -> None:
    complete_definition(definition)


def _prepare_deployment(deployment: Document, _: Document | None) -> None:
    strategy = deployment["spec"].setdefault("strategy", {})
    if strategy.setdefault("type", "RollingUpdate") == "RollingUpdate":
        strategy.setdefault("rollingUpdate", {"maxUnavailable": "25%", "maxSurge": "25%"})


def _check_data(document: Document, old: Document | None) -> Iterator[Cause]:
    for part in ("data", "binaryData"):
        for key in document.get(part) or ():
            if not _DATA_KEY.fullmatch(key):
                message = f'Invalid value: "{key}": a valid config key consists of alphanumeric characters, -, _ or .'
                yield Cause("FieldValueInvalid", message, f"{part}[{key}]")
    if old and old.get("immutable"):
        for part in ("data", "binaryData", "immutable"):
            if document.get(part) != old.get(part):
                message = "Forbidden: field is immutable when `immutable` is set"
                yield Cause("FieldValueForbidden", message, part)


def _check_secret(secret: Document, old: Document | None) -> Iterator[Cause]:
    yield from _check_data(secret, old)
    if old and secret.get("type") != old.get("type"):
        yield _immutable(secret, "type")


def _check_service(service: Document, old: Document | None) -> Iterator[Cause]:
    spec = service["spec"]
    ports = spec.get("ports") or []
    is_external = spec.get("type") == "ExternalName"
    if not ports and not is_external and spec.get("clusterIP") != "None":
        yield Cause("FieldValueRequired", "Required value", "spec.ports")
    if is_external and not spec.get("externalName"):
        yield Cause("FieldValueRequired", "Required value", "spec.externalName")
    if len(ports) > 1:
        for index, port in enumerate(ports):
            if not port.get("name"):
                yield Cause("FieldValueRequired", "Required value", f"spec.ports[{index}].name")
    before = ((old or {}).get("spec") or {}).get("clusterIP")
    if before and not is_external and spec.get("clusterIP") != before:
        message = f'Invalid value: "{spec.get("clusterIP")}": field is immutable'
        yield Cause("FieldValueInvalid", message, "spec.clusterIP")


def _check_workload(workload: Document, old: Document | None) -> Iterator[Cause]:
    spec = workload["spec"]
    selector = spec.get("selector") or {}
    template = spec.get("template") or {}
    wanted = selector.get("matchLabels") or {}
    labels = (template.get("metadata") or {}).get("labels") or {}
    if not wanted and not selector.get("matchExpressions"):
        yield Cause("FieldValueRequired", "Required value", "spec.selector")
    elif not wanted.items() <= labels.items():
        message = "Invalid value: `selector` does not match template `labels`"
        yield Cause("FieldValueInvalid", message, "spec.template.metadata.labels")
    if not (template.get("spec") or {}).get("containers"):
        yield Cause("FieldValueRequired", "Required value", "spec.template.spec.containers")
    if old and selector != old["spec"].get("selector"):
        yield _immutable(workload, "spec.selector")


def _check_pod(pod: Document, _: Document | None) -> Iterator[Cause]:
    containers = (pod.get("spec") or {}).get("containers")
    if not containers:
        yield Cause("FieldValueRequired", "Required value", "spec.containers")


def _check_binding(binding: Document, old: Document | None) -> Iterator[Cause]:
    if old and binding.get("roleRef") != old.get("roleRef"):
        yield Cause("FieldValueInvalid", "Invalid value: cannot change roleRef", "roleRef")


def _check_event(event: Document, _: Document | None) -> Iterator[Cause]:
    about = (event.get("involvedObject") or event.get("regarding") or {}).get("namespace") or "default"
    if about != event["metadata"]["namespace"]:
        message = f'Invalid value: "{about}": does not match event.namespace'
        yield Cause("FieldValueInvalid", message, "involvedObject.namespace")


def _check_custom_definition(definition: Document, old: Document | None) -> Iterator[Cause]:
    yield from check_definition(definition)
    if old:
        spec, before = definition["spec"], old["spec"]
        for path in ("group", "scope"):
            if spec[path] != before[path]:
                yield _immutable(definition, f"spec.{path}")
        for path in ("plural", "kind"):
            if spec["names"][path] != before["names"][path]:
                yield _immutable(definition, f"spec.names.{path}")


def _check_policy(policy: Document, _: Document | None) -> Iterator[Cause]:
    spec = policy["spec"]
    if spec.get("paramKind"):
        yield Cause("FieldValueForbidden", "Forbidden: parameters are not offered by this server", "spec.paramKind")
    for part, key in (("validations", "expression"), ("variables", "expression"), ("matchConditions", "expression")):
        for index, entry in enumerate(spec.get(part) or ()):
            try:
                expressions.check(entry.get(key) or "", POLICY_VARIABLES)
            except expressions.ExpressionError as error:
                message = f"Invalid value: {entry.get(key)!r}: compilation failed: {error}"
                yield Cause("FieldValueInvalid", message, f"spec.{part}[{index}].{key}")


def _check_webhooks(configuration: Document, _: Document | None) -> Iterator[Cause]:
    for index, webhook in enumerate(configuration.get("webhooks") or ()):
        client, path = webhook["clientConfig"], f"webhooks[{index}].clientConfig"
        if bool(client.get("url")) is bool(client.get("service")):
            yield Cause("FieldValueRequired", "Required value: exactly one of url or service is required", path)
        elif client.get("url") and not client["url"].startswith("https://"):
            message = f"Invalid value: \"{client['url']}\": 'https' is the only allowed URL scheme"
            yield Cause("FieldValueInvalid", message, f"{path}.url")


def _immutable(document: Document, path: str) -> Cause:
    value: JsonValue = document
    for key in path.split("."):
        value = value.get(key)
    return Cause("FieldValueInvalid", f"Invalid value: {value!r}: field is immutable", path)


_PREPARATIONS: Final[dict[str, Callable[[Document, Document | None], None]]] = {
    "Secret": _prepare_secret,
    "Namespace": _prepare_namespace,
    "Service": _prepare_service,
    "Deployment": _prepare_deployment,
    "CustomResourceDefinition": _prepare_definition,
}
_CHECKS: Final[dict[str, Callable[[Document, Document | None], Iterable[Cause]]]] = {
    "ConfigMap": _check_data,
    "Secret": _check_secret,
    "Service": _check_service,
    "Pod": _check_pod,
    "Deployment": _check_workload,
    "ReplicaSet": _check_workload,
    "StatefulSet": _check_workload,
    "DaemonSet": _check_workload,
    "RoleBinding": _check_binding,
    "ClusterRoleBinding": _check_binding,
    "Event": _check_event,
    "CustomResourceDefinition": _check_custom_definition,
    "ValidatingAdmissionPolicy": _check_policy,
    "ValidatingWebhookConfiguration": _check_webhooks,
    "MutatingWebhookConfiguration": _check_webhooks,
}
