"""Strategic merge patch: a merge patch that knows which lists merge by key. Only the built-in kinds have it.

The directives are those of the Kubernetes documentation: `$patch`, `$retainKeys`, `$setElementOrder/LIST` and
`$deleteFromPrimitiveList/LIST`.
"""

from typing import Any, Final

from virtrigaud_localkube.api_error import bad_request
from virtrigaud_localkube.document import JsonValue
from virtrigaud_localkube.schema.structural import Node

_PATCH: Final = "$patch"
_RETAIN: Final = "$retainKeys"
_ORDER: Final = "$setElementOrder/"
_DELETE: Final = "$deleteFromPrimitiveList/"


def apply_strategic_patch(target: JsonValue, patch: JsonValue, node: Node | None) -> JsonValue:
    """Merges a strategic patch into a value of the given schema."""
    if not isinstance(patch, dict):
        return patch
    match patch.get(_PATCH):
        case "replace":
            return {key: value for key, value in patch.items() if key != _PATCH}
        case "delete":
            return {}
        case None | "merge":
            pass
        case other:
            raise bad_request(f"unknown value {other!r} of the directive {_PATCH}")
    merged = target if isinstance(target, dict) else {}
    if _RETAIN in patch:
        retained = _directive_list(_RETAIN, patch[_RETAIN])
        merged = {key: value for key, value in merged.items() if key in retained}
    for key, value in patch.items():
        if not key.startswith("$"):
            _merge_field(merged, key, value, node.child(key) if node else None)
    _apply_directives(merged, patch, node)
    return merged


def _merge_field(merged: dict[str, Any], key: str, value: JsonValue, node: Node | None) -> None:
    if value is None:
        merged.pop(key, None)
    elif isinstance(value, list):
        target = merged.get(key)
        merged[key] = _merged_list(target if isinstance(target, list) else [], value, node)
    else:
        merged[key] = apply_strategic_patch(merged.get(key), value, node)


def _merged_list(target: list[Any], patch: list[Any], node: Node | None) -> list[Any]:
    if node and node.list_type == "set" and not node.merge_key:
        return [*target, *(item for item in patch if item not in target)]
    if not node or not node.merge_key or {_PATCH: "replace"} in patch:
        return [item for item in patch if item != {_PATCH: "replace"}]
    key = node.merge_key
    merged = list(target)
    for item in patch:
        if not isinstance(item, dict) or key not in item:
            raise bad_request(f"an item of a list that merges by {key!r} has no such key")
        place = next((n for n, old in enumerate(merged) if isinstance(old, dict) and old.get(key) == item[key]), None)
        if item.get(_PATCH) == "delete":
            if place is not None:
                del merged[place]
        elif place is None:
            merged.append(apply_strategic_patch({}, item, node.items))
        else:
            merged[place] = apply_strategic_patch(merged[place], item, node.items)
    return merged


def _apply_directives(merged: dict[str, Any], patch: dict[str, Any], node: Node | None) -> None:
    for directive, value in patch.items():
        if directive.startswith(_DELETE):
            name = directive.removeprefix(_DELETE)
            deleted, target = _directive_list(directive, value), merged.get(name)
            merged[name] = [item for item in target if item not in deleted] if isinstance(target, list) else []
        elif directive.startswith(_ORDER):
            name = directive.removeprefix(_ORDER)
            inner = node.child(name) if node else None
            if isinstance(merged.get(name), list):
                merged[name] = _ordered(
                    merged[name], _directive_list(directive, value), inner.merge_key if inner else ""
                )


def _directive_list(directive: str, value: JsonValue) -> list[JsonValue]:
    if not isinstance(value, list):
        raise bad_request(f"the value of the directive {directive} must be a list")
    return value


def _ordered(items: list[Any], order: list[Any], key: str) -> list[Any]:
    def identity(item: JsonValue) -> JsonValue:
        return item.get(key) if key and isinstance(item, dict) else item

    places = {str(identity(item)): place for place, item in enumerate(order)}
    listed = sorted(
        (item for item in items if str(identity(item)) in places), key=lambda item: places[str(identity(item))]
    )
    return [*listed, *(item for item in items if str(identity(item)) not in places)]
