from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from virtrigaud_localkube.patch.field_sets import (
    changed_fields,
    difference,
    fields_of,
    intersection,
    paths,
    removed_fields,
    union,
)
from virtrigaud_localkube.schema.structural import compile_schema

TEXT = {"type": "string"}
NODE = compile_schema(
    {
        "type": "object",
        "properties": {
            "one": TEXT,
            "map": {"type": "object", "additionalProperties": TEXT},
            "whole": {"type": "object", "additionalProperties": TEXT, "x-kubernetes-map-type": "atomic"},
            "set": {"type": "array", "x-kubernetes-list-type": "set", "items": TEXT},
            "items": {
                "type": "array",
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["name"],
                "items": {"type": "object", "properties": {"name": TEXT, "value": TEXT}},
            },
        },
    }
)
WORDS = st.sampled_from(["a", "b", "c"])
ITEMS = st.lists(
    st.fixed_dictionaries({"name": WORDS}, optional={"value": WORDS}), max_size=3, unique_by=lambda i: i["name"]
)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "one": WORDS,
        "map": st.dictionaries(WORDS, WORDS),
        "whole": st.dictionaries(WORDS, WORDS),
        "set": st.lists(WORDS, unique=True, max_size=3),
        "items": ITEMS,
    },
)


def listed(fields: dict[str, Any]) -> set[str]:
    return set(paths(fields))


def test_fields_are_written_as_people_read_them() -> None:
    value = {"one": "x", "map": {"k": "v"}, "whole": {"k": "v"}, "set": ["s"], "items": [{"name": "n", "value": "v"}]}
    assert listed(fields_of(NODE, value)) == {
        ".one",
        ".map.k",
        ".whole",
        '.set[="s"]',
        '.items[name="n"]',
        '.items[name="n"].name',
        '.items[name="n"].value',
    }


@given(VALUES, VALUES)
def test_sets_of_fields_obey_the_laws_of_sets(one: dict[str, Any], other: dict[str, Any]) -> None:
    left, right = fields_of(NODE, one), fields_of(NODE, other)
    assert listed(union(left, right)) == listed(left) | listed(right)
    assert listed(difference(left, right)) == listed(left) - listed(right)
    assert listed(intersection(left, right)) == listed(left) & listed(right)


@given(VALUES)
def test_nothing_changes_between_a_value_and_itself(value: dict[str, Any]) -> None:
    assert changed_fields(NODE, value, value) == {}
    assert removed_fields(NODE, value, value) == {}


@given(VALUES, VALUES)
def test_what_changed_is_there_afterwards_and_what_was_removed_is_not(old: dict[str, Any], new: dict[str, Any]) -> None:
    before, after = listed(fields_of(NODE, old)), listed(fields_of(NODE, new))
    assert before - after <= listed(removed_fields(NODE, old, new)) | {".map", ".set", ".items"}
    assert after - before <= listed(changed_fields(NODE, old, new))
