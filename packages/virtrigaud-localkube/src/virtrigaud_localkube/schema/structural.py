"""A structural schema, compiled once from a CustomResourceDefinition into a tree of nodes.

Defaulting, pruning, validation and field ownership all walk this tree. The built-in kinds build the same nodes from
their table of fields (`registry.field_table`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from virtrigaud_localkube.document import JsonValue
from virtrigaud_localkube.schema.expressions import Rule
from virtrigaud_localkube.schema.patterns import Pattern, compile_pattern

_REMEMBERED = 256


@dataclass(slots=True)
class Node:
    """What is known about one place in a document. Filled while a schema is compiled, then only read."""

    type: str = ""
    properties: dict[str, "Node"] = field(default_factory=dict)
    additional: "Node | None" = None
    items: "Node | None" = None
    keeps_unknown: bool = False
    int_or_string: bool = False
    nullable: bool = False
    embeds_object: bool = False
    default: JsonValue = None
    required: tuple[str, ...] = ()
    enum: tuple[Any, ...] = ()
    limits: "Limits | None" = None
    pattern: Pattern | None = None
    format: str = ""
    list_type: str = ""
    list_keys: tuple[str, ...] = ()
    merge_key: str = ""
    is_atomic_map: bool = False
    alternatives: tuple["Alternatives", ...] = ()
    rules: tuple[Rule, ...] = ()
    type_name: str = ""
    passed: set[str] | None = None
    _defaults: dict[str, JsonValue] | None = None

    @property
    def defaults(self) -> dict[str, JsonValue]:
        """What fields get that are left out."""
        if self._defaults is None:
            found = {name: inner.default for name, inner in self.properties.items()}
            self._defaults = {name: default for name, default in found.items() if default is not None}
        return self._defaults

    def pass_again(self, text: str) -> None:
        """Lets a text that has passed here pass again without being looked at."""
        if self.passed is None or len(self.passed) >= _REMEMBERED:
            self.passed = set()
        self.passed.add(text)

    def child(self, key: str) -> "Node | None":
        """The node of a field, None where the schema says nothing about it."""
        return self.properties.get(key) or self.additional

    def key_of(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """The identity of an item in a list of type map, with defaults for keys left out."""
        fields = self.items.properties if self.items else {}
        key = {}
        for name in self.list_keys:
            value = item.get(name)
            key[name] = fields[name].default if value is None and name in fields else value
        return key


@dataclass(frozen=True, slots=True)
class Limits:
    """The numeric bounds of a node; None where there is none."""

    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: bool = False
    exclusive_maximum: bool = False
    multiple_of: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    min_items: int | None = None
    max_items: int | None = None
    min_properties: int | None = None
    max_properties: int | None = None


@dataclass(frozen=True, slots=True)
class Alternatives:
    """The value validations of `allOf`, `anyOf`, `oneOf` or `not`."""

    how: str
    nodes: tuple[Node, ...]


# The bounds as schemas spell them (`maxItems`) and as they are named here (`max_items`).
_BOUNDS = {re.sub("_(.)", lambda letter: letter[1].upper(), bound.name): bound.name for bound in fields(Limits)}


def compile_schema(schema: Mapping[str, Any]) -> Node:
    """Builds the tree of nodes of an `openAPIV3Schema`. The schema has been checked before (`schema.definition`)."""
    additional = schema.get("additionalProperties")
    bounds = {ours: schema[theirs] for theirs, ours in _BOUNDS.items() if schema.get(theirs) is not None}
    items = schema.get("items")
    return Node(
        type=schema.get("type") or "",
        properties={name: compile_schema(inner) for name, inner in (schema.get("properties") or {}).items()},
        additional=compile_schema(additional) if isinstance(additional, dict) else None,
        items=compile_schema(items) if isinstance(items, dict) else None,
        keeps_unknown=bool(schema.get("x-kubernetes-preserve-unknown-fields")) or additional is True,
        int_or_string=bool(schema.get("x-kubernetes-int-or-string")),
        nullable=bool(schema.get("nullable")),
        embeds_object=bool(schema.get("x-kubernetes-embedded-resource")),
        default=schema.get("default"),
        required=tuple(schema.get("required") or ()),
        enum=tuple(schema.get("enum") or ()),
        limits=Limits(**bounds) if bounds else None,
        pattern=compile_pattern(schema["pattern"]) if schema.get("pattern") else None,
        format=schema.get("format") or "",
        list_type=schema.get("x-kubernetes-list-type") or "",
        list_keys=tuple(schema.get("x-kubernetes-list-map-keys") or ()),
        is_atomic_map=schema.get("x-kubernetes-map-type") == "atomic",
        alternatives=_alternatives(schema),
        rules=tuple(Rule.parse(rule) for rule in schema.get("x-kubernetes-validations") or ()),
    )


def _alternatives(schema: Mapping[str, Any]) -> tuple[Alternatives, ...]:
    found = [
        Alternatives(how, tuple(compile_schema(inner) for inner in schema[how]))
        for how in ("allOf", "anyOf", "oneOf")
        if schema.get(how)
    ]
    if isinstance(schema.get("not"), dict):
        found.append(Alternatives("not", (compile_schema(schema["not"]),)))
    return tuple(found)
