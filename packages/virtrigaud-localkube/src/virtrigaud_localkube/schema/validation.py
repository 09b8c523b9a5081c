"""Checks a document against its schema and says everything that is wrong with it at once.

What an update leaves unchanged is not looked at again: an object that was stored under an older, laxer schema stays
editable (Kubernetes calls this ratcheting), and a status patch costs nothing for its spec.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from virtrigaud_localkube.api_error import Cause
from virtrigaud_localkube.document import JsonValue, canonical
from virtrigaud_localkube.schema import expressions
from virtrigaud_localkube.schema.formats import is_formatted
from virtrigaud_localkube.schema.structural import Alternatives, Limits, Node

_ABSENT: Final = object()
_SHORT: Final = 200
_RULED_METADATA: Final = frozenset({"name", "generateName"})
_PYTHON_TYPES: Final[Mapping[str, Sequence[type]]] = {
    "object": [dict], "array": [list], "string": [str], "boolean": [bool], "integer": [int], "number": [int, float],
    "integer,string": [int, str],
}  # fmt: skip


def validate(node: Node, document: dict[str, Any], previous: dict[str, Any] | None = None) -> list[Cause]:
    """Lists the causes to refuse a document; `previous` is the stored object that an update replaces."""
    validation = _Validation()
    validation.visit(node, document, _ABSENT if previous is None else previous, "")
    if not validation.causes:
        validation.evaluate_rules()
    return validation.causes


class _Validation:
    """One pass over one document."""

    def __init__(self) -> None:
        self.causes: list[Cause] = []
        self._with_rules: list[tuple[Node, Any, Any, str]] = []

    def visit(self, node: Node, value: JsonValue, old: JsonValue, path: str) -> None:
        """Checks a value and all that is below it."""
        if value is None and node.nullable:
            return
        if old is not _ABSENT and value == old and type(value) is type(old):
            return
        if not (isinstance(value, str) and node.passed and value in node.passed) and not self._fits(node, value, path):
            return
        if isinstance(value, dict):
            self._visit_object(node, value, old, path)
        elif isinstance(value, list):
            self._visit_list(node, value, old, path)
        if node.rules:
            self._with_rules.append((node, value, old, path))

    def evaluate_rules(self) -> None:
        """Evaluates the expressions, which rely on the types having been checked before."""
        for node, value, old, path in self._with_rules:
            values = {"self": _ruled(value, path), "oldSelf": None if old is _ABSENT else _ruled(old, path)}
            for rule in node.rules:
                if not (rule.is_transition and old is _ABSENT):
                    self._evaluate(rule, values, path)

    def _evaluate(self, rule: expressions.Rule, values: Mapping[str, JsonValue], path: str) -> None:
        try:
            if expressions.evaluate(rule.compiled, values) is True:
                return
            message = rule.message
            if rule.message_expression:
                message = str(expressions.evaluate(rule.message_expression, values))
        except expressions.ExpressionError as error:
            message = f"rule {rule.expression!r} can't be evaluated: {error}"
        self._add(rule.reason, f"Invalid value: {_shown(values['self'])}: {message}", path + rule.field_path)

    def _add(self, reason: str, message: str, path: str) -> None:
        self.causes.append(Cause(reason, message, path.lstrip(".") or "<nil>"))

    def _fits(self, node: Node, value: JsonValue, path: str) -> bool:
        """Checks a value without its parts; tells whether it is of the type that the parts need."""
        if not self._has_type(node, value, path):
            return False
        known = len(self.causes)
        self._check_value(node, value, path)
        if isinstance(value, str) and len(value) < _SHORT and len(self.causes) == known:
            node.pass_again(value)
        return True

    def _has_type(self, node: Node, value: JsonValue, path: str) -> bool:
        wanted = "integer,string" if node.int_or_string else node.type
        fits = not wanted or type(value) in _PYTHON_TYPES[wanted]
        fits = fits or (wanted == "integer" and isinstance(value, float) and value.is_integer())
        if not fits:
            found = _TYPE_NAMES[type(value)]
            text = f'Invalid value: "{found}": {path.lstrip(".")} in body must be of type {wanted}: "{found}"'
            self._add("FieldValueTypeInvalid", text, path)
        return fits

    def _check_value(self, node: Node, value: JsonValue, path: str) -> None:
        if node.enum and value not in node.enum:
            allowed = ", ".join(json.dumps(choice) for choice in node.enum)
            text = f"Unsupported value: {_shown(value)}: supported values: {allowed}"
            self._add("FieldValueNotSupported", text, path)
        for reason, text in _broken_limits(node.limits, value) if node.limits else ():
            self._add(reason, text.replace("@", path.lstrip(".")), path)
        if (node.pattern or node.format) and isinstance(value, str):
            self._check_text(node, value, path)
        for alternatives in node.alternatives:
            self._check_alternatives(alternatives, value, path)

    def _check_text(self, node: Node, value: str, path: str) -> None:
        where = path.lstrip(".")
        if node.pattern and not node.pattern.is_in(value):
            text = f"Invalid value: {_shown(value)}: {where} in body should match '{node.pattern.text}'"
            self._add("FieldValueInvalid", text, path)
        if node.format and not is_formatted(node.format, value):
            text = f"Invalid value: {_shown(value)}: {where} in body must be of type {node.format}: {_shown(value)}"
            self._add("FieldValueInvalid", text, path)

    def _check_alternatives(self, alternatives: Alternatives, value: JsonValue, path: str) -> None:
        attempts = [self._attempt(node, value, path) for node in alternatives.nodes]
        good = sum(not causes for causes in attempts)
        if alternatives.how == "allOf":
            for causes in attempts:
                self.causes.extend(causes)
        elif (
            (alternatives.how == "anyOf" and not good)
            or (alternatives.how == "oneOf" and good != 1)
            or (alternatives.how == "not" and good)
        ):
            text = f"Invalid value: {_shown(value)}: must validate {_HOW_MANY[alternatives.how]}"
            self._add("FieldValueInvalid", text, path)

    def _attempt(self, node: Node, value: JsonValue, path: str) -> list[Cause]:
        attempt = _Validation()
        attempt.visit(node, value, _ABSENT, path)
        return attempt.causes

    def _visit_object(self, node: Node, value: dict[str, Any], old: JsonValue, path: str) -> None:
        for name in node.required:
            if name not in value:
                self._add("FieldValueRequired", "Required value", f"{path}.{name}")
        before = old if isinstance(old, dict) else {}
        for key, item in value.items():
            inner = node.properties.get(key, node.additional)
            if inner is not None:
                self.visit(inner, item, before.get(key, _ABSENT), f"{path}.{key}")

    def _visit_list(self, node: Node, value: list[Any], old: JsonValue, path: str) -> None:
        if node.items is None:
            return
        is_keyed = node.list_type in {"map", "set"}
        before = {_identity(node, item): item for item in old} if is_keyed and isinstance(old, list) else {}
        seen = set()
        for index, item in enumerate(value):
            identity = _identity(node, item) if is_keyed else ""
            if is_keyed and identity in seen:
                shown = identity if node.list_type == "map" else _shown(item)
                self._add("FieldValueDuplicate", f"Duplicate value: {shown}", f"{path}[{index}]")
            seen.add(identity)
            self.visit(node.items, item, before.get(identity, _ABSENT), f"{path}[{index}]")


_HOW_MANY: Final = {
    "anyOf": "at least one schema (anyOf)",
    "oneOf": "one and only one schema (oneOf)",
    "not": "no schema (not)",
}


def _ruled(value: JsonValue, path: str) -> JsonValue:
    """What rules see of a value: of the metadata of a whole object only its name."""
    if path or not isinstance(value.get("metadata"), dict):
        return value
    return {**value, "metadata": {key: text for key, text in value["metadata"].items() if key in _RULED_METADATA}}


def _identity(node: Node, item: JsonValue) -> str:
    key = node.key_of(item) if node.list_type == "map" and isinstance(item, dict) else item
    return canonical(key)


_TYPE_NAMES: Final = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}


def _shown(value: JsonValue) -> str:
    return f'"{_TYPE_NAMES[type(value)]}"' if isinstance(value, dict | list) else json.dumps(value)


def _broken_limits(limits: Limits, value: JsonValue) -> list[tuple[str, str]]:
    match value:
        case bool() | None:
            return []
        case int() | float():
            return _broken_number(limits, value)
        case str():
            return _broken_length(limits.min_length, limits.max_length, len(value), "chars", "bytes")
        case list():
            return _broken_length(limits.min_items, limits.max_items, len(value), "items", "items")
        case _:
            return _broken_length(limits.min_properties, limits.max_properties, len(value), "properties", "properties")


def _broken_number(limits: Limits, value: float) -> list[tuple[str, str]]:
    broken = []
    low, high, factor = limits.minimum, limits.maximum, limits.multiple_of
    if low is not None and (value < low or (limits.exclusive_minimum and value == low)):
        than = "greater than" if limits.exclusive_minimum else "greater than or equal to"
        broken.append(("FieldValueInvalid", f"Invalid value: {value}: @ in body should be {than} {low}"))
    if high is not None and (value > high or (limits.exclusive_maximum and value == high)):
        than = "less than" if limits.exclusive_maximum else "less than or equal to"
        broken.append(("FieldValueInvalid", f"Invalid value: {value}: @ in body should be {than} {high}"))
    if factor and value % factor:
        broken.append(("FieldValueInvalid", f"Invalid value: {value}: @ in body should be a multiple of {factor}"))
    return broken


def _broken_length(
    least: int | None, most: int | None, length: int, unit: str, unit_above: str
) -> list[tuple[str, str]]:
    if most is not None and length > most:
        if unit_above == "bytes":
            return [("FieldValueTooLong", f"Too long: may not be more than {most} {unit_above}")]
        return [("FieldValueTooMany", f"Too many: {length}: must have at most {most} {unit_above}")]
    if least is not None and length < least:
        return [("FieldValueInvalid", f"Invalid value: {length}: @ in body should have at least {least} {unit}")]
    return []
