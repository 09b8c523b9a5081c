"""Server-side apply: merges what a manager wants into an object, and refuses what belongs to somebody else.

What the manager applied before and no longer names is removed, unless another manager owns it too.
"""

from dataclasses import dataclass
from functools import reduce
from typing import Any

from virtrigaud_localkube.api_error import ApiError, Cause, Subject
from virtrigaud_localkube.document import Document, JsonValue, copied
from virtrigaud_localkube.patch.field_sets import (
    SELF,
    FieldSet,
    changed_fields,
    difference,
    elements,
    intersection,
    item_element,
    paths,
    tracked,
    union,
    value_element,
)
from virtrigaud_localkube.patch.managed_fields import Manager, Shares, applied_fields, read_shares
from virtrigaud_localkube.schema.structural import Node


@dataclass(frozen=True, slots=True)
class Applied:
    """An object with a configuration merged in, and what that does to the ownership of its fields."""

    document: Document
    fields: FieldSet
    taken: FieldSet


def apply_configuration(
    live: Document, configuration: Document, manager: Manager, node: Node, subject: Subject, *, force: bool
) -> Applied:
    """Merges a configuration into a live object.

    Raises:
        ApiError: Fields would change that other managers own (409), and `force` is not set.
    """
    fields = applied_fields(configuration, node)
    shares = read_shares(live)
    merged = copied(live)
    before = shares.pop(manager, None)
    _merge(node, merged, {key: value for key, value in configuration.items() if key != "metadata"})
    _merge(node.child("metadata"), merged["metadata"], configuration.get("metadata") or {})
    taken = _conflicts(live, merged, shares, node, fields)
    if taken and not force:
        raise _conflict_error(shares, taken, subject)
    if before:
        others: FieldSet = reduce(union, (difference(share.fields, taken) for share in shares.values()), {})
        _remove(node, merged, difference(difference(before.fields, fields), others))
    return Applied(merged, fields, taken)


def _conflicts(live: Document, merged: Document, others: Shares, node: Node, fields: FieldSet) -> FieldSet:
    changed = intersection(changed_fields(node, tracked(live), tracked(merged)), fields)
    return reduce(union, (intersection(share.fields, changed) for share in others.values()), {})


def _conflict_error(others: Shares, taken: FieldSet, subject: Subject) -> ApiError:
    causes = []
    for manager, share in others.items():
        how = f' with subresource "{manager.subresource}"' if manager.subresource else ""
        how += f" using {share.api_version}"
        message = f'conflict with "{manager.name}"{how}'
        shared = paths(intersection(share.fields, taken))
        causes += [Cause("FieldManagerConflict", message, path) for path in shared]
    listed = "; ".join(f"{cause.message}: {cause.field}" for cause in causes)
    noun = "conflict" if len(causes) == 1 else "conflicts"
    return ApiError(409, "Conflict", f"Apply failed with {len(causes)} {noun}: {listed}", subject, causes)


def _merge(node: Node | None, target: dict[str, Any], wanted: dict[str, Any]) -> None:
    for key, value in wanted.items():
        inner = node.child(key) if node else None
        target[key] = _merged(inner, target.get(key), value)


def _merged(node: Node | None, target: JsonValue, wanted: JsonValue) -> JsonValue:
    if isinstance(wanted, dict) and isinstance(target, dict) and not (node and node.is_atomic_map):
        _merge(node, target, wanted)
        return target
    if isinstance(wanted, list) and isinstance(target, list) and node is not None:
        if node.list_type == "set":
            return [*target, *(item for item in wanted if item not in target)]
        if node.list_type == "map" and all(isinstance(item, dict) for item in (*target, *wanted)):
            return _merged_items(node, target, wanted)
    return wanted


def _merged_items(node: Node, target: list[Any], wanted: list[Any]) -> list[Any]:
    places = {item_element(node, item): place for place, item in enumerate(target)}
    merged = list(target)
    for item in wanted:
        place = places.get(item_element(node, item))
        if place is None:
            merged.append(item)
        else:
            merged[place] = _merged(node.items, merged[place], item)
    return merged


def _remove(node: Node | None, value: JsonValue, fields: FieldSet) -> None:
    """Takes the fields of a set out of a value, and with them what they leave empty."""
    for element, (item, inner) in (elements(node, value) or {}).items():
        below = fields.get(element)
        if below is None:
            continue
        is_item = element.startswith("k:")
        kept = {SELF, *(f"f:{key}" for key in node.list_keys)} if is_item and node else {SELF}
        parts = {key: rest for key, rest in below.items() if key not in kept}
        if parts:
            _remove(inner, item, parts)
        is_empty = SELF in below and _only_keys(node, item) if is_item else not parts or item in ({}, [])
        if is_empty:
            _take_out(node, value, element)


def _only_keys(node: Node | None, item: dict[str, Any]) -> bool:
    return node is not None and set(item) <= set(node.list_keys)


def _take_out(node: Node | None, value: JsonValue, element: str) -> None:
    if isinstance(value, dict):
        value.pop(element[2:], None)
    elif element.startswith("v:"):
        value[:] = [item for item in value if value_element(item) != element]
    elif node is not None:
        value[:] = [item for item in value if item_element(node, item) != element]
