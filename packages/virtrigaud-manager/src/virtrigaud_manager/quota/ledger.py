"""Who uses how much of a namespace's quota, by what the cache knows, and what admission has just let in.

The reconcile asks for the room of a machine that is about to be made; admission asks sooner.
"""

from typing import Protocol, TypeVar

from virtrigaud_api.v1beta1 import KubeObject, VirtualMachine, VMClass, keys

from virtrigaud_manager.cluster.object_key import QuotasOf
from virtrigaud_manager.cluster.store import Store
from virtrigaud_manager.kinds.virtual_machine.references import class_key
from virtrigaud_manager.quota.amounts import Amounts, taken_by
from virtrigaud_manager.quota.claims import Claim
from virtrigaud_manager.quota.limits import Excess, Limit, exceeded, limits_of

K = TypeVar("K", bound=KubeObject)


class Objects(Protocol):
    """Where objects are found: the cache, or a store on top of it."""

    def find(self, model: type[K], namespace: str, name: str) -> K | None:
        """Return an object of ours as it was last seen."""
        ...


def limits_in(store: Store, namespace: str) -> tuple[Limit, ...]:
    """Return the limits of a namespace."""
    quotas = (store.quota(key) for key in store.referring(QuotasOf(namespace)))
    return tuple(limit for quota in quotas if quota is not None for limit in limits_of(quota.key.name, quota.hard))


def lacking_room(store: Store, vm: VirtualMachine) -> tuple[Excess, ...]:
    """Say which limits stand against making a machine whose object is there already."""
    limits = limits_in(store, vm.metadata.namespace)
    if not limits:
        return ()
    claims, asked = store.claims_in(vm.metadata.namespace), amounts_of(store, vm)
    if not exceeded(limits, claims.taken_by_others(vm.metadata.name), asked):
        return ()
    return exceeded(limits, claims.taken_before(vm.metadata.uid, limits), asked)


def amounts_of(objects: Objects, vm: VirtualMachine) -> Amounts:
    """Return what a machine takes."""
    key = class_key(vm)
    return taken_by(vm, objects.find(VMClass, key.namespace, key.name))


def claim_of(objects: Objects, vm: VirtualMachine) -> Claim:
    """Return what a machine takes, and whether it has room for it already."""
    metadata = vm.metadata
    waits = keys.FINALIZER_VIRTUAL_MACHINE not in metadata.finalizers and not vm.status.id
    since = metadata.creation_timestamp.isoformat() if metadata.creation_timestamp is not None else ""
    return Claim(waits, since, metadata.uid, amounts_of(objects, vm))
