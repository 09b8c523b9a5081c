import http.client
import json
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from localkube_client import (
    APPLY_PATCH,
    DEFINITIONS,
    JSON_PATCH,
    MERGE_PATCH,
    STRATEGIC_PATCH,
    Client,
    config_map,
    config_maps,
    gadget,
    gadgets,
)

FUZZ_INPUTS = int(os.environ.get("LOCALKUBE_FUZZ_INPUTS", "300"))
PATCH_TYPES = [JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, APPLY_PATCH]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{bad"),
        ("application/json", b"\xff\xfe"),
        ("application/json", b"[" * 100_000),
        ("application/json", b'{"a":' * 300 + b"1" + b"}" * 300),
        ("application/json", b"[]"),
        ("application/json", b'"text"'),
        ("application/json", b"null"),
        ("application/json", b'{"metadata": []}'),
        ("application/yaml", b"a: [b"),
        ("application/yaml", b"a: *missing"),
        ("application/yaml", b"- 1\n- 2\n"),
        ("application/yaml", b"!!python/object/apply:os.system [id]"),
        ("application/vnd.kubernetes.protobuf", b"k8s\x00\xff\xff\xff"),
        ("application/vnd.kubernetes.protobuf", b"k8s\x00\x0a\x7f"),
    ],
)
def test_a_body_that_can_not_be_read_is_a_bad_request(api: Client, ns: str, content_type: str, body: bytes) -> None:
    answer = api.request("POST", config_maps(ns), body, content_type=content_type)
    assert answer.reason == (400, "BadRequest")


def test_a_body_of_an_unknown_type_is_refused(api: Client, ns: str) -> None:
    body = b'{"metadata": {"name": "one"}}'
    answer = api.request("POST", config_maps(ns), body, content_type="text/plain")
    assert answer.reason == (415, "UnsupportedMediaType")


def test_protobuf_of_an_unknown_kind_is_refused_not_misread(api: Client, ns: str) -> None:
    envelope = b"k8s\x00\x0a\x0d\x0a\x02v1\x12\x07Strange\x12\x00"
    answer = api.request("POST", config_maps(ns), envelope, content_type="application/vnd.kubernetes.protobuf")
    assert answer.reason == (415, "UnsupportedMediaType")


def test_a_body_that_is_too_large_is_refused(api: Client, ns: str) -> None:
    answer = api.post(config_maps(ns), config_map("one", {"a": "x" * 4_000_000}))
    assert answer.reason == (413, "RequestEntityTooLarge")


@pytest.mark.parametrize(
    ("document", "fields"),
    [
        ({"metadata": {"name": 7}}, ["metadata.name"]),
        ({"metadata": {"name": "a", "labels": {"a": 1}}}, ["metadata.labels.a"]),
        ({"metadata": {"name": "a", "labels": "x"}}, ["metadata.labels"]),
        ({"metadata": {"name": "a", "labels": {"a b": "c"}}}, ["metadata.labels"]),
        ({"metadata": {"name": "a", "labels": {"a": "c d"}}}, ["metadata.labels"]),
        ({"metadata": {"name": "a", "annotations": {"": "x"}}}, ["metadata.annotations"]),
        ({"metadata": {"name": "a", "finalizers": ["a b"]}}, ["metadata.finalizers[0]"]),
        ({"metadata": {"name": "a", "ownerReferences": [{"kind": "X"}]}}, None),
        ({"metadata": {"name": "a"}, "data": {"a": 1}}, ["data.a"]),
        ({"metadata": {"name": "a"}, "data": {"a/b": "1"}}, ["data[a/b]"]),
        ({"metadata": {"name": "a"}, "data": []}, ["data"]),
    ],
)
def test_a_field_of_the_wrong_shape_is_named(
    api: Client, ns: str, document: dict[str, Any], fields: list[str] | None
) -> None:
    answer = api.post(config_maps(ns), document)
    assert answer.reason == (422, "Invalid")
    assert fields is None or answer.fields == fields


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_missing_body_is_a_bad_request(api: Client, ns: str, method: str) -> None:
    api.made(config_maps(ns), config_map("one"))
    path = config_maps(ns) if method == "POST" else config_maps(ns, "one")
    answer = api.request(method, path, b"", content_type=MERGE_PATCH if method == "PATCH" else "application/json")
    assert answer.reason == (400, "BadRequest")


@pytest.mark.parametrize(
    ("method", "suffix"), [("POST", "/one"), ("PUT", ""), ("PATCH", ""), ("HEAD", "/one"), ("OPTIONS", "")]
)
def test_a_method_that_makes_no_sense_is_not_allowed(api: Client, ns: str, method: str, suffix: str) -> None:
    answer = api.request(method, config_maps(ns) + suffix, b"{}" if method in {"POST", "PUT", "PATCH"} else None)
    assert answer.status == 405


@pytest.mark.parametrize("query", [{"fieldValidation": "Maybe"}, {"dryRun": "Some"}])
def test_an_unknown_option_is_refused(api: Client, ns: str, query: dict[str, str]) -> None:
    assert api.post(config_maps(ns), config_map("one"), **query).reason == (400, "BadRequest")


def test_a_watcher_that_never_reads_holds_up_nobody(api: Client, ns: str) -> None:
    stuck = api.connect()
    version = api.get(config_maps(ns)).version
    stuck.request("GET", f"{config_maps(ns)}?watch=true&resourceVersion={version}", headers=api._headers)
    stuck.getresponse()
    for number in range(40):
        api.made(config_maps(ns), config_map(f"big-{number}", {"a": "x" * 200_000}))
    assert len(api.get(config_maps(ns)).names) == 40
    stuck.close()


def test_a_client_that_goes_away_in_the_middle_harms_nobody(api: Client, ns: str) -> None:
    for _ in range(5):
        leaving = api.connect()
        leaving.putrequest("POST", config_maps(ns))
        for name, value in (api._headers | {"Content-Type": "application/json", "Content-Length": "500"}).items():
            leaving.putheader(name, value)
        leaving.endheaders()
        leaving.send(b'{"metadata"')
        leaving.close()
    assert api.get(config_maps(ns)).names == []


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(["apiVersion", "kind", "metadata", "spec", "status", "data", "$patch", "items"]) | st.text(
    max_size=4
)
DOCUMENTS = st.dictionaries(KEYS, JSON_VALUES, max_size=4)
METADATA = st.dictionaries(
    st.sampled_from(["name", "namespace", "labels", "finalizers", "ownerReferences", "managedFields", "uid"]),
    JSON_VALUES,
    max_size=3,
)


def survives(status: int, body: Any) -> None:
    """A server that is asked anything answers with a Status or with an object, and never fails itself."""
    assert status < 500, body


@settings(max_examples=FUZZ_INPUTS, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=DOCUMENTS, metadata=METADATA, spec=JSON_VALUES)
def test_no_document_makes_the_server_fail(
    api: Client, gadget_kind: str, document: dict[str, Any], metadata: dict[str, Any], spec: Any
) -> None:
    for path in (config_maps("default"), gadgets("default"), "/api/v1/namespaces/default/services", DEFINITIONS):
        for body in (document, document | {"metadata": {"name": "fuzz", **metadata}, "spec": spec}):
            answer = api.post(path, body, dryRun="All")
            survives(answer.status, answer.body)


@settings(max_examples=FUZZ_INPUTS, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    patch=JSON_VALUES | DOCUMENTS | st.builds(lambda m: {"metadata": m}, METADATA), kind=st.sampled_from(PATCH_TYPES)
)
def test_no_patch_makes_the_server_fail(api: Client, gadget_kind: str, patch: Any, kind: str) -> None:
    api.post(config_maps("default"), config_map("fuzzed"))
    api.post(gadgets("default"), gadget("fuzzed"))
    for path in (
        config_maps("default", "fuzzed"),
        gadgets("default", "fuzzed"),
        gadgets("default", "fuzzed") + "/scale",
    ):
        answer = api.patch(path, patch, kind, dryRun="All", fieldManager="fuzz", force="true")
        survives(answer.status, answer.body)


@settings(max_examples=FUZZ_INPUTS, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=60),
    prefix=st.sampled_from([b"", b"k8s\x00", b"{", b"k8s\x00\x0a\x0f\x0a\x02v1\x12\x09ConfigMap\x12"]),
)
def test_no_bytes_make_the_server_fail(api: Client, body: bytes, prefix: bytes) -> None:
    for content_type in ("application/json", "application/yaml", "application/vnd.kubernetes.protobuf"):
        answer = api.request("POST", config_maps("default") + "?dryRun=All", prefix + body, content_type=content_type)
        survives(answer.status, answer.body)


@settings(max_examples=FUZZ_INPUTS, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=st.dictionaries(
        st.sampled_from(["labelSelector", "fieldSelector", "limit", "continue", "resourceVersion", "includeObject"]),
        st.text(alphabet=st.characters(codec="utf-8"), max_size=12),
    )
)
def test_no_query_makes_the_server_fail(api: Client, query: dict[str, str]) -> None:
    answer = api.get(config_maps("default"), **query)
    assert answer.status < 500 or answer.body["reason"] == "Timeout", answer.body


def test_a_request_that_is_no_http_is_turned_away(api: Client) -> None:
    connection = api.connect(timeout=5)
    connection.connect()
    connection.sock.sendall(b"\x00\x01nonsense\r\n\r\n")
    try:
        assert connection.sock.recv(200).startswith((b"HTTP/1.1 400", b"HTTP/1.0 400", b""))
    except (OSError, http.client.HTTPException):
        pass
    finally:
        connection.close()
    assert api.get("/version").status == 200
    assert json.dumps(api.get("/healthz").body) == '"ok"'
