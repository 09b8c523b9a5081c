"""Who has to look again when an object changes: exactly those that name it, and only for what concerns them.

`watch` asks here after every change of the cache. Pure.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from virtrigaud_api.contract import MachineId
from virtrigaud_api.v1beta1 import KubeObject, Provider, VirtualMachine, VMSnapshot

from virtrigaud_manager.cluster.cache import Cache, Cached, Change, version_of
from virtrigaud_manager.cluster.object_key import InNamespace, ObjectKey, ObjectKind, QuotasOf
from virtrigaud_manager.cluster.quota_seen import QuotaSeen
from virtrigaud_manager.kinds.provider.maintenance import in_maintenance
from virtrigaud_manager.kinds.provider.names import environment_keys, secret_keys, workload_keys
from virtrigaud_manager.kinds.virtual_machine.references import named_by, provider_key, provider_of


@dataclass(frozen=True, slots=True)
class MachineOf:
    """A machine, by the Provider that has it."""

    provider: ObjectKey
    machine: MachineId


def names_of(found: KubeObject | QuotaSeen) -> Iterator[Hashable]:
    """Return everything that an object refers to."""
    match found:
        case QuotaSeen():
            yield QuotasOf(found.key.namespace)
        case VirtualMachine():
            yield from named_by(found)
            yield InNamespace(found.metadata.namespace)
            made_on = provider_of(found, found.status)
            yield made_on
            if found.status.id:
                yield MachineOf(made_on, MachineId(found.status.id))
        case Provider():
            yield from secret_keys(found)
            yield from environment_keys(found)
            yield from workload_keys(found)
        case _:
            return


def woken_by(change: Change, cache: Cache) -> Iterator[ObjectKey]:
    """Return the objects that have to be reconciled because of a change."""
    if change.key.kind in (ObjectKind.VIRTUAL_MACHINE, ObjectKind.PROVIDER) and _concerns_itself(change):
        yield change.key
    if _concerns_others(change):
        yield from cache.referring(change.key)
    if _makes_room(change, cache):
        yield from _waiting_for_room(change.key.namespace, cache)


def _makes_room(change: Change, cache: Cache) -> bool:
    """Tell whether a quota may have room that it did not have: it is another one, or a machine takes less of it."""
    match change.key.kind:
        case ObjectKind.RESOURCE_QUOTA:
            return True
        case ObjectKind.VIRTUAL_MACHINE:
            is_settled = isinstance(change.before, KubeObject) and not _concerns_itself(change)
            return not is_settled and bool(cache.referring(QuotasOf(change.key.namespace)))
        case _:
            return False


def _waiting_for_room(namespace: str, cache: Cache) -> Iterator[ObjectKey]:
    for key in cache.referring(InNamespace(namespace)):
        vm = cache.get(key)
        if isinstance(vm, VirtualMachine) and not vm.status.id:
            yield key


def counted_by(change: Change) -> Iterator[ObjectKey]:
    """Return the Providers that an object begins or ceases to refer to: they say how many use them."""
    before, after = (_providers_of(cached) for cached in (change.before, change.after))
    yield from before ^ after


def _providers_of(cached: Cached | None) -> set[ObjectKey]:
    if isinstance(cached, VirtualMachine):
        return {provider_key(cached), provider_of(cached, cached.status)}
    if not isinstance(cached, KubeObject):
        return set()
    return {name for name in names_of(cached) if isinstance(name, ObjectKey) and name.kind is ObjectKind.PROVIDER}


def _concerns_itself(change: Change) -> bool:
    """Tell whether the object changed in more than what we wrote into it ourselves."""
    before, after = change.before, change.after
    if not isinstance(before, KubeObject) or not isinstance(after, KubeObject):
        return True
    lost_finalizer = not set(before.metadata.finalizers) <= set(after.metadata.finalizers)
    return lost_finalizer or _wishes(before) != _wishes(after)


def _wishes(found: KubeObject) -> tuple[object, ...]:
    metadata = found.metadata
    return metadata.uid, metadata.generation, metadata.deletion_timestamp, metadata.labels, metadata.annotations


def _concerns_others(change: Change) -> bool:
    """Tell whether what others read of the object changed: not its counters, not its times."""
    before, after = change.before, change.after
    if before is None or after is None:
        return True
    return _read_by_others(before) != _read_by_others(after)


def _read_by_others(cached: Cached) -> object:
    match cached:
        case Provider():
            status = cached.status
            conditions = tuple((condition.type, condition.status) for condition in status.conditions)
            endpoint = status.runtime.endpoint if status.runtime is not None else None
            return (
                cached.metadata.generation,
                in_maintenance(cached),
                status.reported_capabilities,
                endpoint,
                conditions,
            )
        case VMSnapshot():
            taken = cached.status.snapshot_id, cached.status.phase
            return cached.metadata.generation, cached.metadata.deletion_timestamp, taken
        case KubeObject():
            return cached.metadata.generation
        case _:
            return version_of(cached)
