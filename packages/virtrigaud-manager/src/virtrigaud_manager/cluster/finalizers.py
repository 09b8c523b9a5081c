"""Putting our finalizer on an object and taking it off again, guarded against lost updates."""

from virtrigaud_api.v1beta1 import KubeObject

from virtrigaud_manager.cluster.store import GoneError, Store


async def add_finalizer(store: Store, found: KubeObject, finalizer: str) -> None:
    """Make sure that the object carries the finalizer."""
    if finalizer not in found.metadata.finalizers:
        await store.set_finalizers(found, (*found.metadata.finalizers, finalizer))


async def remove_finalizer(store: Store, found: KubeObject, finalizer: str) -> None:
    """Make sure that the object does not carry the finalizer; an object that is gone does not."""
    if finalizer not in found.metadata.finalizers:
        return
    try:
        await store.set_finalizers(found, tuple(name for name in found.metadata.finalizers if name != finalizer))
    except GoneError:
        return
