import asyncio
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from virtrigaud_localkube.api_error import ApiError
from virtrigaud_localkube.controllers.event_expiry import EVENTS, forget_events_before
from virtrigaud_localkube.storage.history import History
from virtrigaud_localkube.storage.store import Store
from virtrigaud_localkube.storage.stored import Change, ChangeType, Key, Stored

THINGS = "example.com/things"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "state.db")
    yield opened
    opened.close()


def key(name: str, collection: str = THINGS) -> Key:
    return Key(collection, "default", name)


def document(name: str, **fields: object) -> dict[str, object]:
    return {"metadata": {"name": name, "namespace": "default", "uid": f"uid-{name}"}, **fields}


async def test_a_write_is_seen_by_writers_at_once_and_by_readers_when_it_is_on_disk(store: Store) -> None:
    written = store.put(key("one"), document("one"))
    assert (store.get(key("one")), store.version) == (None, 0)
    pending = store.latest(key("one"))
    assert pending is not None
    assert await written == pending == store.get(key("one"))
    assert store.version == 1


async def test_writes_of_one_turn_are_committed_in_their_order(store: Store) -> None:
    seen: list[tuple[ChangeType, int]] = []
    store.listen(lambda change: seen.append((change.type, change.version)))
    writes = [store.put(key("one"), document("one", size=size)) for size in (1, 2)]
    writes += [store.remove(key("one"), document("one")), store.put(key("one"), document("one", size=3))]
    await asyncio.gather(*writes)
    assert seen == [
        (ChangeType.ADDED, 1),
        (ChangeType.MODIFIED, 2),
        (ChangeType.DELETED, 3),
        (ChangeType.ADDED, 4),
    ]
    stored = store.get(key("one"))
    assert stored is not None
    assert stored.document()["size"] == 3


async def test_what_was_written_is_there_after_a_restart_and_versions_go_on(tmp_path: Path) -> None:
    first = Store(tmp_path / "state.db")
    await first.put(key("one"), document("one"))
    await first.remove(key("one"), document("one"))
    await first.put(key("two"), document("two"))
    first.close()
    second = Store(tmp_path / "state.db")
    assert [stored.key.name for stored in second.objects(THINGS)] == ["two"]
    assert (await second.put(key("three"), document("three"))).version == 4
    second.close()


async def test_a_write_that_the_disk_refuses_fails_and_leaves_nothing(store: Store, tmp_path: Path) -> None:
    await store.put(key("one"), document("one"))
    blocker = sqlite3.connect(tmp_path / "state.db", isolation_level=None)
    blocker.execute("DROP TABLE states")
    blocker.close()
    with pytest.raises(ApiError, match="could not be stored"):
        await store.put(key("two"), document("two"))
    assert store.latest(key("two")) is None
    assert [stored.key.name for stored in store.objects(THINGS)] == ["one"]


async def test_dependents_are_found_by_the_uid_of_their_owner(store: Store) -> None:
    child = document("child")
    child["metadata"]["ownerReferences"] = [{"uid": "uid-owner"}]  # type: ignore[index]
    await store.put(key("child"), child)
    assert [stored.key.name for stored in store.dependents("uid-owner")] == ["child"]
    await store.put(key("child"), document("child"))
    assert store.dependents("uid-owner") == []


async def test_a_history_outlives_a_restart_and_the_file_keeps_nothing_else(tmp_path: Path) -> None:
    first = Store(tmp_path / "state.db")
    first.history = History(floor=0, count_limit=3)
    for size in range(4):
        await first.put(key("one"), document("one", size=size))
    await first.put(key("two"), document("two"))
    await first.remove(key("two"), document("two"))
    for size in range(3):
        await first.put(key("three"), document("three", size=size))
    first.close()
    second = Store(tmp_path / "state.db")
    assert (second.version, second.history.floor) == (9, 5)
    told = [(change.type.value, change.version, change.previous is not None) for change in second.history.since(5)]
    assert told == [("DELETED", 6, True), ("ADDED", 7, False), ("MODIFIED", 8, True), ("MODIFIED", 9, True)]
    assert [(stored.key.name, stored.version) for stored in second.objects(THINGS)] == [("one", 4), ("three", 9)]
    second.close()
    file = sqlite3.connect(tmp_path / "state.db")
    assert file.execute("SELECT version FROM states ORDER BY version").fetchall() == [(n,) for n in range(4, 10)]
    file.close()


@pytest.mark.parametrize("limit", ["count_limit", "byte_limit"])
def test_a_history_forgets_the_oldest_and_says_so(limit: str) -> None:
    size = len(Stored.of(key("one"), 1, document("one")).encoded)
    history = History(floor=0, **{limit: 3 if limit == "count_limit" else 3 * size})
    for version in range(1, 6):
        stored = Stored.of(key("one"), version, document("one"))
        history.add(Change(ChangeType.MODIFIED, stored, None))
    assert [change.version for change in history.since(3)] == [4, 5]
    assert [history.reaches(version) for version in (1, 2, 5)] == [False, True, True]


async def test_events_are_forgotten_when_they_are_old(store: Store) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    for name, hours in (("old", 3), ("new", 0)):
        created = (moment - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
        event = document(name)
        event["metadata"]["creationTimestamp"] = created  # type: ignore[index]
        await store.put(key(name, EVENTS), event)
    repeated = document("repeated", lastTimestamp="2026-01-01T00:00:00Z")
    repeated["metadata"]["creationTimestamp"] = "2025-12-01T00:00:00Z"  # type: ignore[index]
    await store.put(key("repeated", EVENTS), repeated)
    await forget_events_before(store, moment - timedelta(hours=1))
    assert [stored.key.name for stored in store.objects(EVENTS)] == ["new", "repeated"]
