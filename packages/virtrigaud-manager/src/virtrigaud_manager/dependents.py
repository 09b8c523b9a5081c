"""Who has to look again when an object changes: exactly those that name it, and only for what concerns them.

`watch` asks here after every change of the cache. Pure.
"""

from collections.abc import Hashable, Iterator
from typing import Final

from virtrigaud_api.contract import MachineId
from virtrigaud_api.v1beta1 import KubeObject, Provider, VirtualMachine, VMImage, VMSnapshot, keys

from virtrigaud_manager.certificates.authority import AUTHORITY_SECRET
from virtrigaud_manager.certificates.peer import CLIENT_SECRET
from virtrigaud_manager.cluster.cache import Cache, Cached, Change, version_of
from virtrigaud_manager.cluster.object_key import InNamespace, MachineOf, ObjectKey, ObjectKind, QuotasOf, UnmadeIn
from virtrigaud_manager.cluster.quota_seen import QuotaSeen
from virtrigaud_manager.kinds.provider.maintenance import in_maintenance
from virtrigaud_manager.kinds.provider.names import environment_keys, is_issued, issued_key, secret_keys, workload_keys
from virtrigaud_manager.kinds.virtual_machine.hand_over import named_machine
from virtrigaud_manager.kinds.virtual_machine.references import image_key, named_by, provider_key, provider_of
from virtrigaud_manager.kinds.virtual_machine.uses import Use, uses
from virtrigaud_manager.kinds.vm_image.credentials import secret_keys as secret_keys_of_image
from virtrigaud_manager.kinds.vm_image.order import named_providers
from virtrigaud_manager.kinds.vm_image.readiness import news_for_machines, rests_on

RECONCILED: Final = (
    ObjectKind.PROVIDER,
    ObjectKind.VM_IMAGE,
    ObjectKind.VIRTUAL_MACHINE,
    ObjectKind.VM_CLASS,
    ObjectKind.VM_NETWORK_ATTACHMENT,
)
"""Kinds of which every object is kept as it is described, in the order in which a start looks at them."""

ISSUED: Final = "certificates that the manager issues"
"""What every Provider refers to that has some."""

_OF_ALL_ISSUED: Final = frozenset({AUTHORITY_SECRET, CLIENT_SECRET})


def names_of(found: KubeObject | QuotaSeen) -> Iterator[Hashable]:
    """Return everything that an object refers to."""
    match found:
        case QuotaSeen():
            yield QuotasOf(found.key.namespace)
        case VirtualMachine():
            yield from _names_of_machine(found)
        case Provider():
            yield from secret_keys(found)
            yield from environment_keys(found)
            yield issued_key(found)
            if is_issued(found):
                yield ISSUED
            yield from workload_keys(found)
        case VMImage():
            yield from named_providers(found)
            yield from secret_keys_of_image(found)
            for path in found.status.provider_status:
                namespace, _, name = path.partition("/")
                yield ObjectKey(ObjectKind.PROVIDER, namespace, name)
        case _:
            return


def _names_of_machine(vm: VirtualMachine) -> Iterator[Hashable]:
    yield from named_by(vm)
    yield InNamespace(vm.metadata.namespace)
    if not vm.status.id:
        yield UnmadeIn(vm.metadata.namespace)
    made_on = provider_of(vm, vm.status)
    yield made_on
    yield from filter(None, rests_on(vm) or ())
    machines = {MachineId(vm.status.id) if vm.status.id else None, named_machine(vm)}
    yield from (MachineOf(made_on, machine) for machine in machines if machine is not None)


def woken_by(change: Change, cache: Cache) -> Iterator[ObjectKey]:
    """Return the objects that have to be reconciled because of a change."""
    if change.key.kind in RECONCILED and _concerns_itself(change):
        yield change.key
    if isinstance(change.after, VirtualMachine):
        yield from _needed_elsewhere(change.after, cache)
    if _concerns_others(change):
        yield from cache.referring(change.key)
        if change.key.kind is ObjectKind.SECRET and change.key.name in _OF_ALL_ISSUED:
            yield from cache.referring(ISSUED)
    if _makes_room(change, cache):
        yield from cache.referring(UnmadeIn(change.key.namespace))


def _makes_room(change: Change, cache: Cache) -> bool:
    """Tell whether a quota may have room that it did not have: it is another one, or a machine takes less of it."""
    match change.key.kind:
        case ObjectKind.RESOURCE_QUOTA:
            return _limits(change.before) != _limits(change.after)
        case ObjectKind.VIRTUAL_MACHINE:
            took = change.before is not None and _concerns_itself(change)
            return took and bool(cache.referring(QuotasOf(change.key.namespace)))
        case _:
            return False


def _limits(cached: Cached | None) -> object:
    return cached.hard if isinstance(cached, QuotaSeen) else None


def tallied_by(change: Change, cache: Cache) -> Iterator[ObjectKey]:
    """Return the ResourceQuotas of which more or less is used now, or that limit something else."""
    match change.key.kind:
        case ObjectKind.RESOURCE_QUOTA:
            yield change.key
        case ObjectKind.VIRTUAL_MACHINE if _concerns_itself(change):
            yield from cache.referring(QuotasOf(change.key.namespace))
        case ObjectKind.VM_CLASS if _concerns_others(change):
            for namespace in {user.namespace for user in cache.referring(change.key)}:
                yield from cache.referring(QuotasOf(namespace))
        case _:
            return


def adopted_by(change: Change) -> Iterator[ObjectKey]:
    """Return the Providers whose machines of nobody have to be looked at: other terms, or an object less."""
    match change.before, change.after:
        case (Provider() | None, Provider()) | (Provider(), None) if _concerns_itself(change) or _concerns_others(
            change
        ):
            yield change.key
        case VirtualMachine() as gone, None:
            yield provider_of(gone, gone.status)
        case _:
            return


def counted_by(change: Change) -> Iterator[ObjectKey]:
    """Return the objects that count what uses them, where that changes: a little later will do."""
    before, after = (_counted(cached) for cached in (change.before, change.after))
    if before != after:
        yield from sorted({key for key, _ in before ^ after}, key=str)


def _counted(cached: Cached | None) -> frozenset[Use]:
    if isinstance(cached, VirtualMachine):
        return uses(cached)
    if not isinstance(cached, KubeObject):
        return frozenset()
    names = (name for name in names_of(cached) if isinstance(name, ObjectKey))
    return frozenset((name, None) for name in names if name.kind is ObjectKind.PROVIDER)


def _needed_elsewhere(vm: VirtualMachine, cache: Cache) -> Iterator[ObjectKey]:
    """Return the image of a machine whose provider does not know it yet: it has to be brought there now."""
    key, provider = image_key(vm), provider_key(vm)
    image = cache.get(key) if key is not None else None
    if isinstance(image, VMImage) and provider.path not in image.status.provider_status:
        yield ObjectKey(ObjectKind.VM_IMAGE, image.metadata.namespace, image.metadata.name)


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
                cached.metadata.annotations.get(keys.ANNOTATION_ADOPT_VMS),
                status.reported_capabilities,
                endpoint,
                conditions,
            )
        case VMSnapshot():
            taken = cached.status.snapshot_id, cached.status.phase
            return cached.metadata.generation, cached.metadata.deletion_timestamp, taken
        case VMImage():
            return cached.metadata.generation, news_for_machines(cached)
        case KubeObject():
            return cached.metadata.generation
        case _:
            return version_of(cached)
