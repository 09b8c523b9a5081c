"""The built-in resources, one line each."""

from functools import cache

from virtrigaud_localkube.registry.columns import builtin_columns
from virtrigaud_localkube.registry.event_groups import EVENTS_GROUP, event_translation
from virtrigaud_localkube.registry.field_table import type_node
from virtrigaud_localkube.registry.resource import Resource, ScalePaths

_RBAC = "rbac.authorization.k8s.io"
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
SERVICES = "/services"
DEFINITIONS = "apiextensions.k8s.io/customresourcedefinitions"
VALIDATING_WEBHOOKS = f"{_ADMISSION}/validatingwebhookconfigurations"
MUTATING_WEBHOOKS = f"{_ADMISSION}/mutatingwebhookconfigurations"
POLICIES = f"{_ADMISSION}/validatingadmissionpolicies"
POLICY_BINDINGS = f"{_ADMISSION}/validatingadmissionpolicybindings"


def _resource(
    group: str,
    plural: str,
    kind: str,
    *,
    short: str = "",
    subresources: str = "",
    namespaced: bool = True,
    generations: bool = False,
    selectable: str = "",
    categories: str = "",
) -> Resource:
    return Resource(
        group=group,
        version="v1",
        plural=plural,
        kind=kind,
        collection=f"{group}/{plural}",
        is_namespaced=namespaced,
        singular=kind.lower(),
        short_names=tuple(short.split()),
        categories=tuple(categories.split()),
        subresources=frozenset(subresources.split()),
        node=type_node(kind),
        counts_generations=generations,
        selectable=frozenset(selectable.split()),
        columns=builtin_columns(kind),
        scale=_REPLICAS if "scale" in subresources else None,
    )


def _review(group: str, plural: str, kind: str, *, namespaced: bool = False) -> Resource:
    return Resource(
        group=group,
        version="v1",
        plural=plural,
        kind=kind,
        collection=f"{group}/{plural}",
        is_namespaced=namespaced,
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


@cache
def builtin_resources() -> tuple[Resource, ...]:
    """All resources that exist without any definition."""
    return (
        _resource("", "namespaces", "Namespace", short="ns", subresources="status finalize", namespaced=False),
        _resource("", "configmaps", "ConfigMap", short="cm"),
        _resource("", "secrets", "Secret", selectable="type"),
        _resource("", "events", "Event", short="ev", selectable=_EVENT_FIELDS),
        _resource("", "serviceaccounts", "ServiceAccount", short="sa"),
        _resource("", "services", "Service", short="svc", subresources="status", categories="all"),
        _resource("", "pods", "Pod", short="po", subresources="status", selectable=_POD_FIELDS, categories="all"),
        _resource("", "nodes", "Node", short="no", subresources="status", namespaced=False),
        _resource("", "persistentvolumeclaims", "PersistentVolumeClaim", short="pvc", subresources="status"),
        _resource("", "persistentvolumes", "PersistentVolume", short="pv", subresources="status", namespaced=False),
        _events_of_events_group(),
        _resource("coordination.k8s.io", "leases", "Lease"),
        _resource(
            "apps", "deployments", "Deployment", short="deploy", subresources="status scale", generations=True,
            categories="all",
        ),
        _resource(
            "apps", "replicasets", "ReplicaSet", short="rs", subresources="status scale", generations=True,
            categories="all",
        ),
        _resource("policy", "poddisruptionbudgets", "PodDisruptionBudget", short="pdb", subresources="status"),
        _resource("networking.k8s.io", "networkpolicies", "NetworkPolicy", short="netpol", generations=True),
        _resource(_RBAC, "roles", "Role"),
        _resource(_RBAC, "rolebindings", "RoleBinding"),
        _resource(_RBAC, "clusterroles", "ClusterRole", namespaced=False),
        _resource(_RBAC, "clusterrolebindings", "ClusterRoleBinding", namespaced=False),
        _resource(
            "apiextensions.k8s.io", "customresourcedefinitions", "CustomResourceDefinition", short="crd crds",
            subresources="status", namespaced=False, generations=True, categories="api-extensions",
        ),
        *_admission_resources(),
        _review(_AUTHENTICATION, "selfsubjectreviews", "SelfSubjectReview"),
        _review(_AUTHENTICATION, "tokenreviews", "TokenReview"),
        _review(_AUTHORIZATION, "selfsubjectaccessreviews", "SelfSubjectAccessReview"),
        _review(_AUTHORIZATION, "selfsubjectrulesreviews", "SelfSubjectRulesReview"),
        _review(_AUTHORIZATION, "subjectaccessreviews", "SubjectAccessReview"),
    )  # fmt: skip


def _admission_resources() -> tuple[Resource, ...]:
    kinds = {
        "validatingwebhookconfigurations": "ValidatingWebhookConfiguration",
        "mutatingwebhookconfigurations": "MutatingWebhookConfiguration",
        "validatingadmissionpolicies": "ValidatingAdmissionPolicy",
        "validatingadmissionpolicybindings": "ValidatingAdmissionPolicyBinding",
    }
    return tuple(
        _resource(
            _ADMISSION, plural, kind, namespaced=False, generations=True, categories="api-extensions",
            subresources="status" if kind == "ValidatingAdmissionPolicy" else "",
        )
        for plural, kind in kinds.items()
    )  # fmt: skip
