"""Where the watched kinds are in the API: their groups, plurals and URL paths."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from virtrigaud_api.v1beta1 import keys

from virtrigaud_manager.cluster.models import MODELS
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.store import RefusedError


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind as URLs and as manifests name it; the group of the core API is empty."""

    group: str
    version: str
    plural: str
    kind: str

    @property
    def api_version(self) -> str:
        """Return group and version as manifests write them."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def root(self) -> str:
        """Return the path of the group."""
        return f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"

    def collection(self, namespace: str | None) -> str:
        """Return the path of all objects, or of those of one namespace."""
        return f"{self.root}/namespaces/{namespace}/{self.plural}" if namespace else f"{self.root}/{self.plural}"


RESOURCES: Final[Mapping[ObjectKind, Resource]] = {
    **{kind: Resource(keys.GROUP, keys.VERSION, model.names.plural, kind.value) for kind, model in MODELS.items()},
    ObjectKind.SECRET: Resource("", "v1", "secrets", ObjectKind.SECRET.value),
    ObjectKind.SERVICE: Resource("", "v1", "services", ObjectKind.SERVICE.value),
    ObjectKind.DEPLOYMENT: Resource("apps", "v1", "deployments", ObjectKind.DEPLOYMENT.value),
    ObjectKind.RESOURCE_QUOTA: Resource("", "v1", "resourcequotas", ObjectKind.RESOURCE_QUOTA.value),
    ObjectKind.NETWORK_POLICY: Resource("networking.k8s.io", "v1", "networkpolicies", ObjectKind.NETWORK_POLICY.value),
    ObjectKind.POD_DISRUPTION_BUDGET: Resource(
        "policy", "v1", "poddisruptionbudgets", ObjectKind.POD_DISRUPTION_BUDGET.value
    ),
}

EVENTS: Final = Resource("events.k8s.io", "v1", "events", "Event")
LEASES: Final = Resource("coordination.k8s.io", "v1", "leases", "Lease")

_NO_NAMES: Final = ("", ".", "..")
_NOT_IN_NAMES: Final = frozenset("/%?#\\")

OURS_ONLY: Final = frozenset(
    {ObjectKind.SERVICE, ObjectKind.DEPLOYMENT, ObjectKind.NETWORK_POLICY, ObjectKind.POD_DISRUPTION_BUDGET}
)
"""Kinds of which only the objects that we made are watched."""

_OURS_SELECTOR: Final = f"{keys.LABEL_APP_MANAGED_BY}={keys.APP_MANAGED_BY}"


@dataclass(frozen=True, slots=True)
class Collection:
    """The objects of a kind that are listed and watched together: those of one namespace, or with None all."""

    kind: ObjectKind
    namespace: str | None

    @property
    def path(self) -> str:
        """Return its path."""
        return RESOURCES[self.kind].collection(self.namespace)

    @property
    def selection(self) -> dict[str, str]:
        """Return the parameters that leave out what is not ours to see."""
        return {"labelSelector": _OURS_SELECTOR} if self.kind in OURS_ONLY else {}

    def __str__(self) -> str:
        """Name it for people."""
        plural = RESOURCES[self.kind].plural
        return f"{plural} in {self.namespace}" if self.namespace else plural


def path_of(key: ObjectKey, subresource: str = "") -> str:
    """Return the path of an object or of one of its subresources.

    Raises:
        RefusedError: Its name, which a tenant may have written into a reference, would lead elsewhere.
    """
    if key.name in _NO_NAMES or _NOT_IN_NAMES & set(key.name):
        raise RefusedError(f"{key.kind.value} {key.name!a}: that is no name of an object")
    path = f"{RESOURCES[key.kind].collection(key.namespace)}/{key.name}"
    return f"{path}/{subresource}" if subresource else path
