"""A cluster in memory: the manager's `Store` over plain documents, with the API server's bookkeeping.

Generations, resourceVersions, finalizers and deletion behave as on a real server. Every write is
counted, and a test may order a crash before one.
"""

import base64
import copy
import itertools
from collections.abc import Callable, Hashable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from virtrigaud_api.v1beta1 import KubeObject
from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_manager.cluster.cache import Cache, Change
from virtrigaud_manager.cluster.merge_patch import status_patch
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.quota_seen import QuotaSeen
from virtrigaud_manager.cluster.secret_seen import SecretSeen
from virtrigaud_manager.cluster.store import GoneError, RefusedError, StaleError
from virtrigaud_manager.cluster.workload import Workload
from virtrigaud_manager.dependents import names_of
from virtrigaud_manager.quota.claims import Claims
from virtrigaud_manager.quota.ledger import claim_of

K = TypeVar("K", bound=KubeObject)
Document = dict[str, Any]


def key_of(document: Mapping[str, Any]) -> ObjectKey:
    metadata = document["metadata"]
    return ObjectKey(ObjectKind(document["kind"]), metadata.get("namespace", ""), metadata["name"])


class MemoryStore:
    """Objects by key, as the API server holds them, and the manager's cache of them."""

    def __init__(self, on_change: Callable[[Change], None]) -> None:
        self.cache = Cache(names_of, claim_of)
        self.writes: list[str] = []
        self.refusing: dict[ObjectKey, str] = {}
        self.before_write: Callable[[str], None] = lambda _: None
        self.objects: dict[ObjectKey, Document] = {}
        self._on_change = on_change
        self._versions = itertools.count(1)
        self._uids = itertools.count(1)

    def on_change(self, told: Callable[[Change], None]) -> None:
        """Tell somebody else of changes from now on."""
        self._on_change = told

    # What users do.

    def put(self, manifest: Mapping[str, Any]) -> ObjectKey:
        """Create or replace an object, as kubectl apply does."""
        key = key_of(manifest)
        document = copy.deepcopy(dict(manifest))
        before = self.objects.get(key)
        metadata = document["metadata"]
        if before is None:
            metadata |= {"uid": f"uid-{next(self._uids)}", "generation": 1}
            metadata["creationTimestamp"] = datetime.now(UTC).isoformat()
        else:
            changed = before.get("spec") != document.get("spec")
            kept = {
                name: before["metadata"][name]
                for name in ("uid", "creationTimestamp", "finalizers")
                if name in before["metadata"]
            }
            metadata |= kept | {"generation": before["metadata"].get("generation", 1) + changed}
            document["status"] = before.get("status", {})
        self._keep(key, document)
        return key

    def delete(self, key: ObjectKey) -> None:
        """Delete an object, as kubectl delete --wait=false does."""
        document = copy.deepcopy(self.objects[key])
        if document["metadata"].get("finalizers"):
            document["metadata"].setdefault("deletionTimestamp", datetime.now(UTC).isoformat())
            document["metadata"]["generation"] += 1
            self._keep(key, document)
        else:
            self._remove(key)

    def set_status(self, key: ObjectKey, status: Document) -> None:
        """Say what another controller says about an object."""
        self._keep(key, copy.deepcopy(self.objects[key]) | {"status": status})

    def annotate(self, key: ObjectKey, **annotations: str | None) -> None:
        """Set annotations; None takes one away."""
        document = copy.deepcopy(self.objects[key])
        merged = document["metadata"].get("annotations", {}) | annotations
        document["metadata"]["annotations"] = {name: value for name, value in merged.items() if value is not None}
        self._keep(key, document)

    def respec(self, key: ObjectKey, **spec: Any) -> None:
        """Change fields of the spec, also of an object that is being deleted, as kubectl patch does."""
        document = copy.deepcopy(self.objects[key])
        document["spec"] |= spec
        document["metadata"]["generation"] += 1
        self._keep(key, document)

    # What the manager does.

    def find(self, model: type[K], namespace: str, name: str) -> K | None:
        return self.cache.find(model, namespace, name)

    def all(self, model: type[K]) -> Iterator[K]:
        for key in self.cache.keys(ObjectKind(model.names.kind)):
            found = self.cache.get(key)
            if isinstance(found, model):
                yield found

    def claims_in(self, namespace: str) -> Claims:
        return self.cache.claims_in(namespace)

    def secret_version(self, namespace: str, name: str) -> str | None:
        found = self.objects.get(ObjectKey(ObjectKind.SECRET, namespace, name))
        return None if found is None else found["metadata"]["resourceVersion"]

    def secret(self, namespace: str, name: str) -> SecretSeen | None:
        found = self.cache.get(ObjectKey(ObjectKind.SECRET, namespace, name))
        return found if isinstance(found, SecretSeen) else None

    def workload(self, key: ObjectKey) -> Workload | None:
        found = self.cache.get(key)
        return found if isinstance(found, Workload) else None

    def quota(self, key: ObjectKey) -> QuotaSeen | None:
        found = self.cache.get(key)
        return found if isinstance(found, QuotaSeen) else None

    def referring(self, name: Hashable) -> tuple[ObjectKey, ...]:
        return self.cache.referring(name)

    async def read_secret(self, namespace: str, name: str) -> Mapping[str, bytes] | None:
        found = self.objects.get(ObjectKey(ObjectKind.SECRET, namespace, name))
        return None if found is None else found["data"]

    async def create(self, key: ObjectKey, manifest: Mapping[str, Any]) -> None:
        self.before_write(f"create {key}")
        if key in self.objects:
            raise StaleError(f"{key} exists")
        if key in self.refusing:
            raise RefusedError(f"{key}: {self.refusing[key]}")
        self.writes.append(f"create {key}")
        self.put(manifest)

    async def write_status(self, found: KubeObject, status: KubeModel) -> None:
        patch = status_patch(found.status, status)  # type: ignore[attr-defined]
        if patch is None:
            return
        key = self._written(found, "status")
        document = copy.deepcopy(self.objects[key])
        if document["metadata"]["resourceVersion"] != found.metadata.resource_version:
            raise StaleError(f"{key} has changed")
        document["status"] = _merged(document.get("status", {}), patch)
        self._keep(key, document)

    async def set_finalizers(self, found: KubeObject, finalizers: tuple[str, ...]) -> None:
        key = self._written(found, "finalizers")
        document = copy.deepcopy(self.objects[key])
        if document["metadata"]["resourceVersion"] != found.metadata.resource_version:
            raise StaleError(f"{key} has changed")
        document["metadata"]["finalizers"] = list(finalizers)
        if not finalizers and "deletionTimestamp" in document["metadata"]:
            self._remove(key)
        else:
            self._keep(key, document)

    async def write_usage(self, quota: QuotaSeen, used: Mapping[str, str]) -> None:
        self.writes.append(f"usage {quota.key}")
        document = copy.deepcopy(self.objects[quota.key])
        document["status"] = _merged(document.get("status", {}), {"used": used})
        self._keep(quota.key, document)

    async def apply(self, key: ObjectKey, manifest: Mapping[str, Any]) -> None:
        self.before_write(f"apply {key}")
        self.writes.append(f"apply {key}")
        before = self.objects.get(key, {})
        document = copy.deepcopy(dict(manifest)) | {"kind": key.kind.value}
        document["metadata"] = {**document["metadata"], "namespace": key.namespace, "name": key.name}
        document["metadata"].setdefault("uid", before.get("metadata", {}).get("uid", f"uid-{next(self._uids)}"))
        document["status"] = before.get("status", {})
        if key.kind is ObjectKind.SECRET:
            document["data"] = {name: base64.b64decode(value) for name, value in document["data"].items()}
        if key.kind is ObjectKind.SERVICE:
            document["spec"] = {**document["spec"], "clusterIP": "127.96.0.10"}
        self._keep(key, document)

    async def replace(self, key: ObjectKey, document: Mapping[str, Any]) -> None:
        self.before_write(f"replace {key}")
        self.writes.append(f"replace {key}")
        before = self.objects[key]
        if before["metadata"]["resourceVersion"] != document["metadata"]["resourceVersion"]:
            raise StaleError(f"{key} has changed")
        self._keep(key, copy.deepcopy(dict(document)) | {"status": before.get("status", {})})

    async def remove(self, key: ObjectKey, uid: str) -> None:
        self.before_write(f"remove {key}")
        self.writes.append(f"remove {key}")
        if key in self.objects and self.objects[key]["metadata"]["uid"] == uid:
            self.delete(key)

    # Bookkeeping.

    def restart(self) -> None:
        """Lose the cache and read everything again, as a manager that was started anew does."""
        self.cache = Cache(names_of, claim_of)
        for key, document in self.objects.items():
            change = self.cache.put(key.kind, document)
            if change is not None:
                self._on_change(change)

    def _written(self, found: KubeObject, what: str) -> ObjectKey:
        key = ObjectKey(ObjectKind(found.names.kind), found.metadata.namespace, found.metadata.name)
        self.before_write(f"{what} {key}")
        if key not in self.objects or self.objects[key]["metadata"]["uid"] != found.metadata.uid:
            raise GoneError(f"{key} does not exist")
        self.writes.append(f"{what} {key}")
        return key

    def _keep(self, key: ObjectKey, document: Document) -> None:
        document["metadata"]["resourceVersion"] = str(next(self._versions))
        self.objects[key] = document
        change = self.cache.put(key.kind, document)
        if change is not None:
            self._on_change(change)

    def _remove(self, key: ObjectKey) -> None:
        document = self.objects.pop(key)
        change = self.cache.remove(key, document["metadata"]["uid"])
        if change is not None:
            self._on_change(change)


def _merged(before: Mapping[str, Any], patch: Mapping[str, Any]) -> Document:
    merged = dict(before)
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, Mapping):
            merged[name] = _merged(merged.get(name) or {}, value)
        else:
            merged[name] = value
    return merged
