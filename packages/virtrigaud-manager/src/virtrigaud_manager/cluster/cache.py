"""The watched objects as they were last seen: each parsed once per resourceVersion, and found by who names whom.

`watch` and the answers to our own writes fill it; reconciles read it and never the API server. Values of
Secrets are not kept, only that there is one and its version.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from pydantic import ValidationError
from virtrigaud_api.v1beta1 import KubeObject, VirtualMachine

from virtrigaud_manager.cluster.lean import shared, without_managed_fields
from virtrigaud_manager.cluster.models import MODELS
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.paths import OURS_ONLY
from virtrigaud_manager.cluster.quota_seen import QuotaSeen
from virtrigaud_manager.cluster.secret_seen import SecretSeen
from virtrigaud_manager.cluster.workload import Workload, controller_of
from virtrigaud_manager.quota.claims import Claim, Claims

K = TypeVar("K", bound=KubeObject)

log = structlog.get_logger("cache")

_REMEMBERED_DELETIONS = 4096


Cached = KubeObject | Workload | SecretSeen | QuotaSeen


@dataclass(frozen=True, slots=True)
class Change:
    """What a new version of an object changes: None stands for its absence."""

    key: ObjectKey
    before: Cached | None
    after: Cached | None


class Cache:
    """All watched objects.

    Args:
        names_of: Tells what an object refers to, by any key that it can be asked for with `referring`.
        claim_of: Tells what a machine takes of a quota.
    """

    def __init__(
        self,
        names_of: Callable[[KubeObject | QuotaSeen], Iterable[Hashable]],
        claim_of: Callable[["Cache", VirtualMachine], Claim],
    ) -> None:
        self._names_of = names_of
        self._claim_of = claim_of
        self._claims: dict[str, Claims] = {}
        self._objects: dict[ObjectKey, Cached] = {}
        self._names: dict[ObjectKey, frozenset[Hashable]] = {}
        self._referring: dict[Hashable, dict[ObjectKey, None]] = {}
        self._deleted: dict[str, None] = {}

    def put(self, kind: ObjectKind, document: Mapping[str, Any]) -> Change | None:
        """Take in an object; None when it is no newer than what is known, or can't be read."""
        metadata = document["metadata"]
        key = ObjectKey(kind, metadata.get("namespace", ""), metadata["name"])
        before = self._objects.get(key)
        if metadata["uid"] in self._deleted or (before is not None and not _is_newer(metadata, before)):
            return None
        after = _parse(key, document)
        if after is None:
            return None
        self._objects[key] = after
        if isinstance(after, KubeObject | QuotaSeen):
            self._reindex(key, frozenset(self._names_of(after)))
        self._count(key)
        return Change(key, before, after)

    def remove(self, key: ObjectKey, uid: str) -> Change | None:
        """Take note of a deletion; a late answer to an earlier write does not bring the object back."""
        self._deleted[uid] = None
        if len(self._deleted) > _REMEMBERED_DELETIONS:
            del self._deleted[next(iter(self._deleted))]
        before = self._objects.get(key)
        if before is None or uid_of(before) != uid:
            return None
        del self._objects[key]
        self._reindex(key, frozenset())
        self._count(key)
        return Change(key, before, None)

    def find(self, model: type[K], namespace: str, name: str) -> K | None:
        """Return an object of ours."""
        found = self._objects.get(ObjectKey(ObjectKind(model.names.kind), namespace, name))
        return found if isinstance(found, model) else None

    def get(self, key: ObjectKey) -> Cached | None:
        """Return an object of any kind."""
        return self._objects.get(key)

    def keys(self, kind: ObjectKind) -> Iterator[ObjectKey]:
        """Return the keys of all objects of a kind."""
        return iter([key for key in self._objects if key.kind is kind])

    def referring(self, name: Hashable) -> tuple[ObjectKey, ...]:
        """Return the objects that refer to something, whether it exists or not."""
        return tuple(self._referring.get(name, ()))

    def claims_in(self, namespace: str) -> Claims:
        """Return what the machines of a namespace take; from the first time on it is kept up to date."""
        claims = self._claims.get(namespace)
        if claims is None:
            claims = self._claims[namespace] = Claims()
            for key in self.keys(ObjectKind.VIRTUAL_MACHINE):
                if key.namespace == namespace:
                    self._count(key)
        return claims

    def _count(self, key: ObjectKey) -> None:
        """Take into account that a machine changed, or the class of some."""
        if key.kind is ObjectKind.VM_CLASS and self._claims:
            for user in self.referring(key):
                if user.kind is ObjectKind.VIRTUAL_MACHINE:
                    self._count(user)
        if key.kind is not ObjectKind.VIRTUAL_MACHINE or key.namespace not in self._claims:
            return
        vm = self._objects.get(key)
        claim = self._claim_of(self, vm) if isinstance(vm, VirtualMachine) else None
        self._claims[key.namespace].put(key.name, claim)

    def _reindex(self, key: ObjectKey, names: frozenset[Hashable]) -> None:
        before = self._names.pop(key, frozenset())
        for name in before - names:
            holders = self._referring[name]
            del holders[key]
            if not holders:
                del self._referring[name]
        for name in names - before:
            self._referring.setdefault(name, {})[key] = None
        if names:
            self._names[key] = names


def uid_of(cached: Cached) -> str:
    """Return the uid of an object."""
    return cached.metadata.uid if isinstance(cached, KubeObject) else cached.uid


def version_of(cached: Cached) -> str:
    """Return the resourceVersion of an object."""
    return cached.metadata.resource_version if isinstance(cached, KubeObject) else cached.resource_version


def _is_newer(metadata: Mapping[str, Any], known: Cached) -> bool:
    """Compare resourceVersions, which count up (KEP-5504); ones that are no numbers only by difference."""
    mine, other = metadata["resourceVersion"], version_of(known)
    if mine.isdecimal() and other.isdecimal():
        return int(mine) > int(other)
    return bool(mine != other)


def _parse(key: ObjectKey, document: Mapping[str, Any]) -> Cached | None:
    metadata = document["metadata"]
    match key.kind:
        case ObjectKind.SECRET:
            return SecretSeen(metadata["uid"], metadata["resourceVersion"], controller_of(document))
        case ObjectKind.RESOURCE_QUOTA:
            hard, status = (document.get("spec") or {}).get("hard") or {}, document.get("status") or {}
            used, is_counted = status.get("used") or {}, bool(status.get("hard"))
            return QuotaSeen(key, metadata["uid"], metadata["resourceVersion"], hard, used, is_counted)
        case _ if key.kind in OURS_ONLY:
            return Workload(key, metadata["uid"], metadata["resourceVersion"], document)
        case _:
            try:
                return shared(MODELS[key.kind].from_manifest(without_managed_fields(document)))
            except ValidationError as error:
                faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
                log.warning("the object can't be read and is left alone", kind=key.kind, object=key.path, error=faults)
                return None
