from pathlib import Path

import pytest
from virtrigaud_localkube.registry.builtin import builtin_resources
from virtrigaud_localkube.registry.representation import Form, Representation
from virtrigaud_localkube.storage.store import Store
from virtrigaud_localkube.storage.stored import Key
from virtrigaud_localkube.watch.selectors import Selection
from virtrigaud_localkube.watch.stream import Broadcaster, Watch, WatchOptions

CONFIG_MAPS = next(resource for resource in builtin_resources() if resource.kind == "ConfigMap")


@pytest.mark.parametrize(("count", "size"), [(10_001, 1), (40, 1_000_000)])
async def test_a_watcher_that_falls_too_far_behind_loses_its_stream_and_not_the_server_its_memory(
    tmp_path: Path, count: int, size: int
) -> None:
    store = Store(tmp_path / "state.db")
    broadcaster = Broadcaster(store)
    options = WatchOptions(since=0, seconds=30, has_bookmarks=False, sends_initial_events=False)
    watch = Watch(store, Representation(CONFIG_MAPS, Form.OBJECT), Selection(), options)
    frames = watch.frames(broadcaster)

    async def write(name: str) -> None:
        metadata = {"name": name, "namespace": "default", "uid": name}
        await store.put(Key(CONFIG_MAPS.collection, "default", name), {"metadata": metadata, "data": {"a": "x" * size}})

    await write("first")
    assert b'"name":"first"' in await anext(frames)
    for number in range(count):
        await write(f"more-{number}")
    with pytest.raises(StopAsyncIteration):
        await anext(frames)
    store.close()
