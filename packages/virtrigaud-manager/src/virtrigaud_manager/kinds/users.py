"""Who uses an object: the VirtualMachines that refer to it, found and named. For the kinds that machines refer to."""

from collections.abc import Hashable, Sequence
from typing import Final

from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.store import Store

_NAMED: Final = 5


def users_of(store: Store, name: Hashable) -> tuple[ObjectKey, ...]:
    """Return the VirtualMachines that refer to an object, also those that are being deleted, in the order of names."""
    found = (key for key in store.referring(name) if key.kind is ObjectKind.VIRTUAL_MACHINE)
    return tuple(sorted(found, key=lambda key: (key.namespace, key.name)))


def named(users: Sequence[ObjectKey]) -> str:
    """Name the users to a person; of many, the first ones."""
    more = f" and {len(users) - _NAMED} more" if len(users) > _NAMED else ""
    return f"{', '.join(map(str, users[:_NAMED]))}{more}"
