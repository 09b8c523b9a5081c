"""What reconcilers may do with the cluster: look into the cache, and make one of a few writes.

`ApiStore` does it through the API server; the tests of reconciles use one in memory. Nothing here knows
a kind's rules.
"""

from collections.abc import Hashable, Iterator, Mapping
from typing import Any, Final, Protocol, TypeVar

from virtrigaud_api.v1beta1 import KubeObject
from virtrigaud_api.v1beta1.kube_model import KubeModel

from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.cluster.quota_seen import QuotaSeen
from virtrigaud_manager.cluster.secret_seen import SecretSeen
from virtrigaud_manager.cluster.workload import Workload
from virtrigaud_manager.quota.claims import Claims

K = TypeVar("K", bound=KubeObject)

FIELD_MANAGER: Final = "virtrigaud-manager"
"""By which name the API server records what we write."""


class ClusterError(Exception):
    """The API server did not do what was asked, or can't be reached."""


class GoneError(ClusterError):
    """The object does not exist any more."""


class StaleError(ClusterError):
    """Somebody else changed the object in between; look at it again."""


class RefusedError(ClusterError):
    """The API server will not have what it was asked, however often it is asked."""


class Store(Protocol):
    """The cluster as reconcilers see it."""

    def find(self, model: type[K], namespace: str, name: str) -> K | None:
        """Return an object of ours as it was last seen."""
        ...

    def all(self, model: type[K]) -> Iterator[K]:
        """Return all objects of a kind of ours."""
        ...

    def claims_in(self, namespace: str) -> Claims:
        """Return what the machines of a namespace take of its quotas."""
        ...

    def secret_version(self, namespace: str, name: str) -> str | None:
        """Return the resourceVersion of a Secret; None when there is none of that name."""
        ...

    def secret(self, namespace: str, name: str) -> SecretSeen | None:
        """Return what is remembered of a Secret; None when there is none of that name."""
        ...

    def workload(self, key: ObjectKey) -> Workload | None:
        """Return an object that we made, such as a Deployment or a Service, as it was last seen."""
        ...

    def quota(self, key: ObjectKey) -> QuotaSeen | None:
        """Return a ResourceQuota as it was last seen."""
        ...

    def referring(self, name: Hashable) -> tuple[ObjectKey, ...]:
        """Return the objects that name an object, or what else the cache can be asked for."""
        ...

    async def read_secret(self, namespace: str, name: str) -> Mapping[str, bytes] | None:
        """Read the values of a Secret; they are never cached."""
        ...

    async def create(self, key: ObjectKey, manifest: Mapping[str, Any]) -> None:
        """Make an object.

        Raises:
            StaleError: There is one of that name.
            RefusedError: The API server does not want it.
        """
        ...

    async def write_status(self, found: KubeObject, status: KubeModel) -> None:
        """Write what differs between the status that was found and the new one; nothing where nothing does.

        Raises:
            StaleError: The object has changed since it was found.
        """
        ...

    async def set_finalizers(self, found: KubeObject, finalizers: tuple[str, ...]) -> None:
        """Replace the finalizers, unless the object has changed since it was found.

        Raises:
            StaleError: It has.
        """
        ...

    async def write_usage(self, quota: QuotaSeen, used: Mapping[str, str]) -> None:
        """Write what is used of some things that a ResourceQuota limits."""
        ...

    async def apply(self, key: ObjectKey, manifest: Mapping[str, Any]) -> None:
        """Make an object what the manifest says, by server-side apply."""
        ...

    async def replace(self, key: ObjectKey, document: Mapping[str, Any]) -> None:
        """Replace a whole object, unless it has changed since the resourceVersion that the document has.

        Raises:
            StaleError: It has.
        """
        ...

    async def remove(self, key: ObjectKey, uid: str) -> None:
        """Delete an object; one that is gone, or another of that name, is left alone."""
        ...
