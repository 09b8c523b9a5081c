"""What the schema refuses, the models refuse at the same field.

A spec that the schema allows is broken at one place; the embedded API server and the model must name that place.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
from embedded_api import EmbeddedApi
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from schema_documents import documents, parts_of
from virtrigaud_api.v1beta1 import KINDS, KubeObject

Step = str | int


@dataclass(frozen=True, slots=True)
class Place:
    """A value inside a document, and the schema that it follows."""

    steps: tuple[Step, ...]
    schema: Mapping[str, Any]


def places(schema: Mapping[str, Any], value: Any, steps: tuple[Step, ...] = ()) -> Iterator[Place]:
    yield Place(steps, schema)
    match value:
        case dict() if "additionalProperties" in schema:
            for key, part in value.items():
                yield from places(schema["additionalProperties"], part, (*steps, key))
        case dict():
            for name in schema.get("properties", {}).keys() & value.keys():
                inner = schema["properties"][name]
                if "description" in inner:
                    yield from places(inner, value[name], (*steps, name))
        case list() if is_ours(schema["items"]):
            for index, part in enumerate(value):
                yield from places(schema["items"], part, (*steps, index))
        case _:
            return


def is_ours(items: Mapping[str, Any]) -> bool:
    return "properties" not in items or any("description" in part for part in items["properties"].values())


def wrong_values(schema: Mapping[str, Any]) -> list[Any]:
    """Values that the keywords of a schema forbid."""
    if schema.get("x-kubernetes-int-or-string"):
        return [True, ["1"], *(["not a number"] if "pattern" in schema else [])]
    match schema["type"]:
        case "object":
            return ["text", ["item"], 1]
        case "array":
            return ["text", {"key": "value"}]
        case "boolean":
            return ["true", 1]
        case "integer":
            below = [schema["minimum"] - 1] if "minimum" in schema else []
            above = [schema["maximum"] + 1] if "maximum" in schema else []
            return ["1", True, *below, *above]
        case _:
            return wrong_texts(schema)


def wrong_texts(schema: Mapping[str, Any]) -> list[Any]:
    forbidden: list[Any] = [1, True, ["text"]]
    if "enum" in schema or "pattern" in schema:
        forbidden.append("!? ")
    if schema.get("minLength"):
        forbidden.append("")
    if "maxLength" in schema:
        forbidden.append("a" * (schema["maxLength"] + 1))
    return forbidden


@st.composite
def broken_specs(draw: st.DrawFn, kind: type[KubeObject]) -> dict[str, Any]:
    """A spec that the schema allows, with a wrong value or without a required one at one place."""
    schema = parts_of(kind)["spec"]
    spec = draw(documents(schema).filter(bool))
    place = draw(
        st.sampled_from(sorted(places(schema, spec), key=lambda found: str(found.steps))[1:] or [Place((), schema)])
    )
    broken = {"spec": deepcopy(spec)}
    *way, last = ("spec", *place.steps)
    parent: Any = broken
    for step in way:
        parent = parent[step]
    required = [name for name in place.schema.get("required", ()) if name in parent[last]]
    if required and draw(st.booleans()):
        del parent[last][draw(st.sampled_from(required))]
    else:
        parent[last] = draw(st.sampled_from(wrong_values(place.schema)))
    return broken


def spelled(steps: tuple[Step, ...]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def refused_by_model(kind: type[KubeObject], document: dict[str, Any]) -> set[str]:
    try:
        kind.from_manifest(document)
    except ValidationError as refused:
        return {spelled(mistake["loc"]) for mistake in refused.errors()}
    return set()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.names.kind)
@given(data=st.data())
@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_what_the_schema_refuses_the_model_refuses_at_the_same_field(
    api: EmbeddedApi, kind: type[KubeObject], data: st.DataObject
) -> None:
    document = data.draw(broken_specs(kind))
    refusals = api.refusals(kind.names.kind, document["spec"])
    assert refusals
    assert refused_by_model(kind, document) == {refusal.field for refusal in refusals}
