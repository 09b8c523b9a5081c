from typing import Any

import pytest
from localkube_client import Client, config_map, config_maps, take
from virtrigaud_localkube import LocalKubeProcess

INITIAL = {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan", "allowWatchBookmarks": "true"}


def test_a_watch_sees_an_object_come_change_and_go(api: Client, ns: str) -> None:
    version = api.get(config_maps(ns)).version
    with api.watch(config_maps(ns), resourceVersion=version) as events:
        api.made(config_maps(ns), config_map("one"))
        api.patch(config_maps(ns, "one"), {"data": {"b": "2"}})
        api.delete(config_maps(ns, "one"))
        assert take(events, 3) == [("ADDED", "one"), ("MODIFIED", "one"), ("DELETED", "one")]


def test_a_watch_resumes_where_it_was(api: Client, ns: str) -> None:
    version = api.made(config_maps(ns), config_map("before")).version
    api.made(config_maps(ns), config_map("missed"))
    api.delete(config_maps(ns, "missed"))
    with api.watch(config_maps(ns), resourceVersion=version) as events:
        assert take(events, 2) == [("ADDED", "missed"), ("DELETED", "missed")]


def test_a_deletion_has_a_version_of_its_own(api: Client, ns: str) -> None:
    version = api.made(config_maps(ns), config_map("one")).version
    api.delete(config_maps(ns, "one"))
    with api.watch(config_maps(ns), resourceVersion=version) as events:
        assert int(next(events)["object"]["metadata"]["resourceVersion"]) > int(version)


@pytest.mark.parametrize("version", ["", "0"])
def test_a_watch_from_nowhere_begins_with_what_is_there(api: Client, ns: str, version: str) -> None:
    api.made(config_maps(ns), config_map("one"))
    with api.watch(config_maps(ns), resourceVersion=version) as events:
        assert take(events, 1) == [("ADDED", "one")]


def test_a_version_that_is_forgotten_has_expired(api: Client, ns: str) -> None:
    with api.watch(config_maps(ns), resourceVersion="1") as events:
        seen = list(events)
    assert [(event["type"], event["object"]["code"], event["object"]["reason"]) for event in seen] == [
        ("ERROR", 410, "Expired")
    ]


def test_a_watch_ends_when_its_time_is_over(api: Client, ns: str) -> None:
    version = api.get(config_maps(ns)).version
    with api.watch(config_maps(ns), resourceVersion=version, timeoutSeconds="1") as events:
        assert list(events) == []


def test_a_quiet_watch_gets_a_bookmark_before_it_ends(api: Client, ns: str) -> None:
    version = api.get(config_maps(ns)).version
    query = {"resourceVersion": version, "timeoutSeconds": "3", "allowWatchBookmarks": "true"}
    with api.watch(config_maps(ns), **query) as events:
        event = next(events)
    assert (event["type"], event["object"]["kind"]) == ("BOOKMARK", "ConfigMap")
    assert int(event["object"]["metadata"]["resourceVersion"]) >= int(version)


def test_initial_events_end_with_a_marked_bookmark(api: Client, ns: str) -> None:
    api.made(config_maps(ns), config_map("one"))
    with api.watch(config_maps(ns), **INITIAL) as events:
        assert take(events, 1) == [("ADDED", "one")]
        end = next(events)
        assert (end["type"], end["object"]["metadata"]["annotations"]) == (
            "BOOKMARK",
            {"k8s.io/initial-events-end": "true"},
        )
        api.made(config_maps(ns), config_map("two"))
        assert take(events, 1) == [("ADDED", "two")]


def test_an_object_enters_and_leaves_a_selection(api: Client, ns: str) -> None:
    version = api.made(config_maps(ns), config_map("one", labels={"side": "out"})).version
    with api.watch(config_maps(ns), resourceVersion=version, labelSelector="side=in") as events:
        for side in ("in", "in", "out"):
            api.patch(config_maps(ns, "one"), {"metadata": {"labels": {"side": side}}, "data": {side: "1"}})
        assert take(events, 2) == [("ADDED", "one"), ("DELETED", "one")]


def test_one_object_can_be_watched_by_its_name(api: Client, ns: str) -> None:
    version = api.get(config_maps(ns)).version
    with api.watch(config_maps(ns), resourceVersion=version, fieldSelector="metadata.name=two") as events:
        api.made(config_maps(ns), config_map("one"))
        api.made(config_maps(ns), config_map("two"))
        assert take(events, 1) == [("ADDED", "two")]


def test_a_watch_on_one_object_sees_only_it(api: Client, ns: str) -> None:
    version = api.made(config_maps(ns), config_map("one")).version
    api.made(config_maps(ns), config_map("two"))
    api.patch(config_maps(ns, "one"), {"data": {"a": "2"}})
    with api.watch(config_maps(ns, "one"), resourceVersion=version) as events:
        assert take(events, 1) == [("MODIFIED", "one")]


def test_only_the_first_table_of_a_watch_names_its_columns(api: Client, ns: str) -> None:
    for name in ("one", "two"):
        api.made(config_maps(ns), config_map(name))
    accept = "application/json;as=Table;v=v1;g=meta.k8s.io"
    with api.watch(config_maps(ns), accept=accept) as events:
        tables: list[Any] = [next(events)["object"] for _ in range(2)]
    assert [table["kind"] for table in tables] == ["Table", "Table"]
    assert [bool(table["columnDefinitions"]) for table in tables] == [True, False]
    assert [table["rows"][0]["cells"][0] for table in tables] == ["one", "two"]


def test_twenty_watchers_see_the_same_order(api: Client, ns: str) -> None:
    version = api.get(config_maps(ns)).version
    names = [f"item-{number}" for number in range(50)]
    for name in names:
        api.made(config_maps(ns), config_map(name))
    for _ in range(20):
        with api.watch(config_maps(ns), resourceVersion=version) as events:
            assert take(events, 50) == [("ADDED", name) for name in names]


def test_a_restart_loses_no_watcher(localkube: LocalKubeProcess) -> None:
    api = Client.from_kubeconfig(localkube.kubeconfig)
    behind = api.made(config_maps("default"), config_map("before", labels={"colour": "red"})).version
    api.patch(config_maps("default", "before"), {"metadata": {"labels": {"colour": "blue"}}})
    api.delete(config_maps("default", "before"))
    up_to_date = api.made(config_maps("default"), config_map("last")).version
    localkube.kill()
    localkube.start()
    again = Client.from_kubeconfig(localkube.kubeconfig)
    with again.watch(config_maps("default"), resourceVersion=up_to_date) as events:
        again.made(config_maps("default"), config_map("after"))
        assert take(events, 1) == [("ADDED", "after")]
    with again.watch(config_maps("default"), resourceVersion=behind) as events:
        assert take(events, 3) == [("MODIFIED", "before"), ("DELETED", "before"), ("ADDED", "last")]
    with again.watch(config_maps("default"), resourceVersion=behind, labelSelector="colour=red") as events:
        assert take(events, 1) == [("DELETED", "before")]
    ahead = str(int(up_to_date) + 1000)
    assert again.get(config_maps("default"), watch="true", resourceVersion=ahead).status == 504


def test_pages_that_a_restart_interrupts_go_on(localkube: LocalKubeProcess) -> None:
    api = Client.from_kubeconfig(localkube.kubeconfig)
    for name in ("one", "two", "three"):
        api.made(config_maps("default"), config_map(name))
    token = api.get(config_maps("default"), limit="1").body["metadata"]["continue"]
    api.made(config_maps("default"), config_map("four"))
    localkube.restart()
    again = Client.from_kubeconfig(localkube.kubeconfig)
    assert again.get(config_maps("default"), **{"continue": token}).names == ["three", "two"]
