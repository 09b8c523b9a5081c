"""Makes a document fit its schema before it is validated: unknown fields out, stray nulls out, defaults in.

The document is changed in place; what was unknown is listed by path, for clients that asked to be warned or refused.
"""

from typing import Any

from virtrigaud_localkube.document import JsonValue, copied
from virtrigaud_localkube.schema.structural import Node

_OBJECT_FIELDS = frozenset({"apiVersion", "kind", "metadata"})


def prune(node: Node, document: dict[str, Any]) -> list[str]:
    """Takes out of a document what its schema doesn't know and returns the paths of those fields."""
    unknown: list[str] = []
    _prune(node, document, "", unknown)
    return unknown


def add_defaults(node: Node, value: JsonValue) -> None:
    """Adds the defaults of a schema to a document that has been pruned."""
    if isinstance(value, dict):
        for key, inner in node.properties.items():
            if inner.default is not None and key not in value:
                value[key] = copied(inner.default)
        for key, item in value.items():
            if isinstance(item, dict | list) and (below := node.child(key)) is not None:
                add_defaults(below, item)
    elif isinstance(value, list) and node.items is not None:
        for item in value:
            add_defaults(node.items, item)


def _prune(node: Node, value: JsonValue, path: str, unknown: list[str]) -> None:
    if isinstance(value, dict):
        _drop_strays(node, value, path, unknown)
        for key, item in value.items():
            if isinstance(item, dict | list) and (inner := node.child(key)) is not None:
                _prune(inner, item, f"{path}.{key}" if path else key, unknown)
    elif isinstance(value, list) and node.items is not None:
        for index, item in enumerate(value):
            _prune(node.items, item, f"{path}[{index}]", unknown)


def _drop_strays(node: Node, value: dict[str, Any], path: str, unknown: list[str]) -> None:
    strays = []
    for key, item in value.items():
        inner = node.child(key)
        if inner is None:
            if not (node.keeps_unknown or (node.embeds_object and key in _OBJECT_FIELDS)):
                unknown.append(f"{path}.{key}" if path else key)
                strays.append(key)
        elif item is None and not inner.nullable and not inner.keeps_unknown:
            strays.append(key)
    for key in strays:
        del value[key]
