"""Who uses how much of a namespace's quota, by what the cache knows, and what admission has just let in.

The reconcile asks for the room of a machine that is about to be made; admission asks sooner. All of it is
computed when it is asked for, so that nothing can get out of step.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from virtrigaud_api.v1beta1 import VirtualMachine, VMClass, keys

from virtrigaud_manager.cluster.object_key import InNamespace, ObjectKey, ObjectKind, QuotasOf
from virtrigaud_manager.cluster.store import Store
from virtrigaud_manager.kinds.virtual_machine.references import class_key
from virtrigaud_manager.quota.amounts import NOTHING, Amounts, taken_by
from virtrigaud_manager.quota.limits import Claim, Excess, Limit, exceeded, limits_of, used_before

PROMISE_LASTS: Final = timedelta(seconds=15)
"""How long room is kept for an object that was let in and that the cache does not show yet."""

_MOST_PROMISES: Final = 10_000


@dataclass(frozen=True, slots=True)
class _Promise:
    amounts: Amounts
    until: float


class Promises:
    """Room for objects that admission let in a moment ago.

    Args:
        clock: Tells the time in seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._promised: dict[ObjectKey, _Promise] = {}

    def make(self, key: ObjectKey, amounts: Amounts) -> None:
        """Keep room for an object."""
        self._forget_old()
        if len(self._promised) < _MOST_PROMISES:
            self._promised[key] = _Promise(amounts, self._clock() + PROMISE_LASTS.total_seconds())

    def kept_in(self, store: Store, namespace: str, *, but: ObjectKey) -> Amounts:
        """Return the room that is kept in a namespace for objects that the cache does not show."""
        self._forget_old()
        total = NOTHING
        for key, promise in self._promised.items():
            if key.namespace == namespace and key != but and store.find(VirtualMachine, namespace, key.name) is None:
                total += promise.amounts
        return total

    def _forget_old(self) -> None:
        now = self._clock()
        self._promised = {key: promise for key, promise in self._promised.items() if promise.until > now}


def limits_in(store: Store, namespace: str) -> tuple[Limit, ...]:
    """Return the limits of a namespace."""
    quotas = (store.quota(key) for key in store.referring(QuotasOf(namespace)))
    return tuple(limit for quota in quotas if quota is not None for limit in limits_of(quota.key.name, quota.hard))


def lacking_room(store: Store, vm: VirtualMachine) -> tuple[Excess, ...]:
    """Say which limits stand against making a machine whose object is there already."""
    limits = limits_in(store, vm.metadata.namespace)
    if not limits:
        return ()
    claims = [_claim(store, other) for other in _machines_in(store, vm.metadata.namespace)]
    used = used_before(claims, limits, vm.metadata.uid)
    return exceeded(limits, used, amounts_of(store, vm))


def used_by_others(store: Store, vm: VirtualMachine) -> Amounts:
    """Return what all other objects of a machine's namespace take."""
    total = NOTHING
    for other in _machines_in(store, vm.metadata.namespace):
        if other.metadata.name != vm.metadata.name:
            total += amounts_of(store, other)
    return total


def used_in(store: Store, namespace: str) -> Amounts:
    """Return what all objects of a namespace take."""
    return sum((amounts_of(store, vm) for vm in _machines_in(store, namespace)), NOTHING)


def amounts_of(store: Store, vm: VirtualMachine) -> Amounts:
    """Return what a machine takes."""
    key = class_key(vm)
    return taken_by(vm, store.find(VMClass, key.namespace, key.name))


def _machines_in(store: Store, namespace: str) -> list[VirtualMachine]:
    found = (
        store.find(VirtualMachine, key.namespace, key.name)
        for key in store.referring(InNamespace(namespace))
        if key.kind is ObjectKind.VIRTUAL_MACHINE
    )
    return [vm for vm in found if vm is not None]


def _claim(store: Store, vm: VirtualMachine) -> Claim:
    metadata = vm.metadata
    waits = keys.FINALIZER_VIRTUAL_MACHINE not in metadata.finalizers and not vm.status.id
    since = metadata.creation_timestamp.isoformat() if metadata.creation_timestamp is not None else ""
    return Claim(waits, since, metadata.uid, amounts_of(store, vm))
