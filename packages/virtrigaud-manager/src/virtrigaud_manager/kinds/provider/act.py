"""Doing the action that was planned for a Provider: at most one write to the cluster, or one look at the provider."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

from virtrigaud_api.contract import Unavailable
from virtrigaud_api.v1beta1 import Provider, keys

from virtrigaud_manager.cluster.finalizers import add_finalizer, remove_finalizer
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.store import ClusterError, StaleError, Store
from virtrigaud_manager.kinds.object_actions import AddFinalizer, RemoveFinalizer
from virtrigaud_manager.kinds.provider.actions import (
    Action,
    Apply,
    AwaitRuntime,
    Check,
    IssueAuthority,
    IssueClient,
    IssueServer,
    Remove,
    Update,
)
from virtrigaud_manager.kinds.provider.issue import issued_secret
from virtrigaud_manager.kinds.provider.observation import Observation
from virtrigaud_manager.kinds.provider.results import Checked, Done, NotApplied, Result
from virtrigaud_manager.providers.link import Link, Links


async def act(store: Store, links: Links, o: Observation, action: Action) -> Result:
    """Do it.

    Raises:
        ProviderError: The hypervisor is not well, or can't be asked.
        ClusterError: Somebody else changed the object in between.
    """
    match action:
        case AddFinalizer() | RemoveFinalizer() | Apply() | Update() | Remove():
            return await _write(store, o.provider, action)
        case IssueAuthority() | IssueClient() | IssueServer():
            key, document = issued_secret(o, action)
            return await _written(key, store.apply(key, document))
        case Check(patience):
            return await _check(await links.link(o.provider), patience)
        case AwaitRuntime():
            # A channel that waits to dial again would find the next process late.
            await links.close(_key(o))
            return Done()
        case _:
            return Done()


async def _write(
    store: Store, provider: Provider, action: AddFinalizer | RemoveFinalizer | Apply | Update | Remove
) -> Result:
    match action:
        case AddFinalizer():
            await add_finalizer(store, provider, keys.FINALIZER_PROVIDER)
            return Done()
        case RemoveFinalizer():
            await remove_finalizer(store, provider, keys.FINALIZER_PROVIDER)
            return Done()
        case Apply(key, manifest):
            return await _written(key, store.apply(key, manifest))
        case Update(key, document):
            return await _written(key, store.replace(key, document))
        case Remove(key, uid):
            return await _written(key, store.remove(key, uid))


async def _check(link: Link, patience: timedelta) -> Result:
    try:
        async with asyncio.timeout(patience.total_seconds()):
            await link.provider.validate()
            return Checked(await link.provider.capabilities())
    except TimeoutError as error:
        raise Unavailable(f"the hypervisor did not answer within {patience.total_seconds():g} s") from error


async def _written(key: ObjectKey, write: Awaitable[None]) -> Result:
    """Write to the cluster; what the API server refuses is told, what somebody else did meanwhile is looked at anew."""
    try:
        await write
    except StaleError:
        raise
    except ClusterError as error:
        return NotApplied(key, str(error))
    return Done()


def _key(o: Observation) -> ObjectKey:
    return ObjectKey(ObjectKind.PROVIDER, o.provider.metadata.namespace, o.provider.metadata.name)
