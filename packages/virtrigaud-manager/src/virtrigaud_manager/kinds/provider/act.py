"""Doing the action that was planned for a Provider: at most one write to the cluster, or one look at the provider."""

import asyncio

from virtrigaud_api.contract import Unavailable

from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.store import ClusterError, StaleError, Store
from virtrigaud_manager.kinds.provider.actions import Action, Apply, AwaitRuntime, Check
from virtrigaud_manager.kinds.provider.observation import Observation
from virtrigaud_manager.kinds.provider.results import Checked, Done, NotApplied, Result
from virtrigaud_manager.providers.link import Links


async def act(store: Store, links: Links, o: Observation, action: Action) -> Result:
    """Do it.

    Raises:
        ProviderError: The hypervisor is not well, or can't be asked.
        ClusterError: Somebody else changed the object in between.
    """
    match action:
        case Apply(key, manifest):
            try:
                await store.apply(key, manifest)
            except StaleError:
                raise
            except ClusterError as error:
                return NotApplied(key, str(error))
            return Done()
        case Check(timeout):
            link = await links.link(o.provider)
            try:
                async with asyncio.timeout(timeout.total_seconds()):
                    await link.provider.validate()
                    return Checked(await link.provider.capabilities())
            except TimeoutError as error:
                raise Unavailable(f"the hypervisor did not answer within {timeout.total_seconds():g} s") from error
        case AwaitRuntime():
            # A channel that waits to dial again would find the next process late.
            await links.close(_key(o))
            return Done()
        case _:
            return Done()


def _key(o: Observation) -> ObjectKey:
    return ObjectKey(ObjectKind.PROVIDER, o.provider.metadata.namespace, o.provider.metadata.name)
