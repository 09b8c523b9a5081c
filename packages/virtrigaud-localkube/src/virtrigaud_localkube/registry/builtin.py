"""The built-in resources: one line of `kinds.json` each. Their fields are in `fields.tsv` (`field_table`)."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import orjson

from virtrigaud_localkube.registry.columns import builtin_columns
from virtrigaud_localkube.registry.field_table import type_node
from virtrigaud_localkube.registry.resource import OBJECT_VERBS, Resource, ScalePaths

RBAC_GROUP = "rbac.authorization.k8s.io"
_ADMISSION = "admissionregistration.k8s.io"
_REPLICAS = ScalePaths(spec=".spec.replicas", status=".status.replicas", selector="")

NAMESPACES = "/namespaces"
NODES = "/nodes"
PODS = "/pods"
SECRETS = "/secrets"
SERVICES = "/services"
SERVICE_ACCOUNTS = "/serviceaccounts"
# What a token of a service account can be bound to.
BOUND_COLLECTIONS = {"Pod": PODS, "Secret": SECRETS, "Node": NODES}
ROLES = f"{RBAC_GROUP}/roles"
CLUSTER_ROLES = f"{RBAC_GROUP}/clusterroles"
ROLE_BINDINGS = f"{RBAC_GROUP}/rolebindings"
CLUSTER_ROLE_BINDINGS = f"{RBAC_GROUP}/clusterrolebindings"
DEFINITIONS = "apiextensions.k8s.io/customresourcedefinitions"
VALIDATING_WEBHOOKS = f"{_ADMISSION}/validatingwebhookconfigurations"
MUTATING_WEBHOOKS = f"{_ADMISSION}/mutatingwebhookconfigurations"
POLICIES = f"{_ADMISSION}/validatingadmissionpolicies"
POLICY_BINDINGS = f"{_ADMISSION}/validatingadmissionpolicybindings"


@cache
def builtin_resources() -> tuple[Resource, ...]:
    """All resources that exist without any definition."""
    return tuple(map(_resource, orjson.loads((resources.files(__package__) / "kinds.json").read_bytes())))


def _resource(line: Mapping[str, Any]) -> Resource:
    group, plural, kind = line["group"], line["plural"], line["kind"]
    subresources = frozenset(line.get("subresources", ()))
    return Resource(
        group=group,
        version="v1",
        plural=plural,
        kind=kind,
        collection=line.get("collection", f"{group}/{plural}"),
        is_namespaced=line.get("is_namespaced", True),
        singular=kind.lower(),
        short_names=tuple(line.get("short_names", ())),
        categories=tuple(line.get("categories", ())),
        subresources=subresources,
        verbs=tuple(line.get("verbs", OBJECT_VERBS)),
        node=type_node(line.get("type", kind)),
        counts_generations=line.get("counts_generations", False),
        selectable=frozenset(line.get("selectable", ())),
        columns=builtin_columns(kind, line.get("columns", ())),
        scale=_REPLICAS if "scale" in subresources else None,
        storage_version=line.get("storage_version", ""),
        renamed=line.get("renamed", {}),
    )
