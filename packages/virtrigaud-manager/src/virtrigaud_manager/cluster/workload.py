"""What the manager makes for a Provider, such as its Deployment and its Service, as far as it is read again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from virtrigaud_manager.cluster.object_key import ObjectKey


@dataclass(frozen=True, slots=True)
class Workload:
    """One object that the manager made.

    Attributes:
        document: The whole object, to compare with what it shall be.
    """

    key: ObjectKey
    uid: str
    resource_version: str
    document: Mapping[str, Any]

    @property
    def ready_replicas(self) -> int:
        """Return how many pods of a Deployment answer."""
        return int(self.document.get("status", {}).get("readyReplicas") or 0)

    @property
    def available_replicas(self) -> int:
        """Return how many pods of a Deployment have answered for long enough."""
        return int(self.document.get("status", {}).get("availableReplicas") or 0)

    @property
    def cluster_ip(self) -> str | None:
        """Return the address of a Service."""
        address = self.document.get("spec", {}).get("clusterIP")
        return address if address and address != "None" else None

    @property
    def controller_uid(self) -> str | None:
        """Return the uid of the object that owns this one as its controller."""
        return controller_of(self.document)


def controller_of(document: Mapping[str, Any]) -> str | None:
    """Return the uid of the object that owns an object as its controller."""
    references = document.get("metadata", {}).get("ownerReferences") or ()
    return next((reference["uid"] for reference in references if reference.get("controller")), None)
