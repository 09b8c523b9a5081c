"""The schemas of the built-in kinds, from a table of their fields.

`fields.tsv` (written by `tools/extract_fields.py`) has every field with its type. `field_facts.json` has what the table
can't know: keys of lists that merge (`merge_key` for strategic patches, `list_keys` for server-side apply), defaults,
enums, bounds, quantities and numbers that may be text, and maps that are owned as a whole.
"""

from functools import cache
from importlib import resources
from typing import Any, Final, NamedTuple

import orjson

from virtrigaud_localkube.schema.structural import Limits, Node


class Field(NamedTuple):
    """One row of the table."""

    name: str
    of: str
    is_required: bool


@cache
def table() -> dict[str, tuple[Field, ...]]:
    """All types of the table with their fields."""
    lines = (resources.files(__package__) / "fields.tsv").read_text().splitlines()[1:]
    types: dict[str, list[Field]] = {}
    for line in lines:
        type_name, name, of, required = line.split("\t")
        types.setdefault(type_name, []).append(Field(name, of, bool(required)))
    return {name: tuple(fields) for name, fields in types.items()}


@cache
def _facts() -> dict[str, dict[str, Any]]:
    facts: dict[str, dict[str, Any]] = orjson.loads((resources.files(__package__) / "field_facts.json").read_bytes())
    return facts


@cache
def type_node(name: str) -> Node:
    """The schema of a named type. Types that contain themselves share their node."""
    return _fill(Node(type="object", type_name=name), name)


_CONDITIONS: Final = {"merge_key": "type", "list_type": "map", "list_keys": ["type"]}
_UNDER_WAY: dict[str, Node] = {}
_PLAIN: Final[dict[str, dict[str, Any]]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "time": {"type": "string", "format": "date-time"},
    "bytes": {"type": "string", "format": "byte"},
    "any": {"keeps_unknown": True, "nullable": True},
}


def _fill(node: Node, name: str) -> Node:
    _UNDER_WAY[name] = node
    is_seen_state = name.endswith("Status") or name in {"NodeSystemInfo", "ObjectMeta"}
    for field in table()[name]:
        node.properties[field.name] = _field_node(f"{name}.{field.name}", field.of)
    required = (field.name for field in table()[name] if field.is_required)
    node.required = () if is_seen_state else tuple(required)
    node.is_atomic_map = "is_atomic_map" in _facts().get(name, {})
    del _UNDER_WAY[name]
    return node


def _field_node(path: str, of: str) -> Node:
    facts = _facts().get(path, {})
    if facts.get("is_quantity"):
        quantity = Node(int_or_string=True)
        return quantity if of == "string" else Node(type="object", additional=quantity)
    if facts.get("int_or_string"):
        return Node(int_or_string=True)
    node = _expression_node(of)
    if node.type_name and facts:
        # Named types share their node; a field that says more about itself gets one of its own.
        node = Node(**{slot: getattr(node, slot) for slot in node.__slots__})
    if not facts and path.endswith("Status.conditions"):
        facts = _CONDITIONS
    if {"minimum", "maximum"} & facts.keys():
        node.limits = Limits(minimum=facts.get("minimum"), maximum=facts.get("maximum"))
    for slot in ("default", "merge_key", "list_type"):
        if slot in facts:
            setattr(node, slot, facts[slot])
    node.enum, node.list_keys = tuple(facts.get("enum", ())), tuple(facts.get("list_keys", ()))
    return node


def _expression_node(of: str) -> Node:
    if of.startswith("list<"):
        return Node(type="array", items=_expression_node(of[5:-1]))
    if of.startswith("map<"):
        return Node(type="object", additional=_expression_node(of[4:-1]))
    if plain := _PLAIN.get(of):
        return Node(**plain)
    return _UNDER_WAY.get(of) or type_node(of)
