"""Who uses an object: the VirtualMachines that refer to it, found and named. For the kinds that machines refer to."""

from collections.abc import Hashable, Iterable, Sequence
from typing import Final

from virtrigaud_api.v1beta1 import VirtualMachine, keys
from virtrigaud_api.v1beta1.object_meta import ObjectMeta

from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.store import Store

_NAMED: Final = 5


def users_of(store: Store, name: Hashable) -> tuple[ObjectKey, ...]:
    """Return the VirtualMachines that refer to an object, also those that are being deleted, in the order of names."""
    found = (key for key in store.referring(name) if key.kind is ObjectKind.VIRTUAL_MACHINE)
    return tuple(sorted(found, key=lambda key: (key.namespace, key.name)))


def still_counted(store: Store, used: ObjectMeta, users: Iterable[ObjectKey]) -> tuple[ObjectKey, ...]:
    """Return the users that count; of an object that is being deleted those that may hold it up.

    Everybody can name an object of another namespace, whether its owner allows that or not. A machine there that
    was never made keeps nothing.
    """
    if used.deletion_timestamp is None:
        return tuple(users)
    return tuple(user for user in users if user.namespace == used.namespace or _stands(store, user))


def _stands(store: Store, user: ObjectKey) -> bool:
    if user.kind is not ObjectKind.VIRTUAL_MACHINE:
        return True
    vm = store.find(VirtualMachine, user.namespace, user.name)
    return vm is not None and (bool(vm.status.id) or keys.FINALIZER_VIRTUAL_MACHINE in vm.metadata.finalizers)


def named(users: Sequence[ObjectKey]) -> str:
    """Name the users to a person; of many, the first ones."""
    more = f" and {len(users) - _NAMED} more" if len(users) > _NAMED else ""
    return f"{', '.join(map(str, users[:_NAMED]))}{more}"
