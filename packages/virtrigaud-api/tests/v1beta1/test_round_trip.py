"""Whatever a manifest says is said again after a model has read and written it."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from virtrigaud_api.crd.custom_resource import custom_resource_definition
from virtrigaud_api.v1beta1 import KINDS, KubeObject, VirtualMachine
from virtrigaud_api.v1beta1.quantity import DURATION_PATTERN, QUANTITY_PATTERN

CHARACTERS = st.characters(codec="utf-8")
TEXTS = st.text(CHARACTERS, max_size=12)
NUMBERS = st.sampled_from(["0", "1", "7", "1.5", ".5", "2.", "08"])
SUFFIXES = st.sampled_from([*"numkMGTPE", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "e3", "E-2", "e+1", ""])
UNITS = st.sampled_from(["ns", "us", "µs", "ms", "s", "m", "h"])
QUANTITIES = st.one_of(
    st.integers(-(2**40), 2**40),
    st.builds(lambda sign, number, suffix: sign + number + suffix, st.sampled_from(["", "+", "-"]), NUMBERS, SUFFIXES),
)
DURATIONS = st.one_of(
    st.just("0"),
    st.lists(st.builds(lambda number, unit: number + unit, NUMBERS, UNITS), min_size=1, max_size=3).map("".join),
)
TIMESTAMPS = st.datetimes().map(lambda moment: moment.replace(microsecond=0).isoformat() + "Z")
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
METADATA = st.fixed_dictionaries(
    {"name": TEXTS},
    optional={
        "labels": st.dictionaries(TEXTS, TEXTS, max_size=2),
        "finalizers": st.lists(TEXTS, max_size=2),
        "generation": st.integers(0, 9),
        "creationTimestamp": TIMESTAMPS,
        "managedFields": st.lists(st.dictionaries(TEXTS, ANYTHING, max_size=1), max_size=1),
    },
)


def documents(schema: Mapping[str, Any]) -> SearchStrategy[Any]:
    """All that a schema allows, in small."""
    match schema:
        case {"x-kubernetes-int-or-string": True}:
            return QUANTITIES if schema.get("pattern") == QUANTITY_PATTERN else st.integers(1, 9) | TEXTS
        case {"type": "object"}:
            return objects(schema)
        case {"type": "array"}:
            return arrays(schema)
        case {"type": "boolean"}:
            return st.booleans()
        case {"type": "integer"}:
            return st.integers(schema.get("minimum", -5), schema.get("maximum", 2**31))
        case _:
            return texts(schema)


def texts(schema: Mapping[str, Any]) -> SearchStrategy[str]:
    match schema:
        case {"enum": allowed}:
            return st.sampled_from(allowed)
        case {"format": "date-time"}:
            return TIMESTAMPS
        case {"pattern": pattern} if pattern == DURATION_PATTERN:
            return DURATIONS
        case {"pattern": pattern}:
            whole = re.compile(pattern.removesuffix("$") + r"\Z")
            matching = st.from_regex(whole, fullmatch=True, alphabet=CHARACTERS)
            return matching.filter(lambda text: len(text) <= schema.get("maxLength", 10**6))
        case _:
            return st.text(CHARACTERS, min_size=schema.get("minLength", 0), max_size=12)


def arrays(schema: Mapping[str, Any]) -> SearchStrategy[list[Any]]:
    keys = schema.get("x-kubernetes-list-map-keys")
    unique_by = (lambda item: tuple(item[key] for key in keys)) if keys else json.dumps
    return st.lists(documents(schema["items"]), min_size=schema.get("minItems", 0), max_size=2, unique_by=unique_by)


def objects(schema: Mapping[str, Any]) -> SearchStrategy[dict[str, Any]]:
    if "additionalProperties" in schema:
        return st.dictionaries(TEXTS, documents(schema["additionalProperties"]), max_size=2)
    return some_properties(schema)


@st.composite
def some_properties(draw: st.DrawFn, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The required properties, a few of the others, and at times one that no schema knows."""
    properties, required = schema.get("properties", {}), schema.get("required", [])
    others = sorted(properties.keys() - set(required))
    chosen = draw(st.lists(st.sampled_from(others), max_size=3, unique=True)) if others else []
    document = {name: draw(documents(properties[name])) for name in [*required, *chosen]}
    return document | draw(st.fixed_dictionaries({}, optional={"fieldOfTheFuture": ANYTHING}))


@st.composite
def manifests(draw: st.DrawFn, kind: type[KubeObject]) -> dict[str, Any]:
    [version] = custom_resource_definition(kind)["spec"]["versions"]
    parts = version["schema"]["openAPIV3Schema"]["properties"]
    frame = {"apiVersion": "infra.virtrigaud.io/v1beta1", "kind": kind.names.kind, "metadata": draw(METADATA)}
    frame["spec"] = draw(documents(parts["spec"]))
    return frame | draw(st.fixed_dictionaries({}, optional={"status": documents(parts["status"])}))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.names.kind)
@given(data=st.data())
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_a_manifest_is_the_same_after_a_model_has_read_and_written_it(
    kind: type[KubeObject], data: st.DataObject
) -> None:
    manifest = data.draw(manifests(kind))
    model = kind.from_manifest(manifest)
    assert model.to_manifest() == manifest
    assert kind.from_manifest(yaml.safe_load(yaml.safe_dump(manifest))) == model


def machine(**spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "infra.virtrigaud.io/v1beta1",
        "kind": "VirtualMachine",
        "metadata": {"name": "web"},
        "spec": {"providerRef": {"name": "lab"}, "classRef": {"name": "small"}, **spec},
    }


def test_l20_an_explicit_false_zero_or_empty_value_stays() -> None:
    manifest = machine(
        disks=[],
        tags=[],
        userData={},
        lifecycle={"postStart": {"snapshot": {"name": "first", "includeMemory": False}}},
        importedDisk={"diskID": "d", "path": ""},
    )
    manifest["status"] = {"observedGeneration": 0, "ips": [], "provider": {}, "message": ""}
    assert VirtualMachine.from_manifest(manifest).to_manifest() == manifest


def test_what_was_never_set_is_never_written_although_it_reads_as_its_default() -> None:
    manifest = machine(lifecycle={})
    model = VirtualMachine.from_manifest(manifest)
    assert model.spec.lifecycle is not None
    assert str(model.spec.lifecycle.graceful_shutdown_timeout) == "60s"
    assert model.spec.disks == ()
    assert model.status.ips == ()
    assert model.to_manifest() == manifest


def test_fields_that_no_model_knows_survive_at_every_depth() -> None:
    manifest = machine(
        fromTheFuture={"deep": [1, {"deeper": None}]},
        disks=[{"name": "data", "sizeGiB": 1, "cacheMode": "none"}],
    )
    manifest["metadata"]["managedFields"] = [{"manager": "kubectl"}]
    manifest["spec"]["providerRef"]["apiGroup"] = "infra.virtrigaud.io"
    assert VirtualMachine.from_manifest(manifest).to_manifest() == manifest


def test_the_python_name_of_a_field_is_no_field_in_a_manifest() -> None:
    assert VirtualMachine.from_manifest(machine(power_state="On")).spec.power_state is None
