"""A structural schema as rows, one for each node: what a table, a comparison or a reference page needs.

Paths begin at the root of the object: `.spec.disks[]` is an item of a list, `.spec.extraConfig{}` a value of a map.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_COPIED = {
    "format": "format",
    "minimum": "minimum",
    "maximum": "maximum",
    "minLength": "minLength",
    "maxLength": "maxLength",
    "pattern": "pattern",
    "minItems": "minItems",
    "maxItems": "maxItems",
    "minProperties": "minProperties",
    "maxProperties": "maxProperties",
    "default": "default",
    "enum": "enum",
    "nullable": "nullable",
    "list type": "x-kubernetes-list-type",
    "list map keys": "x-kubernetes-list-map-keys",
    "map type": "x-kubernetes-map-type",
    "preserve unknown": "x-kubernetes-preserve-unknown-fields",
}


@dataclass(frozen=True, slots=True)
class SchemaRow:
    """One node of a schema: where it is and which keywords it has, without those that say nothing."""

    path: str
    keywords: Mapping[str, Any]


def schema_rows(schema: Mapping[str, Any], path: str = ".", *, required: bool = False) -> Iterator[SchemaRow]:
    """Yield the node itself, then all nodes inside it."""
    yield SchemaRow(path, _keywords(schema, required=required))
    inside = "" if path == "." else path
    for name, child in schema.get("properties", {}).items():
        yield from schema_rows(child, f"{inside}.{name}", required=name in schema.get("required", []))
    if "items" in schema:
        yield from schema_rows(schema["items"], f"{path}[]")
    if "additionalProperties" in schema:
        yield from schema_rows(schema["additionalProperties"], f"{path}{{}}")


def _keywords(schema: Mapping[str, Any], *, required: bool) -> Mapping[str, Any]:
    keywords = {name: schema[keyword] for name, keyword in _COPIED.items() if keyword in schema}
    keywords["type"] = "int-or-string" if schema.get("x-kubernetes-int-or-string") else schema["type"]
    if required:
        keywords["required"] = True
    if rules := schema.get("x-kubernetes-validations"):
        keywords["rules"] = [rule["rule"] for rule in rules]
    return keywords
