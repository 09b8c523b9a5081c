"""From a model to the structural schema that the API server validates, prunes and explains by.

It walks the fields of the models itself, so that the result has no references, no null and no guesses: every
keyword comes from an annotation, a bound, a mark, a default, a docstring or a validation rule.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, GroupedMetadata, Le, MaxLen, MinLen
from pydantic import AwareDatetime
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from virtrigaud_api.crd.field_docs import field_docs, model_doc
from virtrigaud_api.crd.kubernetes_types import KUBERNETES_TYPES, int_or_string_schema, quantity_schema
from virtrigaud_api.crd.validation_rules import RULES
from virtrigaud_api.quantity import DURATION_PATTERN, Duration, Quantity
from virtrigaud_api.v1beta1.int_or_percent import PERCENT_PATTERN, IntOrPercent
from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.schema_marks import CoreType, Format, ListMap, SchemaMark

Schema = dict[str, Any]

_SCALARS: Mapping[type, str] = {str: "string", bool: "boolean", int: "integer", AwareDatetime: "string"}
_NO_DEFAULTS = (None, (), PydanticUndefined)
_LENGTH_OF = {"string": "Length", "array": "Items", "object": "Properties"}


def object_schema(model: type[KubeModel]) -> Schema:
    """Return the schema of a model and of everything inside it."""
    docs = field_docs(model)
    schema: Schema = {"description": model_doc(model), "type": "object", "properties": {}}
    for name, field in model.model_fields.items():
        schema["properties"][_manifest_name(field)] = _field_schema(field, docs.get(name, ""))
    if required := sorted(_manifest_name(field) for field in model.model_fields.values() if field.is_required()):
        schema["required"] = required
    if rules := RULES.get(model):
        schema["x-kubernetes-validations"] = [rule.to_schema() for rule in rules]
    return schema


def _field_schema(field: FieldInfo, description: str) -> Schema:
    schema = _schema_of(field.annotation, field.metadata)
    if description:
        schema = {"description": description, **{key: part for key, part in schema.items() if key != "description"}}
    if field.default not in _NO_DEFAULTS:
        schema["default"] = _json(field.default)
    return schema


def _json(value: object) -> object:
    match value:
        case StrEnum():
            return str(value)
        case Duration() | IntOrPercent() | Quantity():
            return value.text
        case _:
            return value


def _schema_of(annotation: object, marks: Iterable[object] = ()) -> Schema:
    annotation, marks = _unwrapped(annotation, tuple(marks))
    for mark in marks:
        if isinstance(mark, CoreType):
            return KUBERNETES_TYPES[mark.name]()
    schema = _shape(annotation)
    for mark in marks:
        schema |= _keywords(mark, schema)
    return schema


def _unwrapped(annotation: object, marks: tuple[object, ...]) -> tuple[object, tuple[object, ...]]:
    """Take `| None` and `Annotated` off a type, and return what they said beside it."""
    if get_origin(annotation) in (Union, UnionType):
        [annotation] = [member for member in get_args(annotation) if member is not type(None)]
        return _unwrapped(annotation, marks)
    if get_origin(annotation) is Annotated:
        annotation, *more = get_args(annotation)
        return _unwrapped(annotation, (*marks, *more))
    return annotation, tuple(_flat(marks))


def _flat(marks: Iterable[object]) -> Iterator[object]:
    for mark in marks:
        if isinstance(mark, GroupedMetadata):
            yield from _flat(mark)
        elif isinstance(mark, FieldInfo):
            yield from _flat(mark.metadata)
        else:
            yield mark


def _shape(annotation: object) -> Schema:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is tuple:
        return {"type": "array", "items": _schema_of(arguments[0])}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _schema_of(arguments[1])}
    if origin is Literal:
        return {"type": "string", "enum": list(arguments)}
    if isinstance(annotation, type):
        return _shape_of_class(annotation)
    raise TypeError(f"there is no schema for a field of type {annotation}")


def _shape_of_class(value_type: type) -> Schema:
    if issubclass(value_type, KubeModel):
        return object_schema(value_type)
    if issubclass(value_type, StrEnum):
        return {"type": "string", "enum": [str(member) for member in value_type]}
    if value_type is Quantity:
        return quantity_schema()
    if value_type is IntOrPercent:
        return int_or_string_schema() | {"minimum": 0, "pattern": PERCENT_PATTERN}
    if value_type is Duration:
        return {"type": "string", "pattern": DURATION_PATTERN}
    return {"type": _SCALARS[value_type]}


def _keywords(mark: object, schema: Schema) -> Schema:
    match mark:
        case Format(name):
            keywords: Schema = {"format": name}
        case Ge(bound):
            keywords = {"minimum": bound}
        case Le(bound):
            keywords = {"maximum": bound}
        case MinLen(length) | MaxLen(length):
            bound = "min" if isinstance(mark, MinLen) else "max"
            keywords = {f"{bound}{_LENGTH_OF[schema['type']]}": length}
        case ListMap(key):
            keywords = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": [key]}
        case SchemaMark():
            keywords = dict(_MARK_KEYWORDS[mark])
        case _:
            pattern = getattr(mark, "pattern", None)
            keywords = {"pattern": pattern} if pattern else {}
    return keywords


_MARK_KEYWORDS: Mapping[SchemaMark, Schema] = {
    SchemaMark.ATOMIC_MAP: {"x-kubernetes-map-type": "atomic"},
    SchemaMark.ATOMIC_LIST: {"x-kubernetes-list-type": "atomic"},
    SchemaMark.SET: {"x-kubernetes-list-type": "set"},
    SchemaMark.PRESERVE_UNKNOWN_FIELDS: {"x-kubernetes-preserve-unknown-fields": True},
}


def _manifest_name(field: FieldInfo) -> str:
    if field.alias is None:
        raise ValueError("a field of a manifest has no name there; derive its model from KubeModel")
    return field.alias
