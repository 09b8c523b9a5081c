from typing import Any

from localkube_client import Client, config_map, config_maps, gadget, gadgets


def managers(body: Any) -> list[tuple[str, str]]:
    return [(entry["manager"], entry["operation"]) for entry in body["metadata"]["managedFields"]]


def owned(body: Any, manager: str) -> Any:
    return next(entry["fieldsV1"] for entry in body["metadata"]["managedFields"] if entry["manager"] == manager)


def test_apply_creates_what_is_not_there(api: Client, ns: str) -> None:
    answer = api.apply(config_maps(ns, "one"), config_map("one", {"a": "1"}), "first")
    assert (answer.status, answer.body["data"], managers(answer.body)) == (201, {"a": "1"}, [("first", "Apply")])
    assert owned(answer.body, "first") == {"f:data": {"f:a": {}}}


def test_apply_without_a_manager_is_refused(api: Client, ns: str) -> None:
    answer = api.patch(config_maps(ns, "one"), config_map("one"), "application/apply-patch+yaml")
    assert answer.reason == (400, "BadRequest")


def test_a_field_of_somebody_else_is_a_conflict_that_names_both(api: Client, ns: str) -> None:
    path = config_maps(ns, "one")
    api.apply(path, config_map("one", {"a": "1", "b": "2"}), "first")
    answer = api.apply(path, config_map("one", {"a": "other"}), "second")
    assert (answer.reason, answer.fields) == ((409, "Conflict"), [".data.a"])
    assert answer.body["message"] == 'Apply failed with 1 conflict: conflict with "first" using v1: .data.a'
    assert api.get(path).body["data"] == {"a": "1", "b": "2"}


def test_the_same_value_is_shared_without_a_conflict(api: Client, ns: str) -> None:
    path = config_maps(ns, "one")
    for manager in ("first", "second"):
        api.apply(path, config_map("one", {"a": "1"}), manager)
    shared = api.apply(path, config_map("one", {}), "first")
    assert (shared.status, shared.body["data"]) == (200, {"a": "1"})


def test_force_takes_the_field_over(api: Client, ns: str) -> None:
    path = config_maps(ns, "one")
    api.apply(path, config_map("one", {"a": "1", "b": "2"}), "first")
    answer = api.apply(path, config_map("one", {"a": "other"}), "second", force="true")
    assert (answer.status, answer.body["data"]) == (200, {"a": "other", "b": "2"})
    assert owned(answer.body, "first") == {"f:data": {"f:b": {}}}


def test_a_field_that_is_applied_no_longer_is_removed(api: Client, ns: str) -> None:
    path = config_maps(ns, "one")
    api.apply(path, config_map("one", {"a": "1", "b": "2"}), "first")
    assert api.apply(path, config_map("one", {"b": "2"}), "first").body["data"] == {"b": "2"}


def test_applying_the_same_again_writes_nothing(api: Client, ns: str) -> None:
    path = config_maps(ns, "one")
    first = api.apply(path, config_map("one", {"a": "1"}, labels={"x": "y"}), "first")
    assert api.apply(path, config_map("one", {"a": "1"}, labels={"x": "y"}), "first").version == first.version


def test_a_plain_write_takes_ownership_and_apply_gives_it_back(api: Client, ns: str) -> None:
    path = config_maps(ns, "one")
    api.apply(path, config_map("one", {"a": "1"}), "first")
    written = api.patch(path, {"data": {"a": "2"}}, fieldManager="editor")
    assert managers(written.body) == [("editor", "Update")]
    assert api.apply(path, config_map("one", {"a": "1"}), "first").reason == (409, "Conflict")
    assert managers(api.apply(path, config_map("one", {"a": "2"}), "first").body) == [
        ("editor", "Update"),
        ("first", "Apply"),
    ]


def test_lists_of_type_map_merge_by_their_keys(api: Client, ns: str, gadget_kind: str) -> None:
    path = gadgets(ns, "one")
    api.apply(path, gadget("one", {"disks": [{"name": "root", "gib": 5}]}), "first")
    body = gadget("one") | {"spec": {"disks": [{"name": "data", "gib": 7}]}}
    answer = api.apply(path, body, "second")
    assert answer.body["spec"]["disks"] == [{"name": "root", "gib": 5}, {"name": "data", "gib": 7}]
    assert owned(answer.body, "second") == {
        "f:spec": {"f:disks": {'k:{"name":"data"}': {".": {}, "f:name": {}, "f:gib": {}}}}
    }
    left = api.apply(path, gadget("one") | {"spec": {}}, "second")
    assert left.body["spec"]["disks"] == [{"name": "root", "gib": 5}]


def test_sets_merge_by_their_values(api: Client, ns: str, gadget_kind: str) -> None:
    path = gadgets(ns, "one")
    api.apply(path, gadget("one", {"flags": ["x", "y"]}), "first")
    answer = api.apply(path, gadget("one") | {"spec": {"flags": ["z"]}}, "second")
    assert answer.body["spec"]["flags"] == ["x", "y", "z"]
    assert api.apply(path, gadget("one", {"flags": ["y"]}), "first").body["spec"]["flags"] == ["y", "z"]


def test_the_status_is_applied_through_its_own_endpoint(api: Client, ns: str, gadget_kind: str) -> None:
    api.made(gadgets(ns), gadget("one"))
    body = {"apiVersion": "conformance.example.com/v1", "kind": "Gadget", "metadata": {"name": "one"}}
    answer = api.apply(gadgets(ns, "one") + "/status", body | {"status": {"phase": "Ready"}}, "controller")
    assert (answer.status, answer.body["status"]) == (200, {"phase": "Ready"})
    entry = answer.body["metadata"]["managedFields"][-1]
    assert (entry["manager"], entry["subresource"]) == ("controller", "status")


def test_a_plain_create_records_its_manager(api: Client, ns: str) -> None:
    answer = api.post(config_maps(ns), config_map("one"), fieldManager="tool")
    assert managers(answer.body) == [("tool", "Update")]
    assert owned(answer.body, "tool") == {"f:data": {".": {}, "f:a": {}}}


def test_a_status_in_a_manifest_is_neither_written_nor_owned(api: Client, ns: str, gadget_kind: str) -> None:
    answer = api.apply(gadgets(ns, "one"), gadget("one") | {"status": {"phase": "Wished"}}, "user")
    again = api.apply(gadgets(ns, "one"), gadget("one") | {"status": {"phase": "Wished"}}, "user")
    assert [("status" in body, set(owned(body, "user"))) for body in (answer.body, again.body)] == [
        (False, {"f:spec"}),
        (False, {"f:spec"}),
    ]
    assert again.version == answer.version
