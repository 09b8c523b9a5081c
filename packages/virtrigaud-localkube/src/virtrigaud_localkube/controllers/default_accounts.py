"""Every namespace has the service account `default`, which Pods run as that name no other."""

import asyncio
from typing import Final

from virtrigaud_localkube.api_error import ApiError
from virtrigaud_localkube.registry.builtin import NAMESPACES, SERVICE_ACCOUNTS
from virtrigaud_localkube.registry.creation import create
from virtrigaud_localkube.registry.options import WriteOptions
from virtrigaud_localkube.registry.registry import Registry
from virtrigaud_localkube.storage.stored import Key

_DEFAULT: Final = "default"


async def give_default_accounts(registry: Registry) -> None:
    """Makes the service accounts that are missing."""
    store = registry.store
    missing = [
        namespace.key.name
        for namespace in store.objects(NAMESPACES)
        if not namespace.is_terminating and not store.latest(Key(SERVICE_ACCOUNTS, namespace.key.name, _DEFAULT))
    ]
    await asyncio.gather(*(_give(registry, name) for name in missing))


async def _give(registry: Registry, namespace: str) -> None:
    kind = registry.catalog.builtin(SERVICE_ACCOUNTS)
    try:
        await create(registry, kind, namespace, {"metadata": {"name": _DEFAULT}}, WriteOptions("localkube"))
    except ApiError as error:
        # The namespace went, or somebody else made it: both are fine.
        if error.reason not in {"AlreadyExists", "NotFound", "Forbidden"}:
            raise
