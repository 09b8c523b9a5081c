"""The page of one kind: its fields with type, default, meaning and who honours them, its status and its rules."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from virtrigaud_api.crd.custom_resource import custom_resource_definition
from virtrigaud_api.v1beta1 import KubeObject, VirtualMachine

from tools.reference.honoured import STORED, Honours
from tools.reference.markdown import cell, table

Schema = Mapping[str, Any]

_MACHINE: Final = VirtualMachine.names
_BOUNDS: Final = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "maxProperties": "at most {} entries",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a schema, by its path below `spec` or `status`."""

    path: str
    schema: Schema
    required: bool


def kind_page(kind: type[KubeObject], honours: Honours) -> str:
    """Write the page of a kind."""
    definition = custom_resource_definition(kind)["spec"]
    [version] = definition["versions"]
    root = version["schema"]["openAPIV3Schema"]
    parts = [f"# {kind.names.kind}", root["description"], _names(definition, version)]
    if kind.names.kind in honours.stored:
        parts.append(
            "Objects of this kind are validated, stored and shown. **The manager does not act on them yet**, and their "
            "status stays empty."
        )
    parts += ["## Spec", _spec_table(kind, root["properties"]["spec"], honours)]
    if rules := list(_rules(root)):
        parts += ["## Rules", "Checked when an object is applied; all that are broken are reported at once."]
        parts.append(table(("field", "what to write"), rules))
    parts += ["## Status", "Written by VirtRigaud.", _status_table(root["properties"]["status"])]
    return "\n\n".join(parts) + "\n"


def _names(definition: Schema, version: Schema) -> str:
    names = definition["names"]
    columns = ", ".join(column["name"] for column in version["additionalPrinterColumns"])
    scaled = "\n- `kubectl scale` and autoscalers set `spec.replicas`." if "scale" in version["subresources"] else ""
    return (
        f"- `apiVersion: {definition['group']}/{version['name']}`, `kind: {names['kind']}`, in a namespace.\n"
        f"- `kubectl get {names['plural']}`, or short `{names['shortNames'][0]}`; it shows {columns}.{scaled}"
    )


def _spec_table(kind: type[KubeObject], schema: Schema, honours: Honours) -> str:
    fields = [field for field in fields_of(schema) if field.path]
    head = ("field", "type", "default", "meaning", "honoured by")
    if kind.names.kind in honours.stored:
        return table(head[:-1], ((*_cells(field),) for field in fields)) + f"\n\nHonoured by: {STORED}."
    return table(head, ((*_cells(field), cell(honours.of(kind.names.kind, field.path))) for field in fields))


def _status_table(schema: Schema) -> str:
    rows = ((f"`{field.path}`", _type(field), _meaning(field.schema)) for field in fields_of(schema) if field.path)
    return table(("field", "type", "meaning"), rows)


def _cells(field: Field) -> tuple[str, str, str, str]:
    default = f"`{cell(json.dumps(field.schema['default']))}`" if "default" in field.schema else ""
    return f"`{field.path}`", _type(field), default, _meaning(field.schema)


def _meaning(schema: Schema) -> str:
    return cell(schema.get("description", ""))


def _type(field: Field) -> str:
    schema = field.schema
    words = [_type_name(schema), *(text.format(schema[key]) for key, text in _BOUNDS.items() if key in schema)]
    if "enum" in schema:
        words.append("one of " + ", ".join(f"`{value}`" for value in schema["enum"]))
    if field.required:
        words.append("**required**")
    return cell("; ".join(words))


def _type_name(schema: Schema) -> str:
    if schema.get("x-kubernetes-int-or-string"):
        return "integer or string"
    match schema["type"]:
        case "array":
            inner = _type_name(schema["items"])
            keys = schema.get("x-kubernetes-list-map-keys")
            return f"list of {inner}" + (f", each `{keys[0]}` once" if keys else "")
        case "object" if "additionalProperties" in schema:
            return f"map to {_type_name(schema['additionalProperties'])}"
        case name:
            return str(schema.get("format", name)) if name == "string" else str(name)


def fields_of(schema: Schema, path: str = "", *, required: bool = False) -> Iterator[Field]:
    """Yield the fields that are described here; what Kubernetes defines and other pages describe is left out."""
    yield Field(path, schema, required)
    if path == "template.spec":
        return
    for name, child in schema.get("properties", {}).items():
        if "description" in child:
            inner = f"{path}.{name}" if path else name
            yield from fields_of(child, inner, required=name in schema.get("required", ()))
    for key, mark in (("items", "[]"), ("additionalProperties", "{}")):
        if schema.get(key, {}).get("properties"):
            yield from (field for field in fields_of(schema[key], path + mark) if field.path != path + mark)


def _rules(root: Schema) -> Iterator[tuple[str, str]]:
    for rule in root.get("x-kubernetes-validations", ()):
        yield f"`{rule.get('fieldPath', '.').lstrip('.')}`", cell(rule["message"])
    for field in _nodes(root["properties"]["spec"], "spec"):
        for rule in field.schema.get("x-kubernetes-validations", ()):
            yield f"`{field.path}{rule.get('fieldPath', '')}`", cell(rule["message"])


def _nodes(schema: Schema, path: str) -> Iterator[Field]:
    yield Field(path, schema, required=False)
    if path == "spec.template.spec":
        return
    for name, child in schema.get("properties", {}).items():
        yield from _nodes(child, f"{path}.{name}")
    for key, mark in (("items", "[]"), ("additionalProperties", "{}")):
        if key in schema:
            yield from _nodes(schema[key], path + mark)
