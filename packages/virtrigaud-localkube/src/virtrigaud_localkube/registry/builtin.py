"""The built-in resources, one line each."""

from functools import cache
from typing import NamedTuple

from virtrigaud_localkube.registry.columns import builtin_columns
from virtrigaud_localkube.registry.event_groups import EVENTS_GROUP, event_translation
from virtrigaud_localkube.registry.field_table import type_node
from virtrigaud_localkube.registry.resource import Resource, ScalePaths

RBAC_GROUP = "rbac.authorization.k8s.io"
_ADMISSION = "admissionregistration.k8s.io"
_AUTHENTICATION = "authentication.k8s.io"
_AUTHORIZATION = "authorization.k8s.io"
_EVENT_FIELDS = (
    "involvedObject.kind involvedObject.namespace involvedObject.name involvedObject.uid involvedObject.apiVersion "
    "involvedObject.resourceVersion involvedObject.fieldPath reason reportingComponent source type"
)
_REGARDING_FIELDS = "regarding.kind regarding.namespace regarding.name regarding.uid reason reportingController type"
_POD_FIELDS = "spec.nodeName spec.restartPolicy spec.serviceAccountName status.phase status.podIP"

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


class Kind(NamedTuple):
    """One line of the table below; lists of words are written as one text."""

    group: str
    plural: str
    kind: str
    short: str = ""
    subresources: str = ""
    is_namespaced: bool = True
    counts_generations: bool = False
    selectable: str = ""
    categories: str = ""


def _resource(line: Kind) -> Resource:
    return Resource(
        group=line.group,
        version="v1",
        plural=line.plural,
        kind=line.kind,
        collection=f"{line.group}/{line.plural}",
        is_namespaced=line.is_namespaced,
        singular=line.kind.lower(),
        short_names=tuple(line.short.split()),
        categories=tuple(line.categories.split()),
        subresources=frozenset(line.subresources.split()),
        node=type_node(line.kind),
        counts_generations=line.counts_generations,
        selectable=frozenset(line.selectable.split()),
        columns=builtin_columns(line.kind),
        scale=_REPLICAS if "scale" in line.subresources else None,
    )


def _review(group: str, plural: str, kind: str, *, is_namespaced: bool = False) -> Resource:
    return Resource(
        group=group,
        version="v1",
        plural=plural,
        kind=kind,
        collection=f"{group}/{plural}",
        is_namespaced=is_namespaced,
        singular=kind.lower(),
        verbs=("create",),
        node=type_node(kind),
    )


def _events_of_events_group() -> Resource:
    return Resource(
        group=EVENTS_GROUP,
        version="v1",
        plural="events",
        kind="Event",
        collection="/events",
        singular="event",
        short_names=("ev",),
        node=type_node("EventOfEvents"),
        selectable=frozenset(_REGARDING_FIELDS.split()),
        columns=builtin_columns("Event"),
        storage_version="v1",
        translation=event_translation(),
    )


_CRD_GROUP = "apiextensions.k8s.io"
_EXTENSIONS = "api-extensions"
_KINDS = (
    Kind("", "namespaces", "Namespace", "ns", "status finalize", is_namespaced=False),
    Kind("", "configmaps", "ConfigMap", "cm"),
    Kind("", "secrets", "Secret", selectable="type"),
    Kind("", "events", "Event", "ev", selectable=_EVENT_FIELDS),
    Kind("", "serviceaccounts", "ServiceAccount", "sa", "token"),
    Kind("", "services", "Service", "svc", "status", categories="all"),
    Kind("", "pods", "Pod", "po", "status", selectable=_POD_FIELDS, categories="all"),
    Kind("", "nodes", "Node", "no", "status", is_namespaced=False),
    Kind("", "persistentvolumeclaims", "PersistentVolumeClaim", "pvc", "status"),
    Kind("", "resourcequotas", "ResourceQuota", "quota", "status"),
    Kind("", "persistentvolumes", "PersistentVolume", "pv", "status", is_namespaced=False),
    Kind("coordination.k8s.io", "leases", "Lease"),
    Kind("apps", "deployments", "Deployment", "deploy", "status scale", counts_generations=True, categories="all"),
    Kind("apps", "replicasets", "ReplicaSet", "rs", "status scale", counts_generations=True, categories="all"),
    Kind("policy", "poddisruptionbudgets", "PodDisruptionBudget", "pdb", "status"),
    Kind("networking.k8s.io", "networkpolicies", "NetworkPolicy", "netpol", counts_generations=True),
    Kind(RBAC_GROUP, "roles", "Role"),
    Kind(RBAC_GROUP, "rolebindings", "RoleBinding"),
    Kind(RBAC_GROUP, "clusterroles", "ClusterRole", is_namespaced=False),
    Kind(RBAC_GROUP, "clusterrolebindings", "ClusterRoleBinding", is_namespaced=False),
    Kind(
        _CRD_GROUP, "customresourcedefinitions", "CustomResourceDefinition", "crd crds", "status",
        is_namespaced=False, counts_generations=True, categories=_EXTENSIONS,
    ),
    Kind(
        _ADMISSION, "validatingwebhookconfigurations", "ValidatingWebhookConfiguration",
        is_namespaced=False, counts_generations=True, categories=_EXTENSIONS,
    ),
    Kind(
        _ADMISSION, "mutatingwebhookconfigurations", "MutatingWebhookConfiguration",
        is_namespaced=False, counts_generations=True, categories=_EXTENSIONS,
    ),
    Kind(
        _ADMISSION, "validatingadmissionpolicies", "ValidatingAdmissionPolicy", "", "status",
        is_namespaced=False, counts_generations=True, categories=_EXTENSIONS,
    ),
    Kind(
        _ADMISSION, "validatingadmissionpolicybindings", "ValidatingAdmissionPolicyBinding",
        is_namespaced=False, counts_generations=True, categories=_EXTENSIONS,
    ),
)  # fmt: skip
_REVIEWS = (
    (_AUTHENTICATION, "selfsubjectreviews", "SelfSubjectReview"),
    (_AUTHENTICATION, "tokenreviews", "TokenReview"),
    (_AUTHORIZATION, "selfsubjectaccessreviews", "SelfSubjectAccessReview"),
    (_AUTHORIZATION, "selfsubjectrulesreviews", "SelfSubjectRulesReview"),
    (_AUTHORIZATION, "subjectaccessreviews", "SubjectAccessReview"),
)


@cache
def builtin_resources() -> tuple[Resource, ...]:
    """All resources that exist without any definition."""
    local = _review(_AUTHORIZATION, "localsubjectaccessreviews", "LocalSubjectAccessReview", is_namespaced=True)
    return (*map(_resource, _KINDS), _events_of_events_group(), *(_review(*review) for review in _REVIEWS), local)
