"""Sets of fields in the form of `fieldsV1`: a tree of path elements, where a leaf (or `.`) means "this field".

Path elements are `f:NAME` for a field, `k:{...}` for an item of a list by its keys, `v:VALUE` for an item of a set.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

from virtrigaud_localkube.document import DIVIDED, JsonValue, canonical
from virtrigaud_localkube.schema.structural import Node

FieldSet = dict[str, Any]

SELF: Final = "."
_UNTRACKED_METADATA: Final = frozenset({
    "name", "namespace", "uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink",
    "deletionTimestamp", "deletionGracePeriodSeconds", "generateName",
})  # fmt: skip
_UNTRACKED_ROOT: Final = frozenset({"apiVersion", "kind"})


def item_element(node: Node, item: dict[str, Any]) -> str:
    """The path element of an item in a list of type map."""
    return "k:" + canonical(node.key_of(item))


def value_element(item: JsonValue) -> str:
    """The path element of an item in a set."""
    return "v:" + canonical(item)


def elements(node: Node | None, value: JsonValue) -> dict[str, tuple[Any, Node | None]] | None:
    """The parts of a value by their path elements; None when the value is owned as a whole."""
    if isinstance(value, dict):
        if node is not None and node.is_atomic_map:
            return None
        return {f"f:{key}": (item, node.child(key) if node else None) for key, item in value.items()}
    if isinstance(value, list) and node is not None:
        if node.list_type == "map" and all(isinstance(item, dict) for item in value):
            return {item_element(node, item): (item, node.items) for item in value}
        if node.list_type == "set":
            return {value_element(item): (item, None) for item in value}
    return None


def tracked(document: dict[str, Any]) -> dict[str, Any]:
    """The part of an object whose fields have owners."""
    rest = {key: value for key, value in document.items() if key not in _UNTRACKED_ROOT}
    metadata = {k: v for k, v in (rest.get("metadata") or {}).items() if k not in _UNTRACKED_METADATA}
    rest.pop("metadata", None)
    return {"metadata": metadata, **rest} if metadata else rest


def fields_of(node: Node | None, value: JsonValue) -> FieldSet:
    """All fields of a value, as someone owns them who applies it."""
    found: FieldSet = {}
    for element, (item, inner) in (elements(node, value) or {}).items():
        below = fields_of(inner, item) if isinstance(item, DIVIDED) else {}
        if element.startswith("k:"):
            below = {SELF: {}, **below}
        found[element] = below
    return found


def changed_fields(node: Node | None, old: JsonValue, new: JsonValue) -> FieldSet:
    """The fields of `new` that `old` hasn't, or has with another value."""
    before, after = elements(node, old) or {}, elements(node, new)
    changed: FieldSet = {}
    for element, (item, inner) in (after or {}).items():
        if element not in before:
            below = fields_of(inner, item)
            changed[element] = {SELF: {}, **below} if below else below
        elif before[element][0] != item:
            below = changed_fields(inner, before[element][0], item)
            # Where both are divided into parts, only their parts differ.
            if below or not (elements(inner, before[element][0]) and elements(inner, item)):
                changed[element] = below
    return changed


def removed_fields(node: Node | None, old: JsonValue, new: JsonValue) -> FieldSet:
    """The fields of `old` that `new` hasn't."""
    after = elements(node, new) or {}
    removed: FieldSet = {}
    for element, (item, inner) in (elements(node, old) or {}).items():
        if element not in after:
            removed[element] = {SELF: {}, **fields_of(inner, item)}
        elif after[element][0] != item and (below := removed_fields(inner, item, after[element][0])):
            removed[element] = below
    return removed


def _is_member(fields: FieldSet) -> bool:
    return not fields or SELF in fields


def union(one: FieldSet, other: FieldSet) -> FieldSet:
    """The fields that are in either set."""
    joined = dict(one)
    for element, below in other.items():
        if element not in joined:
            joined[element] = below
        elif joined[element] or below:
            both = union(joined[element], below)
            joined[element] = {SELF: {}, **both} if _is_member(joined[element]) or _is_member(below) else both
    return joined


def difference(one: FieldSet, other: FieldSet) -> FieldSet:
    """The fields of the first set that are not in the second."""
    left: FieldSet = {}
    for element, below in one.items():
        if element not in other:
            left[element] = below
            continue
        if element == SELF:
            continue
        parts = {key: value for key, value in below.items() if key != SELF}
        rest = difference(parts, other[element])
        stays_member = _is_member(below) and not _is_member(other[element])
        if rest and stays_member:
            left[element] = {SELF: {}, **rest}
        elif rest or stays_member:
            left[element] = rest
    return left


def intersection(one: FieldSet, other: FieldSet) -> FieldSet:
    """The fields that are in both sets."""
    shared: FieldSet = {}
    for element, below in one.items():
        if element not in other or element == SELF:
            continue
        inner = intersection(below, other[element])
        if _is_member(below) and _is_member(other[element]):
            shared[element] = {SELF: {}, **inner} if inner else {}
        elif inner:
            shared[element] = inner
    return shared


def paths(fields: FieldSet, prefix: str = "") -> Iterator[str]:
    """The fields of a set as people read them: `.spec.disks[name="a"].size`."""
    for element, below in fields.items():
        if element == SELF:
            continue
        path = prefix + _readable(element)
        if _is_member(below):
            yield path
        yield from paths(below, path)


def _readable(element: str) -> str:
    kind, text = element[0], element[2:]
    if kind == "f":
        return f".{text}"
    if kind == "v":
        return f"[={text}]"
    return "[" + ",".join(f"{key}={json.dumps(value)}" for key, value in json.loads(text).items()) + "]"
