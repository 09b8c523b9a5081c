"""Doing what was planned about machines of nobody: the class first, then the object that names the machine."""

from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.store import RefusedError, StaleError, Store
from virtrigaud_manager.kinds.adoption.actions import Action, Adopt
from virtrigaud_manager.kinds.adoption.adopted import virtual_machine, vm_class
from virtrigaud_manager.kinds.adoption.report import Adopted, NotAdopted, Nothing, Result


async def act(store: Store, action: Action) -> Result:
    """Do it; what the API server does not want is an answer too."""
    if not isinstance(action, Adopt):
        return Nothing()
    namespace = action.provider.namespace
    try:
        if action.makes_class:
            class_key = ObjectKey(ObjectKind.VM_CLASS, namespace, action.found.class_name)
            await _make_sure(store, class_key, vm_class(namespace, action.found))
        key = ObjectKey(ObjectKind.VIRTUAL_MACHINE, namespace, action.found.name)
        await store.create(key, virtual_machine(action.provider, action.found, action.mode))
    except StaleError:
        return Nothing()
    except RefusedError as error:
        return NotAdopted(str(error))
    return Adopted()


async def _make_sure(store: Store, key: ObjectKey, document: dict[str, object]) -> None:
    try:
        await store.create(key, document)
    except StaleError:
        return
