import copy
from typing import Any

import pytest
from localkube_client import (
    DEFINITIONS,
    GADGET_SPEC,
    GROUP,
    Client,
    definition,
    eventually,
    gadget,
    gadgets,
)

pytestmark = pytest.mark.usefixtures("gadget_kind")


def conditions(body: Any) -> dict[str, str]:
    return {condition["type"]: condition["status"] for condition in body["status"]["conditions"]}


def test_a_definition_is_established(api: Client) -> None:
    body = api.get(f"{DEFINITIONS}/gadgets.{GROUP}").body
    assert conditions(body) == {"NamesAccepted": "True", "Established": "True"}
    assert body["status"]["storedVersions"] == ["v1"]
    assert body["status"]["acceptedNames"]["listKind"] == "GadgetList"
    assert body["spec"]["conversion"] == {"strategy": "None"}


def test_defaults_are_filled_in_at_every_depth(api: Client, ns: str) -> None:
    spec = api.made(gadgets(ns), gadget("one", {"disks": [{"name": "root"}]})).body["spec"]
    assert spec == {
        "size": 2,
        "limit": "1Gi",
        "maker": "small",
        "power": "On",
        "replicas": 1,
        "disks": [{"name": "root", "gib": 10}],
    }


def test_an_explicit_zero_or_false_is_no_reason_to_default(api: Client, ns: str) -> None:
    spec = api.made(gadgets(ns), gadget("one", {"replicas": 0, "disks": []})).body["spec"]
    assert (spec["replicas"], spec["disks"]) == (0, [])


def test_a_null_gives_way_to_the_default(api: Client, ns: str) -> None:
    spec = api.made(gadgets(ns), gadget("one", {"maker": None, "host": None})).body["spec"]
    assert (spec["maker"], "host" in spec) == ("small", False)


def test_unknown_fields_are_pruned_except_where_they_are_kept(api: Client, ns: str) -> None:
    spec = {"unknown": 1, "free": {"any": {"thing": 1}}, "disks": [{"name": "root", "odd": True}]}
    answer = api.made(gadgets(ns), gadget("one", spec))
    assert (answer.body["spec"]["free"], answer.body["spec"]["disks"]) == (
        {"any": {"thing": 1}},
        [{"name": "root", "gib": 10}],
    )
    assert "unknown" not in answer.body["spec"]


def test_strict_validation_names_every_unknown_field(api: Client, ns: str) -> None:
    answer = api.post(
        gadgets(ns), gadget("one", {"unknown": 1, "disks": [{"name": "a", "odd": 1}]}), fieldValidation="Strict"
    )
    assert answer.status == 400
    assert 'unknown field "spec.unknown", unknown field "spec.disks[0].odd"' in answer.body["message"]


def test_strict_validation_holds_for_a_server_side_apply_to_what_exists(api: Client, ns: str) -> None:
    api.made(gadgets(ns), gadget("one"))
    odd = gadget("one", {"unknown": 1})

    refused = api.apply(f"{gadgets(ns)}/one", odd, "tester", fieldValidation="Strict")
    warned = api.apply(f"{gadgets(ns)}/one", odd, "tester", fieldValidation="Warn")

    assert refused.status == 400
    assert 'unknown field "spec.unknown"' in refused.body["message"]
    assert warned.status == 200
    assert "unknown" not in warned.body["spec"]


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"size": "two"}, "spec.size"),
        ({"size": 2.5}, "spec.size"),
        ({"size": True}, "spec.size"),
        ({"size": 0}, "spec.size"),
        ({"size": 257}, "spec.size"),
        ({"maker": "tiny"}, "spec.maker"),
        ({"limit": True}, "spec.limit"),
        ({"limit": {"a": 1}}, "spec.limit"),
        ({"host": "9bad"}, "spec.host"),
        ({"host": "bad\n"}, "spec.host"),
        ({"host": "a" * 21}, "spec.host"),
        ({"when": "yesterday"}, "spec.when"),
        ({"tags": {"a": 1}}, "spec.tags.a"),
        ({"flags": ["x", "x"]}, "spec.flags[1]"),
        ({"disks": [{"name": "a"}, {"name": "a"}]}, "spec.disks[1]"),
        ({"disks": [{"gib": 1}]}, "spec.disks[0].name"),
        ({"disks": [{"name": str(n)} for n in range(5)]}, "spec.disks"),
        ({"disks": {}}, "spec.disks"),
        ({"size": 100}, "spec"),
    ],
)
def test_a_value_that_breaks_its_schema_is_refused_by_its_path(
    api: Client, ns: str, spec: dict[str, Any], field: str
) -> None:
    answer = api.post(gadgets(ns), gadget("one", spec))
    assert (answer.reason, answer.fields) == ((422, "Invalid"), [field])
    assert answer.body["message"].startswith(f'Gadget.{GROUP} "one" is invalid: {field}: ')


def test_everything_that_is_wrong_is_said_at_once(api: Client, ns: str) -> None:
    answer = api.post(gadgets(ns), gadget("One", {"size": 0, "maker": "tiny", "host": "9"}))
    assert answer.fields == ["spec.size", "spec.maker", "spec.host", "metadata.name"]


@pytest.mark.parametrize("missing", ["size", "limit"])
def test_a_required_field_is_named(api: Client, ns: str, missing: str) -> None:
    body = gadget("one")
    del body["spec"][missing]
    answer = api.post(gadgets(ns), body)
    assert answer.body["details"]["causes"] == [
        {"reason": "FieldValueRequired", "message": "Required value", "field": f"spec.{missing}"}
    ]


@pytest.mark.parametrize("limit", [1024, "1Gi"])
def test_a_number_or_a_text_may_stand_in_an_int_or_string(api: Client, ns: str, limit: int | str) -> None:
    assert api.made(gadgets(ns), gadget("one", {"limit": limit})).body["spec"]["limit"] == limit


def test_an_expression_sees_the_whole_object(api: Client, ns: str) -> None:
    refused = api.post(gadgets(ns), gadget("one", {"size": 100}))
    assert "only big makers exceed 64" in refused.body["message"]
    assert api.post(gadgets(ns), gadget("one", {"size": 100, "maker": "big"})).status == 201


def test_an_expression_over_the_old_value_makes_a_field_immutable(api: Client, ns: str) -> None:
    api.made(gadgets(ns), gadget("one"))
    answer = api.patch(gadgets(ns, "one"), {"spec": {"maker": "medium"}})
    assert (answer.status, "maker is immutable" in answer.body["message"]) == (422, True)
    assert api.patch(gadgets(ns, "one"), {"spec": {"size": 3}}).status == 200


def test_both_versions_show_the_same_object(api: Client, ns: str) -> None:
    uid = api.made(gadgets(ns), gadget("one")).body["metadata"]["uid"]
    older = api.get(gadgets(ns, "one", version="v1beta1"))
    assert (older.body["apiVersion"], older.body["metadata"]["uid"]) == (f"{GROUP}/v1beta1", uid)
    changed = api.patch(gadgets(ns, "one", version="v1beta1"), {"spec": {"size": 5}})
    assert (changed.status, changed.body["apiVersion"]) == (200, f"{GROUP}/v1beta1")
    current = api.get(gadgets(ns, "one")).body
    assert (current["apiVersion"], current["spec"]["size"]) == (f"{GROUP}/v1", 5)


def test_a_selectable_field_selects(api: Client, ns: str) -> None:
    for name, maker in (("one", "small"), ("two", "medium")):
        api.made(gadgets(ns), gadget(name, {"maker": maker}))
    assert api.get(gadgets(ns), fieldSelector="spec.maker=medium").names == ["two"]
    assert api.get(gadgets(ns), fieldSelector="spec.size=2").status == 400


def test_printer_columns_make_the_table(api: Client, ns: str) -> None:
    api.made(gadgets(ns), gadget("one"))
    body = api.request("GET", gadgets(ns), headers={"Accept": "application/json;as=Table;v=v1;g=meta.k8s.io"}).body
    assert [column["name"] for column in body["columnDefinitions"]] == ["Name", "Size", "Phase"]
    assert body["rows"][0]["cells"] == ["one", 2, None]


def with_schema(plural: str, spec: dict[str, Any]) -> dict[str, Any]:
    return definition(plural, plural.capitalize(), {"type": "object", "properties": {"spec": spec}})


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"properties": {"a": {"type": "string"}}}, "type"),
        ({"type": "thing"}, "type"),
        ({"type": "array"}, "items"),
        ({"type": "string", "pattern": "("}, "pattern"),
        ({"type": "string", "pattern": "(?=looks ahead)"}, "pattern"),
        ({"type": "object", "properties": {}, "additionalProperties": {"type": "string"}}, ""),
        (
            {"type": "object", "x-kubernetes-validations": [{"rule": "self.nothing > 3"}]},
            "x-kubernetes-validations[0].rule",
        ),
        ({"type": "integer", "x-kubernetes-validations": [{"rule": "self >"}]}, "x-kubernetes-validations[0].rule"),
        (
            {"type": "integer", "x-kubernetes-validations": [{"rule": "quality('1Gi') == self"}]},
            "x-kubernetes-validations[0].rule",
        ),
        (
            {"type": "integer", "x-kubernetes-validations": [{"rule": "oldSelf >", "optionalOldSelf": True}]},
            "x-kubernetes-validations[0].rule",
        ),
        ({"type": "integer", "default": "seven"}, "default"),
    ],
)
def test_a_schema_that_is_not_structural_is_refused_by_its_path(api: Client, spec: dict[str, Any], field: str) -> None:
    if spec.get("x-kubernetes-validations") and spec["type"] == "object":
        spec = spec | {"properties": {"a": {"type": "integer"}}}
    if "additionalProperties" in spec:
        spec = spec | {"properties": {"a": {"type": "integer"}}}
    body = with_schema("flawed", spec)
    answer = api.post(DEFINITIONS, body)
    path = "spec.versions[0].schema.openAPIV3Schema.properties[spec]"
    assert (answer.reason, answer.fields) == ((422, "Invalid"), [f"{path}.{field}" if field else path])


def test_a_rule_can_look_at_whether_there_was_a_value_before(api: Client, ns: str) -> None:
    rule = {
        "rule": "oldSelf.hasValue() ? self >= oldSelf.value() : self == 1",
        "message": "starts at one and grows",
        "optionalOldSelf": True,
    }
    counter = {"type": "integer", "x-kubernetes-validations": [rule]}
    api.made(DEFINITIONS, with_schema("counters", {"type": "object", "properties": {"count": counter}}))
    path = f"/apis/{GROUP}/v1/namespaces/{ns}/counters"

    def body(count: int) -> dict[str, Any]:
        return {"metadata": {"name": "one"}, "spec": {"count": count}}

    eventually(lambda: api.get(path).status == 200)
    refused = api.post(path, body(2))
    assert (refused.reason, refused.fields) == ((422, "Invalid"), ["spec.count"])
    api.made(path, body(1))
    assert [api.patch(f"{path}/one", {"spec": {"count": count}}).status for count in (3, 2)] == [200, 422]
    api.delete(f"{DEFINITIONS}/counters.{GROUP}")


@pytest.mark.parametrize("strategy", ["Webhook", "Other"])
def test_a_conversion_that_nobody_would_do_is_refused(api: Client, strategy: str) -> None:
    body = definition("converts", "Convert")
    client = {"url": "https://127.0.0.1:1/convert"}
    webhook = {"webhook": {"conversionReviewVersions": ["v1"], "clientConfig": client}}
    body["spec"]["conversion"] = {"strategy": strategy} | webhook
    answer = api.post(DEFINITIONS, body)
    assert (answer.reason, answer.fields) == ((422, "Invalid"), ["spec.conversion.strategy"])


def test_a_definition_with_two_storage_versions_is_refused(api: Client) -> None:
    body = definition("doubles", "Double")
    body["spec"]["versions"][1]["storage"] = True
    answer = api.post(DEFINITIONS, body)
    assert (answer.reason, answer.fields) == ((422, "Invalid"), ["spec.versions"])


def test_a_definition_must_bear_the_name_of_its_resource(api: Client) -> None:
    body = definition("wrongs", "Wrong")
    body["metadata"]["name"] = f"others.{GROUP}"
    assert api.post(DEFINITIONS, body).fields == ["metadata.name"]


def test_a_changed_definition_is_in_force_at_once_and_spares_what_is_unchanged(api: Client, ns: str) -> None:
    body = definition("tools", "Tool")
    api.made(DEFINITIONS, body)
    path = f"/apis/{GROUP}/v1/namespaces/{ns}/tools"
    api.made(path, gadget("one", {"size": 200, "maker": "big"}) | {"kind": "Tool"})
    stored = api.get(f"{DEFINITIONS}/tools.{GROUP}").body
    stricter = copy.deepcopy(GADGET_SPEC)
    stricter["properties"]["size"]["maximum"] = 100
    stored["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"] = stricter
    assert api.put(f"{DEFINITIONS}/tools.{GROUP}", stored).status == 200
    assert api.post(path, gadget("two", {"size": 200, "maker": "big"}) | {"kind": "Tool"}).status == 422
    assert api.patch(f"{path}/one", {"spec": {"power": "Off"}}).status == 200
    assert api.patch(f"{path}/one", {"spec": {"size": 201}}).status == 422
    api.delete(f"{DEFINITIONS}/tools.{GROUP}")


def test_a_deleted_definition_takes_its_objects_along(api: Client, ns: str) -> None:
    api.made(DEFINITIONS, definition("fleeting", "Fleeting"))
    path = f"/apis/{GROUP}/v1/namespaces/{ns}/fleeting"
    for number in range(3):
        api.made(path, gadget(f"one-{number}") | {"kind": "Fleeting"})
    assert api.delete(f"{DEFINITIONS}/fleeting.{GROUP}").status == 200
    eventually(lambda: api.get(f"{DEFINITIONS}/fleeting.{GROUP}").status == 404)
    assert api.get(path).status == 404
    api.made(DEFINITIONS, definition("fleeting", "Fleeting"))
    assert api.get(path).names == []
    api.delete(f"{DEFINITIONS}/fleeting.{GROUP}")


def test_generation_counts_changes_of_the_spec_only(api: Client, ns: str) -> None:
    path = gadgets(ns, "one")
    assert api.made(gadgets(ns), gadget("one")).body["metadata"]["generation"] == 1
    assert api.patch(path, {"spec": {"size": 4}}).body["metadata"]["generation"] == 2
    assert api.patch(path, {"metadata": {"labels": {"a": "b"}}}).body["metadata"]["generation"] == 2
    assert api.patch(f"{path}/status", {"status": {"phase": "Up"}}).body["metadata"]["generation"] == 2


def test_the_status_endpoint_writes_the_status_only(api: Client, ns: str) -> None:
    api.made(gadgets(ns), gadget("one") | {"status": {"phase": "Ignored"}})
    assert "status" not in api.get(gadgets(ns, "one")).body
    patch = {"status": {"phase": "Up"}, "spec": {"size": 9}, "metadata": {"labels": {"a": "b"}}}
    body = api.patch(gadgets(ns, "one") + "/status", patch).body
    assert (body["status"], body["spec"]["size"], "labels" in body["metadata"]) == ({"phase": "Up"}, 2, False)
    main = api.patch(gadgets(ns, "one"), {"status": {"phase": "Down"}, "spec": {"size": 3}}).body
    assert (main["status"], main["spec"]["size"]) == ({"phase": "Up"}, 3)


def test_scale_shows_and_sets_the_replicas(api: Client, ns: str) -> None:
    api.made(gadgets(ns), gadget("one"))
    path = gadgets(ns, "one") + "/scale"
    scale = api.get(path).body
    assert (scale["kind"], scale["apiVersion"], scale["spec"]) == ("Scale", "autoscaling/v1", {"replicas": 1})
    assert api.put(path, scale | {"spec": {"replicas": 5}}).body["spec"] == {"replicas": 5}
    assert api.patch(path, {"spec": {"replicas": 6}}).body["spec"] == {"replicas": 6}
    assert api.get(gadgets(ns, "one")).body["spec"]["replicas"] == 6
    assert api.put(path, scale | {"spec": {"replicas": 7}}).reason == (409, "Conflict")
    assert api.patch(path, {"spec": {"replicas": -1}}).status == 400


def test_a_replacement_must_name_the_version_that_it_replaces(api: Client, ns: str) -> None:
    api.made(gadgets(ns), gadget("one"))
    answer = api.put(gadgets(ns, "one"), gadget("one", {"size": 3}))
    assert (answer.reason, answer.fields) == ((422, "Invalid"), ["metadata.resourceVersion"])
