"""The cluster through its API server: reads from the cache, and the manager's few writes, each one request.

An answer goes into the cache at once, so that the next pass sees what this one wrote, whenever the watch
brings it. Nothing here decides anything about a kind.
"""

import base64
from collections.abc import AsyncIterator, Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from urllib.parse import urlencode, urlsplit

import aiohttp
from pydantic_core import from_json, to_json
from virtrigaud_api.v1beta1 import KubeObject
from virtrigaud_api.v1beta1.kube_model import KubeModel

from virtrigaud_manager import metrics
from virtrigaud_manager.cluster.cache import Cache, Change
from virtrigaud_manager.cluster.merge_patch import status_patch
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.paths import EVENTS, RESOURCES, Collection, path_of
from virtrigaud_manager.cluster.quota_seen import QuotaSeen
from virtrigaud_manager.cluster.secret_seen import SecretSeen
from virtrigaud_manager.cluster.store import FIELD_MANAGER, ClusterError, GoneError, RefusedError, StaleError
from virtrigaud_manager.cluster.workload import Workload
from virtrigaud_manager.quota.claims import Claims

K = TypeVar("K", bound=KubeObject)

CONNECTIONS: Final = 16
PAGE: Final = 500
"""Objects of one page of a list: a few megabytes."""

_TIMEOUT = aiohttp.ClientTimeout(total=30, sock_connect=5)
_MERGE_PATCH: Final = {"Content-Type": "application/merge-patch+json"}
_APPLY_PATCH: Final = {"Content-Type": "application/apply-patch+yaml"}
_JSON: Final = {"Content-Type": "application/json"}
_FIRST_ERROR: Final = 400


@dataclass(frozen=True, slots=True)
class Page:
    """Some objects of a list, and the resourceVersion of the whole list."""

    resource_version: str
    documents: Sequence[Mapping[str, Any]]


class ApiStore:
    """Reads the cache and writes to the API server.

    Args:
        changed: Told what the answer to a write changes in the cache.
        permit: Raises ClusterError where nothing may be changed.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        server: str,
        cache: Cache,
        changed: Callable[[Change], None],
        permit: Callable[[], None],
    ) -> None:
        self._session = session
        self._permit = permit
        self._server = server
        self._cache = cache
        self._changed = changed

    def find(self, model: type[K], namespace: str, name: str) -> K | None:
        """Return an object of ours as it was last seen."""
        return self._cache.find(model, namespace, name)

    def all(self, model: type[K]) -> Iterator[K]:
        """Return all objects of a kind of ours."""
        for key in self._cache.keys(ObjectKind(model.names.kind)):
            found = self._cache.get(key)
            if isinstance(found, model):
                yield found

    def claims_in(self, namespace: str) -> Claims:
        """Return what the machines of a namespace take of its quotas."""
        return self._cache.claims_in(namespace)

    def secret_version(self, namespace: str, name: str) -> str | None:
        """Return the resourceVersion of a Secret; None when there is none of that name."""
        found = self.secret(namespace, name)
        return found.resource_version if found is not None else None

    def secret(self, namespace: str, name: str) -> SecretSeen | None:
        """Return what is remembered of a Secret; None when there is none of that name."""
        found = self._cache.get(ObjectKey(ObjectKind.SECRET, namespace, name))
        return found if isinstance(found, SecretSeen) else None

    def workload(self, key: ObjectKey) -> Workload | None:
        """Return an object that we made as it was last seen."""
        found = self._cache.get(key)
        return found if isinstance(found, Workload) else None

    def quota(self, key: ObjectKey) -> QuotaSeen | None:
        """Return a ResourceQuota as it was last seen."""
        found = self._cache.get(key)
        return found if isinstance(found, QuotaSeen) else None

    def referring(self, name: Hashable) -> tuple[ObjectKey, ...]:
        """Return the objects that name an object, or what else the cache can be asked for."""
        return self._cache.referring(name)

    async def read_secret(self, namespace: str, name: str) -> Mapping[str, bytes] | None:
        """Read the values of a Secret; they are never cached."""
        try:
            document = await self._request("GET", path_of(ObjectKey(ObjectKind.SECRET, namespace, name)))
        except GoneError:
            return None
        return {key: base64.b64decode(value) for key, value in (document.get("data") or {}).items()}

    async def create(self, key: ObjectKey, manifest: Mapping[str, Any]) -> None:
        """Make an object."""
        path = f"{RESOURCES[key.kind].collection(key.namespace)}?fieldManager={FIELD_MANAGER}"
        await self._write("POST", path, key, manifest, _JSON)

    async def write_status(self, found: KubeObject, status: KubeModel) -> None:
        """Write what differs between the status that was found and the new one, unless the object has changed."""
        patch = status_patch(found.status, status)  # type: ignore[attr-defined]
        if patch is not None:
            key = _key(found)
            metadata = {"uid": found.metadata.uid, "resourceVersion": found.metadata.resource_version}
            body = {"metadata": metadata, "status": patch}
            await self._write("PATCH", path_of(key, "status"), key, body, _MERGE_PATCH)

    async def set_finalizers(self, found: KubeObject, finalizers: tuple[str, ...]) -> None:
        """Replace the finalizers, unless the object has changed since it was found."""
        key, metadata = _key(found), found.metadata
        body = {
            "metadata": {
                "uid": metadata.uid,
                "resourceVersion": metadata.resource_version,
                "finalizers": list(finalizers) or None,
            }
        }
        await self._write("PATCH", path_of(key), key, body, _MERGE_PATCH)

    async def write_usage(self, quota: QuotaSeen, used: Mapping[str, str]) -> None:
        """Write what is used of some things that a ResourceQuota limits."""
        body = {"metadata": {"uid": quota.uid}, "status": {"used": used}}
        await self._write("PATCH", path_of(quota.key, "status"), quota.key, body, _MERGE_PATCH)

    async def apply(self, key: ObjectKey, manifest: Mapping[str, Any]) -> None:
        """Make an object what the manifest says, by server-side apply."""
        path = f"{path_of(key)}?fieldManager={FIELD_MANAGER}&force=true"
        await self._write("PATCH", path, key, manifest, _APPLY_PATCH)

    async def replace(self, key: ObjectKey, document: Mapping[str, Any]) -> None:
        """Replace a whole object, unless it has changed since the resourceVersion that the document has."""
        await self._write("PUT", f"{path_of(key)}?fieldManager={FIELD_MANAGER}", key, document, _JSON)

    async def remove(self, key: ObjectKey, uid: str) -> None:
        """Delete an object; one that is gone, or another of that name, is left alone."""
        metrics.wrote("DELETE", key.kind.value)
        try:
            await self._request("DELETE", path_of(key), {"preconditions": {"uid": uid}})
        except (GoneError, StaleError):
            return
        change = self._cache.remove(key, uid)
        if change is not None:
            self._changed(change)

    async def create_event(self, namespace: str, document: Mapping[str, Any]) -> None:
        """Create an Event."""
        metrics.wrote("POST", EVENTS.kind)
        await self._request("POST", EVENTS.collection(namespace), document)

    async def pages(self, collection: Collection) -> AsyncIterator[Page]:
        """List all objects, page by page, so that thousands are never in memory as documents at once."""
        asked, following = {"limit": str(PAGE), **collection.selection}, None
        while following != "":
            document = await self._request("GET", f"{collection.path}?{urlencode(asked)}")
            metadata = document["metadata"]
            yield Page(metadata["resourceVersion"], document.get("items") or [])
            following = asked["continue"] = metadata.get("continue") or ""

    async def _write(
        self, method: str, path: str, key: ObjectKey, body: Mapping[str, Any], headers: Mapping[str, str]
    ) -> None:
        metrics.wrote(method, key.kind.value)
        document = await self._request(method, path, body, headers)
        metadata = document["metadata"]
        if metadata.get("deletionTimestamp") and not metadata.get("finalizers"):
            change = self._cache.remove(key, metadata["uid"])
        else:
            change = self._cache.put(key.kind, document)
        if change is not None:
            self._changed(change)

    async def _request(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        if method != "GET":
            self._permit()
        return await request(self._session, method, self._server + path, body=body, headers=headers)


async def request(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    body: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    patience: aiohttp.ClientTimeout = _TIMEOUT,
) -> dict[str, Any]:
    """Ask the API server something.

    Raises:
        GoneError: There is no such object.
        StaleError: It is there already, or is another than was thought.
        ClusterError: The API server refuses, or can't be reached.
    """
    data = to_json(body) if body is not None else None
    try:
        async with session.request(method, url, data=data, headers=headers or _JSON, timeout=patience) as response:
            if response.status >= _FIRST_ERROR:
                raise await refusal(method, response)
            # Equal strings of all documents become one object, which json does for names only.
            document: dict[str, Any] = from_json(await response.read())
            return document
    except (aiohttp.ClientError, TimeoutError) as error:
        raise ClusterError(f"{method} {urlsplit(url).path}: the API server can't be reached: {error}") from error


async def refusal(method: str, response: aiohttp.ClientResponse) -> ClusterError:
    """Return the error that says why the API server did not do what was asked."""
    try:
        message = (await response.json()).get("message", "")
    except (aiohttp.ClientError, ValueError):
        message = response.reason or ""
    text = f"{method} {response.url.path}: the API server answered {response.status}: {message}"
    match response.status:
        case 404:
            return GoneError(text)
        case 409:
            return StaleError(text)
        case 400 | 403 | 422:
            return RefusedError(text)
        case _:
            return ClusterError(text)


def _key(found: KubeObject) -> ObjectKey:
    return ObjectKey(ObjectKind(found.names.kind), found.metadata.namespace, found.metadata.name)
