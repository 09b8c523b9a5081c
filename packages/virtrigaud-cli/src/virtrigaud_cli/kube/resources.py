"""The kinds that we read or write, and their URLs.

One frozen value a kind; both transports build their paths from it.
"""

from dataclasses import dataclass
from typing import Final

from virtrigaud_api.v1beta1 import keys


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind of object at the API server."""

    api_version: str
    kind: str
    plural: str
    namespaced: bool = True
    short_names: tuple[str, ...] = ()

    def path(self, namespace: str = "", name: str = "", *, part: str = "") -> str:
        """The URL path of a collection, of one object, or of a part of it (status)."""
        root = f"/apis/{self.api_version}" if "/" in self.api_version else f"/api/{self.api_version}"
        place = f"/namespaces/{namespace}" if self.namespaced and namespace else ""
        return "/".join(piece for piece in (f"{root}{place}/{self.plural}", name, part) if piece)


def _ours(names: keys.ResourceNames) -> Resource:
    return Resource(keys.API_VERSION, names.kind, names.plural, short_names=(names.short, names.singular))


PROVIDER: Final = _ours(keys.PROVIDER)
VIRTUAL_MACHINE: Final = _ours(keys.VIRTUAL_MACHINE)
VM_CLASS: Final = _ours(keys.VM_CLASS)
VM_IMAGE: Final = _ours(keys.VM_IMAGE)

NAMESPACE: Final = Resource("v1", "Namespace", "namespaces", namespaced=False)
NODE: Final = Resource("v1", "Node", "nodes", namespaced=False)
POD: Final = Resource("v1", "Pod", "pods")
SERVICE: Final = Resource("v1", "Service", "services")
SECRET: Final = Resource("v1", "Secret", "secrets")
CONFIG_MAP: Final = Resource("v1", "ConfigMap", "configmaps")
EVENT: Final = Resource("v1", "Event", "events")
DEPLOYMENT: Final = Resource("apps/v1", "Deployment", "deployments")
CUSTOM_RESOURCE_DEFINITION: Final = Resource(
    "apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions", namespaced=False
)
