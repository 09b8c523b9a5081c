import re

import pytest
from localkube_client import Client, config_map, config_maps

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def test_a_created_object_gets_its_identity(api: Client, ns: str) -> None:
    answer = api.post(config_maps(ns), config_map("one"))
    assert answer.status == 201
    metadata = answer.body["metadata"]
    assert (answer.body["kind"], answer.body["apiVersion"], answer.body["data"]) == ("ConfigMap", "v1", {"a": "1"})
    assert (metadata["name"], metadata["namespace"]) == ("one", ns)
    assert len(metadata["uid"]) == 36
    assert metadata["resourceVersion"].isdigit()
    assert TIMESTAMP.fullmatch(metadata["creationTimestamp"])


def test_a_second_object_of_a_name_is_refused(api: Client, ns: str) -> None:
    api.made(config_maps(ns), config_map("one"))
    assert api.post(config_maps(ns), config_map("one")).reason == (409, "AlreadyExists")


def test_a_missing_object_is_named_in_the_answer(api: Client, ns: str) -> None:
    answer = api.get(config_maps(ns, "nobody"))
    assert answer.reason == (404, "NotFound")
    assert answer.body["details"] == {"name": "nobody", "kind": "configmaps"}
    assert answer.body["message"] == 'configmaps "nobody" not found'


def test_a_replacement_replaces_everything(api: Client, ns: str) -> None:
    created = api.made(config_maps(ns), config_map("one", {"a": "1", "b": "2"})).body
    answer = api.put(config_maps(ns, "one"), created | {"data": {"z": "9"}})
    assert (answer.status, answer.body["data"]) == (200, {"z": "9"})
    assert int(answer.version) > int(created["metadata"]["resourceVersion"])


def test_a_replacement_of_an_older_version_is_a_conflict(api: Client, ns: str) -> None:
    created = api.made(config_maps(ns), config_map("one")).body
    api.put(config_maps(ns, "one"), created | {"data": {"a": "2"}})
    assert api.put(config_maps(ns, "one"), created | {"data": {"a": "3"}}).reason == (409, "Conflict")
    assert api.get(config_maps(ns, "one")).body["data"] == {"a": "2"}


def test_a_replacement_by_the_same_writes_nothing(api: Client, ns: str) -> None:
    created = api.made(config_maps(ns), config_map("one"))
    assert api.put(config_maps(ns, "one"), created.body).version == created.version


def test_a_generated_name_has_a_random_ending(api: Client, ns: str) -> None:
    body = {"metadata": {"generateName": "job-"}}
    first, second = (api.made(config_maps(ns), body).name for _ in range(2))
    assert re.fullmatch("job-[a-z0-9]{5}", first)
    assert first != second


@pytest.mark.parametrize("name", ["Upper", "under_score", "-dash", "a" * 254, "dot."])
def test_a_name_that_is_no_subdomain_is_refused(api: Client, ns: str, name: str) -> None:
    answer = api.post(config_maps(ns), config_map(name))
    assert (answer.reason, answer.fields) == ((422, "Invalid"), ["metadata.name"])


def test_an_object_without_any_name_is_refused(api: Client, ns: str) -> None:
    assert api.post(config_maps(ns), {"metadata": {}}).reason == (422, "Invalid")


def test_a_missing_namespace_is_named(api: Client) -> None:
    answer = api.post(config_maps("nowhere"), config_map("one"))
    assert (answer.reason, answer.body["message"]) == ((404, "NotFound"), 'namespaces "nowhere" not found')


def test_another_namespace_in_the_body_is_refused(api: Client, ns: str) -> None:
    assert api.post(config_maps(ns), config_map("one", namespace="default")).reason == (400, "BadRequest")


def test_another_name_in_the_body_is_refused(api: Client, ns: str) -> None:
    api.made(config_maps(ns), config_map("one"))
    assert api.put(config_maps(ns, "one"), config_map("two")).reason == (400, "BadRequest")


def test_another_kind_in_the_body_is_refused(api: Client, ns: str) -> None:
    body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "one"}}
    assert api.post(config_maps(ns), body).reason == (400, "BadRequest")


def test_a_deleted_object_is_gone(api: Client, ns: str) -> None:
    uid = api.made(config_maps(ns), config_map("one")).body["metadata"]["uid"]
    answer = api.delete(config_maps(ns, "one"))
    assert (answer.status, answer.body["status"], answer.body["details"]["uid"]) == (200, "Success", uid)
    assert api.get(config_maps(ns, "one")).status == 404
    assert api.delete(config_maps(ns, "one")).status == 404


@pytest.mark.parametrize("precondition", [{"uid": "another"}, {"resourceVersion": "1"}])
def test_a_deletion_of_another_object_than_meant_is_a_conflict(
    api: Client, ns: str, precondition: dict[str, str]
) -> None:
    api.made(config_maps(ns), config_map("one"))
    options = {"kind": "DeleteOptions", "apiVersion": "v1", "preconditions": precondition}
    assert api.delete(config_maps(ns, "one"), options).reason == (409, "Conflict")
    assert api.get(config_maps(ns, "one")).status == 200


def test_a_selected_part_of_a_collection_is_deleted(api: Client, ns: str) -> None:
    for name in ("a", "b", "c"):
        api.made(config_maps(ns), config_map(name, labels={"part": "out" if name < "c" else "in"}))
    assert api.delete(config_maps(ns), labelSelector="part=out").status == 200
    assert api.get(config_maps(ns)).names == ["c"]


def test_a_dry_run_answers_and_stores_nothing(api: Client, ns: str) -> None:
    assert api.post(config_maps(ns), config_map("one"), dryRun="All").status == 201
    assert api.get(config_maps(ns, "one")).status == 404
    created = api.made(config_maps(ns), config_map("two"))
    assert api.patch(config_maps(ns, "two"), {"data": {"b": "2"}}, dryRun="All").body["data"] == {"a": "1", "b": "2"}
    assert api.delete(config_maps(ns, "two"), dryRun="All").status == 200
    assert api.get(config_maps(ns, "two")).body == created.body


def test_a_body_may_be_yaml(api: Client, ns: str) -> None:
    body = b"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\ndata:\n  day: '2026-01-01'\n"
    answer = api.request("POST", config_maps(ns), body, content_type="application/yaml")
    assert (answer.status, answer.body["data"]) == (201, {"day": "2026-01-01"})


def test_unknown_fields_are_refused_warned_about_or_dropped(api: Client, ns: str) -> None:
    body = config_map("one") | {"dataa": {}}
    refused = api.post(config_maps(ns), body, fieldValidation="Strict")
    assert refused.status == 400
    assert 'unknown field "dataa"' in refused.body["message"]
    warned = api.post(config_maps(ns), body, fieldValidation="Warn")
    assert (warned.status, warned.headers["Warning"]) == (201, '299 - "unknown field \\"dataa\\""')
    silent = api.put(config_maps(ns, "one"), body, fieldValidation="Ignore")
    assert (silent.status, "Warning" in silent.headers, "dataa" in silent.body) == (200, False, False)


def test_the_identity_of_an_object_can_not_be_changed(api: Client, ns: str) -> None:
    before = api.made(config_maps(ns), config_map("one")).body["metadata"]
    assert api.patch(config_maps(ns, "one"), {"metadata": {"uid": "other"}}).reason == (409, "Conflict")
    ignored = {"creationTimestamp": "2000-01-01T00:00:00Z", "deletionTimestamp": "2000-01-01T00:00:00Z"}
    after = api.patch(config_maps(ns, "one"), {"metadata": ignored}).body["metadata"]
    assert after == before
