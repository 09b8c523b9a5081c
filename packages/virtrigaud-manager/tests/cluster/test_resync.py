"""Lists that are longer than a page, against a real API server: nothing is left out, and what is gone is found."""

import asyncio
import ssl
from collections.abc import AsyncIterator

import aiohttp
import pytest
from virtrigaud_localkube import LocalKubeProcess
from virtrigaud_manager.cluster.api_store import PAGE, ApiStore
from virtrigaud_manager.cluster.cache import Cache, Change
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.cluster.paths import Collection
from virtrigaud_manager.cluster.resync import Resync
from virtrigaud_manager.dependents import names_of
from virtrigaud_manager.quota.ledger import claim_of

SECRETS = "/api/v1/namespaces/default/secrets"
SECRETS_OF_DEFAULT = Collection(ObjectKind.SECRET, "default")
MANY = PAGE + 1


@pytest.fixture
async def session(localkube: LocalKubeProcess) -> AsyncIterator[aiohttp.ClientSession]:
    connector = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=str(localkube.ca_path)), limit=8)
    headers = {"Authorization": f"Bearer {localkube.token}"}
    async with aiohttp.ClientSession(localkube.url, headers=headers, connector=connector) as opened:
        yield opened


async def create(session: aiohttp.ClientSession, number: int) -> None:
    async with session.post(SECRETS, json={"metadata": {"name": f"secret-{number:05}"}}) as answer:
        assert answer.status == 201


async def test_a_list_of_many_pages_is_compared_whole(session: aiohttp.ClientSession) -> None:
    await asyncio.gather(*(create(session, number) for number in range(MANY)))
    cache = Cache(names_of, claim_of)
    changes: list[Change] = []
    store = ApiStore(session, "", cache, changes.append, lambda: None)
    pages = [page async for page in store.pages(SECRETS_OF_DEFAULT)]
    assert [len(page.documents) for page in pages] == [PAGE, 1]
    assert len({page.resource_version for page in pages}) == 1

    resync = Resync(store, cache, ("default",), changes.append)
    assert await resync.compare(SECRETS_OF_DEFAULT) == pages[0].resource_version
    assert len(changes) == MANY
    changes.clear()
    await resync.compare(SECRETS_OF_DEFAULT)
    assert changes == []

    gone = ObjectKey(ObjectKind.SECRET, "default", f"secret-{MANY - 1:05}")
    async with session.delete(f"{SECRETS}/{gone.name}") as answer:
        assert answer.status == 200
    await resync.compare(SECRETS_OF_DEFAULT)
    assert [(change.key, change.after) for change in changes] == [(gone, None)]
