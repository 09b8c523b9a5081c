"""Makes a document fit its schema before it is validated: unknown fields out, stray nulls out, defaults in.

The document is changed in place; what was unknown is listed by path, for clients that asked to be warned or refused.
"""

from typing import Any

from virtrigaud_localkube.document import DIVIDED, JsonValue, copied
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
        for key, default in node.defaults.items():
            if key not in value:
                value[key] = copied(default)
        for key, item in value.items():
            if isinstance(item, DIVIDED) and (below := node.properties.get(key, node.additional)) is not None:
                add_defaults(below, item)
    elif isinstance(value, list) and node.items is not None:
        for item in value:
            add_defaults(node.items, item)


def _prune(node: Node, value: JsonValue, path: str, unknown: list[str]) -> None:
    if isinstance(value, dict):
        _prune_object(node, value, path, unknown)
    elif isinstance(value, list) and node.items is not None:
        for index, item in enumerate(value):
            _prune(node.items, item, f"{path}[{index}]", unknown)


def _prune_object(node: Node, value: dict[str, Any], path: str, unknown: list[str]) -> None:
    strays = []
    for key, item in value.items():
        inner = node.properties.get(key, node.additional)
        if inner is None:
            if not (node.keeps_unknown or (node.embeds_object and key in _OBJECT_FIELDS)):
                unknown.append(f"{path}.{key}" if path else key)
                strays.append(key)
        elif isinstance(item, DIVIDED):
            _prune(inner, item, f"{path}.{key}" if path else key, unknown)
        elif item is None and not inner.nullable and not inner.keeps_unknown:
            strays.append(key)
    for key in strays:
        del value[key]
