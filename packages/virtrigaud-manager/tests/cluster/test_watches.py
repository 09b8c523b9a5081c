"""Watches against a real API server, with somebody in between who cuts, refuses and forgets."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from virtrigaud_localkube import LocalKubeProcess
from virtrigaud_manager.cluster.api_store import ApiStore
from virtrigaud_manager.cluster.cache import Cache, Change
from virtrigaud_manager.cluster.object_key import ObjectKind
from virtrigaud_manager.cluster.paths import Collection
from virtrigaud_manager.cluster.resync import Resync
from virtrigaud_manager.cluster.watches import Watches
from virtrigaud_manager.dependents import names_of
from virtrigaud_manager.quota.ledger import claim_of
from virtrigaud_manager.waker import Waker
from virtrigaud_manager.workqueue import WorkQueue

SECRETS = "/api/v1/namespaces/default/secrets"
EXPIRED = {"kind": "Status", "apiVersion": "v1", "code": 410, "reason": "Expired", "message": "too old"}
POISON = "poison"
DEADLINE_SECONDS = 20


class Between:
    """Passes requests on to the API server, and meddles with watches.

    Attributes:
        answer: What the next watch is answered instead: a status and a body. It is used up by one watch.
        is_away: Answers nothing but 503.
        lists: How many lists were asked for.
        watches: From which resourceVersions on watches were passed on.
    """

    def __init__(self, behind: aiohttp.ClientSession) -> None:
        self._behind = behind
        self._open: set[asyncio.Task[Any]] = set()
        self.answer: tuple[int, bytes] | None = None
        self.is_away = False
        self.lists = 0
        self.watches: list[str] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if self.is_away:
            raise web.HTTPServiceUnavailable
        if "watch" not in request.query:
            self.lists += 1
            async with self._behind.get(request.rel_url) as answer:
                return web.Response(body=await answer.read(), status=answer.status)
        if self.answer is not None:
            (status, body), self.answer = self.answer, None
            return web.Response(body=body, status=status)
        self.watches.append(request.query["resourceVersion"])
        return await self._pass_on(request)

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        response = web.StreamResponse()
        async with self._behind.get(request.rel_url) as answer:
            await response.prepare(request)
            async for chunk in answer.content.iter_any():
                await response.write(chunk)
        return response

    @property
    def has_meddled(self) -> bool:
        return self.answer is None

    def cut(self) -> None:
        """Cut every open connection in the middle of its answer."""
        while self._open:
            self._open.pop().cancel()


class Scene:
    """A cache that watches the Secrets of a namespace through `between`."""

    def __init__(self, api: aiohttp.ClientSession, between: Between, here: aiohttp.ClientSession) -> None:
        self.between = between
        self.told: list[tuple[str, str]] = []
        self._api = api
        self._cache = Cache(names_of, claim_of)
        waker = Waker(self._cache, WorkQueue(_no_pass, str), WorkQueue(_no_pass, str))
        waker.changed = self._changed  # type: ignore[method-assign] # what it tells is what is looked at
        store = ApiStore(here, "", self._cache, self._changed, lambda: None)
        self._resync = Resync(store, self._cache, ("default",), self._changed)
        self._watches = Watches(here, "", self._resync, waker.seen)
        self._collection = Collection(ObjectKind.SECRET, "default")

    def _changed(self, change: Change) -> None:
        name = change.key.name
        if name == POISON:
            raise KeyError("a defect")
        said = "gone" if change.after is None else "new" if change.before is None else "changed"
        self.told.append((said, name))

    async def watch(self) -> None:
        """List, and watch from there on until cancelled."""
        await self._watches.run({self._collection: await self._resync.compare(self._collection)})

    async def create(self, name: str, note: str = "", namespace: str = "default") -> str:
        """Create a Secret, and return its resourceVersion."""
        path = SECRETS.replace("default", namespace)
        async with self._api.post(path, json={"metadata": {"name": name, "annotations": {"note": note}}}) as answer:
            assert answer.status == 201, await answer.text()
            version: str = (await answer.json())["metadata"]["resourceVersion"]
            return version

    async def delete(self, name: str) -> None:
        async with self._api.delete(f"{SECRETS}/{name}") as answer:
            assert answer.status == 200

    async def until_told(self, *told: tuple[str, str]) -> None:
        async with asyncio.timeout(DEADLINE_SECONDS):
            while self.told != list(told):  # noqa: ASYNC110 - what is waited for comes over two connections
                await asyncio.sleep(0.01)
        self.told.clear()

    async def until(self, reached: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE_SECONDS):
            while not reached():  # noqa: ASYNC110 - another task counts
                await asyncio.sleep(0.01)


async def _no_pass(key: object) -> Any:
    raise AssertionError(f"nobody is woken here, but {key} was")


@asynccontextmanager
async def _served(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_get("/{path:.*}", handler)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.fixture
async def scene(localkube: LocalKubeProcess) -> AsyncIterator[Scene]:
    connector = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=str(localkube.ca_path)))
    headers = {"Authorization": f"Bearer {localkube.token}"}
    async with aiohttp.ClientSession(localkube.url, headers=headers, connector=connector) as api:
        between = Between(api)
        async with _served(between.handle) as url, aiohttp.ClientSession(url) as here:
            made = Scene(api, between, here)
            await made.create("first")
            watching = asyncio.create_task(made.watch())
            await made.until_told(("new", "first"))
            await made.until(lambda: len(between.watches) == 1)
            yield made
            watching.cancel()
            [ended] = await asyncio.gather(watching, return_exceptions=True)
            assert isinstance(ended, asyncio.CancelledError), ended


async def test_what_happens_is_told_as_it_happens(scene: Scene) -> None:
    await scene.create("second")
    await scene.until_told(("new", "second"))
    await scene.delete("first")
    await scene.until_told(("gone", "first"))


async def test_an_object_longer_than_any_chunk_is_read_whole(scene: Scene) -> None:
    await scene.create("long", "ü" * 100_000)
    await scene.create("next")
    await scene.until_told(("new", "long"), ("new", "next"))


async def test_after_a_cut_it_goes_on_where_it_was_and_lists_nothing(scene: Scene) -> None:
    version = await scene.create("second")
    await scene.until_told(("new", "second"))
    lists = scene.between.lists
    scene.between.is_away = True
    scene.between.cut()
    await scene.delete("first")
    await scene.create("third")
    assert scene.told == []
    scene.between.is_away = False
    await scene.until_told(("gone", "first"), ("new", "third"))
    assert scene.between.lists == lists
    assert scene.between.watches[1:] == [version]


async def test_a_bookmark_is_where_the_next_watch_begins(scene: Scene) -> None:
    marked, lists = await scene.create("elsewhere", namespace="kube-system"), scene.between.lists
    bookmark = {"type": "BOOKMARK", "object": {"kind": "Secret", "metadata": {"resourceVersion": marked}}}
    scene.between.answer = 200, json.dumps(bookmark).encode() + b"\n"
    scene.between.cut()
    await scene.until(lambda: len(scene.between.watches) == 2)
    assert (scene.between.watches[1], scene.between.lists) == (marked, lists)


@pytest.mark.parametrize(
    "answer",
    [
        (410, json.dumps(EXPIRED).encode()),
        (200, json.dumps({"type": "ERROR", "object": EXPIRED}).encode() + b"\n"),
    ],
    ids=["status", "event"],
)
async def test_what_was_deleted_while_the_api_server_forgot_is_found_by_a_list(
    scene: Scene, answer: tuple[int, bytes]
) -> None:
    lists = scene.between.lists
    scene.between.is_away = True
    scene.between.cut()
    await scene.delete("first")
    await scene.create("second")
    scene.between.answer, scene.between.is_away = answer, False
    await scene.until_told(("new", "second"), ("gone", "first"))
    assert scene.between.lists == lists + 1
    await scene.create("third")
    await scene.until_told(("new", "third"))


@pytest.mark.parametrize(
    "answer",
    [
        (403, b'{"kind": "Status", "message": "not yet"}'),
        (200, b'{"type": "ADDED", "object": {"metadata": {"name": "ha'),
        (200, b'{"type": "ADDED"; nonsense\n'),
        (200, b'{"type": "ERROR", "object": {"kind": "Status", "code": 500, "message": "starting"}}\n'),
        (200, b'{"type": "ADDED", "object": []}\n'),
        (200, b""),
    ],
    ids=["refused", "half a line", "no JSON", "an error", "no object", "nothing"],
)
async def test_a_watch_that_ends_in_any_other_way_is_begun_again(scene: Scene, answer: tuple[int, bytes]) -> None:
    lists = scene.between.lists
    scene.between.answer = answer
    scene.between.cut()
    await scene.create("second")
    await scene.until_told(("new", "second"))
    assert scene.between.has_meddled
    assert (len(scene.between.watches), scene.between.lists) == (2, lists)


async def test_an_object_that_meets_a_defect_stops_no_other(scene: Scene) -> None:
    await scene.create(POISON)
    await scene.create("second")
    await scene.until_told(("new", "second"))
    assert len(scene.between.watches) == 1
