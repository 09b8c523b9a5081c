from typing import Any

import pytest
from localkube_client import (
    JSON_PATCH,
    MERGE_PATCH,
    STRATEGIC_PATCH,
    Client,
    config_map,
    config_maps,
    gadget,
    gadgets,
)


@pytest.fixture
def target(api: Client, ns: str) -> str:
    """The path of an object to patch."""
    api.made(config_maps(ns), config_map("one", {"a": "1", "b": "2"}, labels={"keep": "me"}))
    return config_maps(ns, "one")


@pytest.mark.parametrize(
    ("content_type", "patch", "data"),
    [
        (MERGE_PATCH, {"data": {"a": None, "c": "3"}}, {"b": "2", "c": "3"}),
        (MERGE_PATCH, {"data": None}, None),
        (STRATEGIC_PATCH, {"data": {"a": "9"}}, {"a": "9", "b": "2"}),
        (STRATEGIC_PATCH, {"data": {"$patch": "replace", "z": "1"}}, {"z": "1"}),
        (JSON_PATCH, [{"op": "replace", "path": "/data/a", "value": "9"}], {"a": "9", "b": "2"}),
        (
            JSON_PATCH,
            [{"op": "remove", "path": "/data/b"}, {"op": "add", "path": "/data/c", "value": "3"}],
            {"a": "1", "c": "3"},
        ),
        (JSON_PATCH, [{"op": "move", "from": "/data/a", "path": "/data/z"}], {"b": "2", "z": "1"}),
        (JSON_PATCH, [{"op": "copy", "from": "/data/a", "path": "/data/z"}], {"a": "1", "b": "2", "z": "1"}),
    ],
)
def test_a_patch_changes_what_it_names(
    api: Client, target: str, content_type: str, patch: Any, data: dict[str, str] | None
) -> None:
    answer = api.patch(target, patch, content_type)
    assert (answer.status, answer.body.get("data")) == (200, data)
    assert answer.body["metadata"]["labels"] == {"keep": "me"}


@pytest.mark.parametrize(
    "patch",
    [
        [{"op": "test", "path": "/data/a", "value": "other"}, {"op": "remove", "path": "/data/a"}],
        [{"op": "remove", "path": "/data/nothing"}],
        [{"op": "replace", "path": "/nowhere/deep", "value": 1}],
        [{"op": "invent", "path": "/data"}],
        [{"path": "/data"}],
    ],
)
def test_a_json_patch_that_fails_changes_nothing(api: Client, target: str, patch: Any) -> None:
    assert api.patch(target, patch, JSON_PATCH).reason == (422, "Invalid")
    assert api.get(target).body["data"] == {"a": "1", "b": "2"}


def test_a_patch_can_demand_a_version(api: Client, target: str) -> None:
    stale = {"metadata": {"resourceVersion": "1"}, "data": {"a": "9"}}
    assert api.patch(target, stale).reason == (409, "Conflict")
    fresh = {"metadata": {"resourceVersion": api.get(target).version}, "data": {"a": "9"}}
    assert api.patch(target, fresh).status == 200


def test_a_patch_that_changes_nothing_writes_nothing(api: Client, target: str) -> None:
    version = api.get(target).version
    assert api.patch(target, {"data": {"a": "1"}}).version == version


@pytest.mark.parametrize("content_type", ["application/json", "text/plain"])
def test_an_unknown_patch_type_is_refused_with_the_known_ones(api: Client, target: str, content_type: str) -> None:
    answer = api.patch(target, {"data": {}}, content_type)
    assert answer.reason == (415, "UnsupportedMediaType")
    assert MERGE_PATCH in answer.body["message"]


def test_custom_kinds_have_no_strategic_merge(api: Client, ns: str, gadget_kind: str) -> None:
    api.made(gadgets(ns), gadget("one"))
    assert api.patch(gadgets(ns, "one"), {"spec": {"size": 3}}, STRATEGIC_PATCH).status == 415


def pod(*containers: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "one"}, "spec": {"containers": list(containers)}}


def test_a_strategic_patch_merges_lists_by_their_key(api: Client, ns: str) -> None:
    pods = f"/api/v1/namespaces/{ns}/pods"
    api.made(pods, pod({"name": "a", "image": "x"}, {"name": "b", "image": "y"}, {"name": "c", "image": "z"}))
    patch = {
        "spec": {
            "$setElementOrder/containers": [{"name": "b"}, {"name": "a"}, {"name": "d"}],
            "containers": [
                {"name": "b", "image": "new"},
                {"name": "c", "$patch": "delete"},
                {"name": "d", "image": "w"},
            ],
        }
    }
    answer = api.patch(f"{pods}/one", patch, STRATEGIC_PATCH)
    assert [(c["name"], c["image"]) for c in answer.body["spec"]["containers"]] == [
        ("b", "new"),
        ("a", "x"),
        ("d", "w"),
    ]


def test_a_strategic_patch_adds_to_and_deletes_from_sets(api: Client, ns: str) -> None:
    api.made(config_maps(ns), config_map("held", finalizers=["example.com/a"]))
    path = config_maps(ns, "held")
    added = api.patch(path, {"metadata": {"finalizers": ["example.com/b"]}}, STRATEGIC_PATCH)
    assert added.body["metadata"]["finalizers"] == ["example.com/a", "example.com/b"]
    patch = {"metadata": {"$deleteFromPrimitiveList/finalizers": ["example.com/a"]}}
    assert api.patch(path, patch, STRATEGIC_PATCH).body["metadata"]["finalizers"] == ["example.com/b"]
    api.patch(path, {"metadata": {"finalizers": None}})
