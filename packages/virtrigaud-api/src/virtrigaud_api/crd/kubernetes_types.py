"""Schemas of the Kubernetes types that are passed on without being read: to a provider's pods, to volume claims.

They are written as Kubernetes defines them (API reference of core/v1, PodSpec and Container), so that a mistake
is refused when the object is applied and not when what it asks for is made.
"""

from collections.abc import Callable, Mapping
from typing import Any

from virtrigaud_api.quantity import QUANTITY_PATTERN

Schema = dict[str, Any]

_ATOMIC = {"x-kubernetes-map-type": "atomic"}


def quantity_schema() -> Schema:
    """A quantity such as 4Gi, or a whole number."""
    return {**int_or_string_schema(), "pattern": QUANTITY_PATTERN}


def int_or_string_schema() -> Schema:
    """A whole number, or a text."""
    return {"anyOf": [{"type": "integer"}, {"type": "string"}], "x-kubernetes-int-or-string": True}


def _string() -> Schema:
    return {"type": "string"}


def _name() -> Schema:
    return {"type": "string", "default": ""}


def _boolean() -> Schema:
    return {"type": "boolean"}


def _int32() -> Schema:
    return {"type": "integer", "format": "int32"}


def _int64() -> Schema:
    return {"type": "integer", "format": "int64"}


def _object(required: tuple[str, ...] = (), /, **properties: Schema) -> Schema:
    schema: Schema = {"type": "object", "properties": properties}
    return schema | ({"required": sorted(required)} if required else {})


def _atomic_list(items: Schema) -> Schema:
    return {"type": "array", "items": items, "x-kubernetes-list-type": "atomic"}


def _map_of(values: Schema) -> Schema:
    return {"type": "object", "additionalProperties": values}


def _key_of_object() -> Schema:
    return _object(("key",), key=_string(), name=_name(), optional=_boolean()) | _ATOMIC


def _env_var() -> Schema:
    field = _object(("fieldPath",), apiVersion=_string(), fieldPath=_string()) | _ATOMIC
    resource = _object(("resource",), containerName=_string(), divisor=quantity_schema(), resource=_string()) | _ATOMIC
    source = _object(
        configMapKeyRef=_key_of_object(), fieldRef=field, resourceFieldRef=resource, secretKeyRef=_key_of_object()
    )
    return _object(("name",), name=_string(), value=_string(), valueFrom=source)


def _resource_requirements() -> Schema:
    claim = _object(("name",), name=_string(), request=_string())
    return _object(
        claims={
            "type": "array",
            "items": claim,
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["name"],
        },
        limits=_map_of(quantity_schema()),
        requests=_map_of(quantity_schema()),
    )


def _toleration() -> Schema:
    return _object(effect=_string(), key=_string(), operator=_string(), tolerationSeconds=_int64(), value=_string())


def _requirements() -> Schema:
    requirement = _object(("key", "operator"), key=_string(), operator=_string(), values=_atomic_list(_string()))
    return _atomic_list(requirement)


def _node_selector_term() -> Schema:
    return _object(matchExpressions=_requirements(), matchFields=_requirements()) | _ATOMIC


def _label_selector() -> Schema:
    return _object(matchExpressions=_requirements(), matchLabels=_map_of(_string())) | _ATOMIC


def _pod_affinity_term() -> Schema:
    return _object(
        ("topologyKey",),
        labelSelector=_label_selector(),
        matchLabelKeys=_atomic_list(_string()),
        mismatchLabelKeys=_atomic_list(_string()),
        namespaceSelector=_label_selector(),
        namespaces=_atomic_list(_string()),
        topologyKey=_string(),
    )


def _affinity_of(preferred: Schema, required: Schema) -> Schema:
    return _object(
        preferredDuringSchedulingIgnoredDuringExecution=_atomic_list(preferred),
        requiredDuringSchedulingIgnoredDuringExecution=required,
    )


def _node_affinity() -> Schema:
    preferred = _object(("preference", "weight"), preference=_node_selector_term(), weight=_int32())
    required = _object(("nodeSelectorTerms",), nodeSelectorTerms=_atomic_list(_node_selector_term()))
    return _affinity_of(preferred, required | _ATOMIC)


def _pod_affinity() -> Schema:
    preferred = _object(("podAffinityTerm", "weight"), podAffinityTerm=_pod_affinity_term(), weight=_int32())
    return _affinity_of(preferred, _atomic_list(_pod_affinity_term()))


def _affinity() -> Schema:
    return _object(nodeAffinity=_node_affinity(), podAffinity=_pod_affinity(), podAntiAffinity=_pod_affinity())


def _topology_spread_constraint() -> Schema:
    return _object(
        ("maxSkew", "topologyKey", "whenUnsatisfiable"),
        labelSelector=_label_selector(),
        matchLabelKeys=_atomic_list(_string()),
        maxSkew=_int32(),
        minDomains=_int32(),
        nodeAffinityPolicy=_string(),
        nodeTaintsPolicy=_string(),
        topologyKey=_string(),
        whenUnsatisfiable=_string(),
    )


def _profile() -> Schema:
    return _object(("type",), localhostProfile=_string(), type=_string())


def _security_context() -> Schema:
    return _object(
        allowPrivilegeEscalation=_boolean(),
        appArmorProfile=_profile(),
        capabilities=_object(add=_atomic_list(_string()), drop=_atomic_list(_string())),
        privileged=_boolean(),
        procMount=_string(),
        readOnlyRootFilesystem=_boolean(),
        runAsGroup=_int64(),
        runAsNonRoot=_boolean(),
        runAsUser=_int64(),
        seLinuxOptions=_object(level=_string(), role=_string(), type=_string(), user=_string()),
        seccompProfile=_profile(),
        windowsOptions=_object(
            gmsaCredentialSpec=_string(),
            gmsaCredentialSpecName=_string(),
            hostProcess=_boolean(),
            runAsUserName=_string(),
        ),
    )


def _http_get() -> Schema:
    header = _object(("name", "value"), name=_string(), value=_string())
    return _object(
        ("port",),
        host=_string(),
        httpHeaders=_atomic_list(header),
        path=_string(),
        port=int_or_string_schema(),
        scheme=_string(),
    )


def _probe() -> Schema:
    return _object(
        exec=_object(command=_atomic_list(_string())),
        failureThreshold=_int32(),
        grpc=_object(("port",), port=_int32(), service=_name()),
        httpGet=_http_get(),
        initialDelaySeconds=_int32(),
        periodSeconds=_int32(),
        successThreshold=_int32(),
        tcpSocket=_object(("port",), host=_string(), port=int_or_string_schema()),
        terminationGracePeriodSeconds=_int64(),
        timeoutSeconds=_int32(),
    )


def _typed_reference(**more: Schema) -> Schema:
    return _object(("kind", "name"), apiGroup=_string(), kind=_string(), name=_string(), **more)


def _volume_claim_spec() -> Schema:
    return _object(
        accessModes=_atomic_list(_string()),
        dataSource=_typed_reference() | _ATOMIC,
        dataSourceRef=_typed_reference(namespace=_string()),
        resources=_object(limits=_map_of(quantity_schema()), requests=_map_of(quantity_schema())),
        selector=_label_selector(),
        storageClassName=_string(),
        volumeAttributesClassName=_string(),
        volumeMode=_string(),
        volumeName=_string(),
    )


KUBERNETES_TYPES: Mapping[str, Callable[[], Schema]] = {
    "Affinity": _affinity,
    "EnvVar": _env_var,
    "PersistentVolumeClaimSpec": _volume_claim_spec,
    "Probe": _probe,
    "ResourceRequirements": _resource_requirements,
    "SecurityContext": _security_context,
    "Toleration": _toleration,
    "TopologySpreadConstraint": _topology_spread_constraint,
}
