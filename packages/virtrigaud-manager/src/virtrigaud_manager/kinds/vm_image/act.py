"""Doing the action that was planned for a VMImage: at most one write to a provider or to the cluster."""

from dataclasses import replace

from virtrigaud_api.contract import ImageInventory, Images, TaskCancellation, Unavailable, Unsupported
from virtrigaud_api.v1beta1 import Provider, keys

from virtrigaud_manager.cluster.finalizers import add_finalizer, remove_finalizer
from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.cluster.store import Store
from virtrigaud_manager.kinds.object_actions import AddFinalizer
from virtrigaud_manager.kinds.vm_image.actions import Action, Cancel, DeleteCopy, Prepare, RemoveFinalizer
from virtrigaud_manager.kinds.vm_image.credentials import download
from virtrigaud_manager.kinds.vm_image.observation import Observation
from virtrigaud_manager.kinds.vm_image.results import Done, Removed, Result
from virtrigaud_manager.providers.link import Link, Links


async def act(store: Store, links: Links, o: Observation, action: Action) -> Result:
    """Do it, and return what the provider answered.

    Raises:
        ProviderError: The provider could not do it.
        ClusterError: The API server could not do it.
    """
    match action:
        case AddFinalizer():
            await add_finalizer(store, o.image, keys.FINALIZER_VM_IMAGE)
        case RemoveFinalizer():
            await remove_finalizer(store, o.image, keys.FINALIZER_VM_IMAGE)
        case Prepare() | Cancel() | DeleteCopy():
            return await _on_provider(store, await _link(store, links, action.provider), o, action)
        case _:
            pass
    return Done()


async def _on_provider(store: Store, link: Link, o: Observation, action: Prepare | Cancel | DeleteCopy) -> Result:
    provider = link.provider
    match action:
        case Prepare(key, order):
            if not isinstance(provider, Images):
                raise Unsupported(f"{key} imports no images")
            return await provider.prepare_image(replace(order, download=await download(store, o.image)))
        case Cancel(key, task):
            if not isinstance(provider, TaskCancellation):
                raise Unsupported(f"{key} cancels no tasks")
            await provider.cancel_task(task)
            return Done()
        case DeleteCopy(key, name):
            if not isinstance(provider, ImageInventory):
                raise Unsupported(f"{key} deletes no images")
            return Removed((await provider.delete_image(name)).task)


async def _link(store: Store, links: Links, key: ObjectKey) -> Link:
    provider = store.find(Provider, key.namespace, key.name)
    if provider is None:
        raise Unavailable(f"{key} does not exist")
    return await links.link(provider)
