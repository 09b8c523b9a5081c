"""The schemas of the built-in kinds, from a table of their fields.

`fields.tsv` (written by `tools/extract_fields.py`) has every field with its type. What the table can't know stands
here: keys of lists that merge, defaults, enums and numbers that may be text.
"""

from functools import cache
from importlib import resources
from typing import Any, Final, NamedTuple

from virtrigaud_localkube.schema.structural import Limits, Node


class Field(NamedTuple):
    """One row of the table."""

    name: str
    of: str
    is_required: bool


# Type and field: the key of a strategic merge, then the keys of the list in server-side apply.
_LIST_KEYS: Final = {
    "ObjectMeta.ownerReferences": ("uid", "uid"),
    "PodSpec.containers": ("name", "name"),
    "PodSpec.initContainers": ("name", "name"),
    "PodSpec.ephemeralContainers": ("name", "name"),
    "PodSpec.volumes": ("name", "name"),
    "PodSpec.imagePullSecrets": ("name", "name"),
    "PodSpec.hostAliases": ("ip", "ip"),
    "PodSpec.resourceClaims": ("name", "name"),
    "PodSpec.schedulingGates": ("name", "name"),
    "PodSpec.topologySpreadConstraints": ("topologyKey", "topologyKey whenUnsatisfiable"),
    "PodStatus.podIPs": ("ip", "ip"),
    "PodStatus.hostIPs": ("ip", ""),
    "ServiceSpec.ports": ("port", "port protocol"),
    "ServiceAccount.secrets": ("name", "name"),
    "ServiceAccount.imagePullSecrets": ("name", ""),
    "NodeStatus.addresses": ("type", "type"),
    "ValidatingWebhookConfiguration.webhooks": ("name", "name"),
    "MutatingWebhookConfiguration.webhooks": ("name", "name"),
} | {
    f"{kind}.{name}": keys
    for kind in ("Container", "EphemeralContainer")
    for name, keys in {
        "env": ("name", "name"),
        "ports": ("containerPort", "containerPort protocol"),
        "volumeMounts": ("mountPath", "mountPath"),
        "volumeDevices": ("devicePath", "devicePath"),
    }.items()
}
_SETS: Final = {"ObjectMeta.finalizers", "NodeSpec.podCIDRs", "PersistentVolumeClaim.accessModes"}
_ATOMIC_MAPS: Final = {"LabelSelector", "ObjectReference", "LocalObjectReference", "ConfigMapKeySelector"} | {
    "SecretKeySelector", "ObjectFieldSelector", "ResourceFieldSelector", "TypedLocalObjectReference", "RoleRef",
    "NodeSelector", "SecretReference", "NonResourceAttributes", "OwnerReference", "RbacV1Subject",
}  # fmt: skip
_DEFAULTS: Final[dict[str, Any]] = {
    "ContainerPort.protocol": "TCP",
    "ServicePort.protocol": "TCP",
    "ServiceSpec.type": "ClusterIP",
    "ServiceSpec.sessionAffinity": "None",
    "Secret.type": "Opaque",
    "DeploymentSpec.replicas": 1,
    "DeploymentSpec.revisionHistoryLimit": 10,
    "DeploymentSpec.progressDeadlineSeconds": 600,
    "PodSpec.restartPolicy": "Always",
    "PodSpec.dnsPolicy": "ClusterFirst",
    "PodSpec.terminationGracePeriodSeconds": 30,
    "Container.terminationMessagePath": "/dev/termination-log",
    "Container.terminationMessagePolicy": "File",
    "PersistentVolumeClaimSpec.volumeMode": "Filesystem",
    "Probe.timeoutSeconds": 1,
    "Probe.periodSeconds": 10,
    "Probe.successThreshold": 1,
    "Probe.failureThreshold": 3,
    "HTTPGetAction.scheme": "HTTP",
    "RuleWithOperations.scope": "*",
    "CustomResourceDefinitionSpec.conversion": {"strategy": "None"},
    "ValidatingAdmissionPolicySpec.failurePolicy": "Fail",
} | {
    f"{kind}Webhook.{name}": value
    for kind in ("Validating", "Mutating")
    for name, value in {
        "failurePolicy": "Fail",
        "matchPolicy": "Equivalent",
        "timeoutSeconds": 10,
        "namespaceSelector": {},
        "objectSelector": {},
    }.items()
}
_PORT: Final = Limits(minimum=1, maximum=65535)
_LIMITS: Final = {
    "ServicePort.port": _PORT,
    "ContainerPort.containerPort": _PORT,
    "DeploymentSpec.replicas": Limits(minimum=0),
    "LeaseSpec.leaseDurationSeconds": Limits(minimum=1),
}
_PROTOCOLS: Final = ("TCP", "UDP", "SCTP")
_ENUMS: Final = {
    "ServicePort.protocol": _PROTOCOLS,
    "ContainerPort.protocol": _PROTOCOLS,
    "ServiceSpec.type": ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName"),
    "PodSpec.restartPolicy": ("Always", "OnFailure", "Never"),
    "CustomResourceDefinitionSpec.scope": ("Cluster", "Namespaced"),
}
_INT_OR_STRING: Final = {
    "HTTPGetAction.port", "NetworkPolicyPort.port", "PodDisruptionBudgetSpec.maxUnavailable",
    "PodDisruptionBudgetSpec.minAvailable", "RollingUpdateDeployment.maxSurge",
    "RollingUpdateDeployment.maxUnavailable", "ServicePort.targetPort", "TCPSocketAction.port",
}  # fmt: skip
_QUANTITIES: Final = {
    "ResourceRequirements.limits", "ResourceRequirements.requests", "VolumeResourceRequirements.limits",
    "VolumeResourceRequirements.requests", "NodeStatus.capacity", "NodeStatus.allocatable",
    "PersistentVolumeClaimStatus.capacity", "PersistentVolumeSpec.capacity", "EmptyDirVolumeSource.sizeLimit",
}  # fmt: skip


@cache
def table() -> dict[str, tuple[Field, ...]]:
    """All types of the table with their fields."""
    lines = (resources.files(__package__) / "fields.tsv").read_text().splitlines()[1:]
    types: dict[str, list[Field]] = {}
    for line in lines:
        type_name, name, of, required = line.split("\t")
        types.setdefault(type_name, []).append(Field(name, of, bool(required)))
    return {name: tuple(fields) for name, fields in types.items()}


@cache
def type_node(name: str) -> Node:
    """The schema of a named type. Types that contain themselves share their node."""
    return _fill(Node(type="object", type_name=name), name)


_UNDER_WAY: dict[str, Node] = {}
_PLAIN: Final[dict[str, dict[str, Any]]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "time": {"type": "string", "format": "date-time"},
    "bytes": {"type": "string", "format": "byte"},
    "any": {"keeps_unknown": True, "nullable": True},
}


def _fill(node: Node, name: str) -> Node:
    _UNDER_WAY[name] = node
    is_seen_state = name.endswith("Status") or name in {"NodeSystemInfo", "ObjectMeta"}
    for field in table()[name]:
        node.properties[field.name] = _field_node(name, field)
    required = (field.name for field in table()[name] if field.is_required)
    node.required = () if is_seen_state else tuple(required)
    node.is_atomic_map = name in _ATOMIC_MAPS
    del _UNDER_WAY[name]
    return node


def _field_node(owner: str, field: Field) -> Node:
    path = f"{owner}.{field.name}"
    if path in _QUANTITIES:
        quantity = Node(int_or_string=True)
        return quantity if field.of == "string" else Node(type="object", additional=quantity)
    if path in _INT_OR_STRING:
        return Node(int_or_string=True)
    node = _expression_node(field.of)
    is_shared = bool(node.type_name)
    if not is_shared:
        node.default = _DEFAULTS.get(path)
        node.limits = _LIMITS.get(path)
        node.enum = _ENUMS.get(path, ())
        _set_list_semantics(node, path)
    elif path in _DEFAULTS:
        node = Node(**{slot: getattr(node, slot) for slot in node.__slots__})
        node.default = _DEFAULTS[path]
    return node


def _set_list_semantics(node: Node, path: str) -> None:
    if path in _LIST_KEYS:
        node.merge_key, keys = _LIST_KEYS[path]
        node.list_type, node.list_keys = ("map", tuple(keys.split())) if keys else ("", ())
    elif path.endswith("Status.conditions"):
        node.merge_key, node.list_type, node.list_keys = "type", "map", ("type",)
    elif path in _SETS:
        node.list_type = "set"


def _expression_node(of: str) -> Node:
    if of.startswith("list<"):
        return Node(type="array", items=_expression_node(of[5:-1]))
    if of.startswith("map<"):
        return Node(type="object", additional=_expression_node(of[4:-1]))
    if plain := _PLAIN.get(of):
        return Node(**plain)
    return _UNDER_WAY.get(of) or type_node(of)
