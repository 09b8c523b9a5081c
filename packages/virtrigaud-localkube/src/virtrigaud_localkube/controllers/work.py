"""All background work of a server, and the objects that are there from the start."""

import asyncio
from collections.abc import Coroutine, Iterator
from functools import partial
from typing import Any, Final

from virtrigaud_localkube.authorization.default_roles import default_bindings, default_roles
from virtrigaud_localkube.controllers.aggregation import aggregate_cluster_roles
from virtrigaud_localkube.controllers.default_accounts import give_default_accounts
from virtrigaud_localkube.controllers.event_expiry import expire_events
from virtrigaud_localkube.controllers.follower import Follower
from virtrigaud_localkube.controllers.housekeeping import Housekeeping
from virtrigaud_localkube.document import Document
from virtrigaud_localkube.registry.builtin import (
    CLUSTER_ROLE_BINDINGS,
    CLUSTER_ROLES,
    NAMESPACES,
    SERVICE_ACCOUNTS,
)
from virtrigaud_localkube.registry.creation import create
from virtrigaud_localkube.registry.options import WriteOptions
from virtrigaud_localkube.registry.registry import Registry
from virtrigaud_localkube.storage.stored import Key

_FIRST_NAMESPACES: Final = ("default", "kube-system", "kube-public", "kube-node-lease")


def background_work(registry: Registry) -> Iterator[Coroutine[Any, Any, None]]:
    """What runs beside the requests until the server stops."""
    store = registry.store
    yield Housekeeping(registry).run()
    yield expire_events(store)
    accounts = frozenset({NAMESPACES, SERVICE_ACCOUNTS})
    yield Follower(store, accounts, partial(give_default_accounts, registry)).run()
    yield Follower(store, frozenset({CLUSTER_ROLES}), partial(aggregate_cluster_roles, store)).run()


async def make_first_objects(registry: Registry) -> None:
    """Makes the namespaces, roles and accounts that every cluster has, as far as they are missing."""
    before = registry.store.version
    namespaces: list[Document] = [{"metadata": {"name": name}} for name in _FIRST_NAMESPACES]
    await _make_missing(registry, NAMESPACES, namespaces)
    await _make_missing(registry, CLUSTER_ROLES, default_roles())
    await _make_missing(registry, CLUSTER_ROLE_BINDINGS, default_bindings())
    await give_default_accounts(registry)
    while await aggregate_cluster_roles(registry.store):
        pass
    if registry.store.version != before:
        registry.store.history.floor = registry.store.version


async def _make_missing(registry: Registry, collection: str, wanted: list[Document]) -> None:
    kind, store = registry.catalog.builtin(collection), registry.store
    missing = [one for one in wanted if store.get(Key(collection, "", one["metadata"]["name"])) is None]
    await asyncio.gather(*(create(registry, kind, None, one, WriteOptions("localkube")) for one in missing))
