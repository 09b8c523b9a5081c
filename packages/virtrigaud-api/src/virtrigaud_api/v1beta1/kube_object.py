"""The frame that all kinds share: apiVersion, kind, metadata.

The kinds derive from `KubeObject`; the manager and the command line read and write objects through it.
"""

from typing import Any, ClassVar

from pydantic import Field

from virtrigaud_api.v1beta1.keys import API_VERSION, ApiVersion, ResourceNames
from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.object_meta import ObjectMeta


class KubeObject(KubeModel):
    """An object of the API group."""

    names: ClassVar[ResourceNames]

    api_version: ApiVersion = API_VERSION
    """Group and version of the schema that this object follows."""
    kind: str
    """The kind of this object."""
    metadata: ObjectMeta = Field(default_factory=ObjectMeta)
    """Name, namespace, labels and what else every Kubernetes object carries."""

    def to_manifest(self) -> dict[str, Any]:
        """Write the object as a manifest: apiVersion and kind always, of the rest what was set."""
        return {"apiVersion": self.api_version, "kind": self.kind, **super().to_manifest()}
