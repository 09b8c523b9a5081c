"""Documents that a schema allows, for tests that generate them: each keyword of the definitions is honoured."""

import json
import re
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from virtrigaud_api.crd.custom_resource import custom_resource_definition
from virtrigaud_api.quantity import DURATION_PATTERN, QUANTITY_PATTERN
from virtrigaud_api.v1beta1 import KubeObject
from virtrigaud_api.v1beta1.int_or_percent import PERCENT_PATTERN

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
            return int_or_string(schema.get("pattern", ""))
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


def int_or_string(pattern: str) -> SearchStrategy[int | str]:
    match pattern:
        case _ if pattern == QUANTITY_PATTERN:
            return QUANTITIES
        case _ if pattern == PERCENT_PATTERN:
            return st.integers(0, 9) | st.integers(0, 100).map("{}%".format)
        case _:
            return st.integers(1, 9) | TEXTS


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
    """Manifests of a kind: metadata, a spec, and perhaps a status."""
    parts = parts_of(kind)
    frame = {"apiVersion": "infra.virtrigaud.io/v1beta1", "kind": kind.names.kind, "metadata": draw(METADATA)}
    frame["spec"] = draw(documents(parts["spec"]))
    return frame | draw(st.fixed_dictionaries({}, optional={"status": documents(parts["status"])}))


def parts_of(kind: type[KubeObject]) -> dict[str, Any]:
    """The schemas of the parts of a kind: spec, status and the rest."""
    [version] = custom_resource_definition(kind)["spec"]["versions"]
    parts: dict[str, Any] = version["schema"]["openAPIV3Schema"]["properties"]
    return parts
