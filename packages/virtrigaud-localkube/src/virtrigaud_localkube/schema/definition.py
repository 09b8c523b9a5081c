"""Checks that a schema in a CustomResourceDefinition is structural, before it is compiled and served."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from virtrigaud_localkube.api_error import Cause
from virtrigaud_localkube.schema import expressions
from virtrigaud_localkube.schema.fitting import add_defaults, prune
from virtrigaud_localkube.schema.patterns import compile_pattern
from virtrigaud_localkube.schema.structural import compile_schema
from virtrigaud_localkube.schema.validation import validate

_TYPES: Final = ("object", "array", "string", "integer", "number", "boolean")
_FIELD_READ: Final = re.compile(r"\b(?:self|oldSelf)\.(\w+)(\()?")
_LITERAL: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
_OBJECT_FIELDS: Final = frozenset({"apiVersion", "kind", "metadata"})


def check_definition_schema(schema: Mapping[str, Any], path: str) -> list[Cause]:
    """Lists what keeps a schema from being structural, or its expressions and defaults from working."""
    if schema.get("type") != "object":
        return [Cause("FieldValueInvalid", 'Invalid value: must be "object" at the root', f"{path}.type")]
    causes = list(_check(schema, path, is_root=True))
    return causes or list(_check_defaults(schema, path))


def _check(schema: Mapping[str, Any], path: str, *, is_root: bool = False) -> Iterator[Cause]:
    yield from _check_type(schema, path)
    yield from _check_list(schema, path)
    yield from _check_pattern(schema, path)
    yield from _check_rules(schema, path, is_root=is_root)
    for name, inner in (schema.get("properties") or {}).items():
        yield from _check(inner, f"{path}.properties[{name}]")
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from _check(schema[key], f"{path}.{key}")
    if schema.get("properties") and schema.get("additionalProperties"):
        yield Cause("FieldValueForbidden", "Forbidden: properties and additionalProperties exclude each other", path)


def _check_type(schema: Mapping[str, Any], path: str) -> Iterator[Cause]:
    kind = schema.get("type")
    is_free = schema.get("x-kubernetes-int-or-string") or schema.get("x-kubernetes-preserve-unknown-fields")
    if not kind:
        if not is_free:
            message = "Required value: must not be empty for specified object fields"
            yield Cause("FieldValueRequired", message, f"{path}.type")
    elif kind not in _TYPES:
        supported = ", ".join(f'"{name}"' for name in _TYPES)
        message = f'Unsupported value: "{kind}": supported values: {supported}'
        yield Cause("FieldValueNotSupported", message, f"{path}.type")
    if kind == "array" and not isinstance(schema.get("items"), dict):
        yield Cause("FieldValueRequired", "Required value: must be specified", f"{path}.items")


def _check_list(schema: Mapping[str, Any], path: str) -> Iterator[Cause]:
    if schema.get("x-kubernetes-list-type") != "map":
        return
    keys = schema.get("x-kubernetes-list-map-keys") or []
    if not keys:
        message = "Required value: must not be empty if x-kubernetes-list-type is map"
        yield Cause("FieldValueRequired", message, f"{path}.x-kubernetes-list-map-keys")
    items = schema.get("items")
    fields = items.get("properties") or {} if isinstance(items, dict) else {}
    for index, key in enumerate(keys):
        if key not in fields:
            message = f'Invalid value: "{key}": entries must all be names of item properties'
            yield Cause("FieldValueInvalid", message, f"{path}.x-kubernetes-list-map-keys[{index}]")


def _check_pattern(schema: Mapping[str, Any], path: str) -> Iterator[Cause]:
    pattern = schema.get("pattern")
    if not pattern:
        return
    try:
        compile_pattern(pattern)
    except ValueError as error:
        message = f'Invalid value: "{pattern}": must be a valid regular expression, but isn\'t: {error}'
        yield Cause("FieldValueInvalid", message, f"{path}.pattern")


def _check_rules(schema: Mapping[str, Any], path: str, *, is_root: bool) -> Iterator[Cause]:
    for index, rule in enumerate(schema.get("x-kubernetes-validations") or ()):
        where = f"{path}.x-kubernetes-validations[{index}]"
        is_optional = bool(rule.get("optionalOldSelf"))
        for key in ("rule", "messageExpression"):
            expression = rule.get(key)
            if not expression:
                continue
            try:
                expressions.check(expressions.optional_old_self(expression) if is_optional else expression)
            except expressions.ExpressionError as error:
                message = f"Invalid value: {expression!r}: compilation failed: {error}"
                yield Cause("FieldValueInvalid", message, f"{where}.{key}")
                continue
            for name in () if is_optional else _undefined_fields(schema, expression, is_root=is_root):
                message = f"Invalid value: {expression!r}: compilation failed: undefined field '{name}'"
                yield Cause("FieldValueInvalid", message, f"{where}.{key}")


def _undefined_fields(schema: Mapping[str, Any], expression: str, *, is_root: bool) -> list[str]:
    properties = schema.get("properties")
    if properties is None or schema.get("x-kubernetes-preserve-unknown-fields"):
        return []
    known = set(properties) | (_OBJECT_FIELDS if is_root else set())
    reads = _FIELD_READ.findall(_LITERAL.sub("''", expression))
    return sorted({name for name, call in reads if not call and name not in known and not name.startswith("__")})


def _check_defaults(schema: Mapping[str, Any], path: str) -> Iterator[Cause]:
    if "default" in schema and schema["default"] is not None:
        node = compile_schema({**schema, "default": None})
        sample = {"value": schema["default"]}
        wrapper = compile_schema({"type": "object"})
        wrapper.properties["value"] = node
        prune(wrapper, sample)
        add_defaults(wrapper, sample)
        for cause in validate(wrapper, sample):
            yield Cause(cause.reason, cause.message, f"{path}.default")
    for name, inner in (schema.get("properties") or {}).items():
        yield from _check_defaults(inner, f"{path}.properties[{name}]")
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from _check_defaults(schema[key], f"{path}.{key}")
