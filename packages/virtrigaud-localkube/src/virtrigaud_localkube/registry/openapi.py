"""OpenAPI documents, for `kubectl explain` and for clients that validate: version 2 in one, version 3 by group.

Built-in types come from the table of fields, custom ones are published as their definition has them.
"""

from collections.abc import Iterable
from typing import Final

from virtrigaud_localkube.api_error import no_such_path
from virtrigaud_localkube.document import Document, JsonValue
from virtrigaud_localkube.registry.catalog import Catalog
from virtrigaud_localkube.registry.discovery import VERSION_INFO
from virtrigaud_localkube.registry.field_table import type_node
from virtrigaud_localkube.registry.resource import Resource
from virtrigaud_localkube.schema.structural import Node

_META: Final = "io.k8s.apimachinery.pkg.apis.meta.v1."
_META_TYPES: Final = frozenset(
    {"ObjectMeta", "OwnerReference", "ManagedFieldsEntry", "LabelSelector", "LabelSelectorRequirement"}
)
_PARAMETERS: Final = ("dryRun", "fieldManager", "fieldValidation", "force")
_PATCH_TYPES: Final = (
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/apply-patch+yaml",
)
_OPENAPI: Final = "/openapi/"


class OpenApi:
    """Builds the documents and keeps them until the catalog changes."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._revision = -1
        self._documents: dict[str, Document] = {}

    def document(self, path: str) -> Document:
        """The document at a path.

        Raises:
            ApiError: There is none (404).
        """
        if self._revision != self._catalog.revision:
            self._revision, self._documents = self._catalog.revision, {}
        if path not in self._documents:
            self._documents[path] = self._build(path.removeprefix(_OPENAPI))
        return self._documents[path]

    def _build(self, name: str) -> Document:
        if name == "v2":
            return self._version_two()
        if name == "v3":
            return self._index()
        place = name.removeprefix("v3/")
        found = [resource for resource in self._catalog.resources() if _place(resource) == place]
        if not found:
            raise no_such_path()
        return {
            "openapi": "3.0.0",
            "info": {"title": "Kubernetes", "version": VERSION_INFO["gitVersion"]},
            "paths": {path: item for resource in found for path, item in _paths(resource)},
            "components": {"schemas": _schemas(found, "#/components/schemas/")},
        }

    def _index(self) -> Document:
        places = sorted({_place(resource) for resource in self._catalog.resources()})
        revision = self._catalog.revision
        return {"paths": {place: {"serverRelativeURL": f"/openapi/v3/{place}?hash={revision}"} for place in places}}

    def _version_two(self) -> Document:
        return {
            "swagger": "2.0",
            "info": {"title": "Kubernetes", "version": VERSION_INFO["gitVersion"]},
            "paths": {},
            "definitions": _schemas(list(self._catalog.resources()), "#/definitions/"),
        }


def _place(resource: Resource) -> str:
    return f"apis/{resource.group}/{resource.version}" if resource.group else f"api/{resource.version}"


def _paths(resource: Resource) -> Iterable[tuple[str, Document]]:
    namespace = "/namespaces/{namespace}" if resource.is_namespaced else ""
    collection = f"/{_place(resource)}{namespace}/{resource.plural}"
    yield collection, {"get": _operation(resource, "list"), "post": _operation(resource, "post")}
    content = {media_type: {"schema": {"type": "object"}} for media_type in _PATCH_TYPES}
    patch = _operation(resource, "patch") | {"requestBody": {"content": content}}
    yield (
        collection + "/{name}",
        {
            "get": _operation(resource, "get"),
            "put": _operation(resource, "put"),
            "patch": patch,
            "delete": _operation(resource, "delete"),
        },
    )


def _operation(resource: Resource, action: str) -> Document:
    return {
        "x-kubernetes-action": action,
        "x-kubernetes-group-version-kind": _kind(resource),
        "parameters": [{"name": name, "in": "query", "schema": {"type": "string"}} for name in _PARAMETERS],
        "responses": {"200": {"description": "OK"}},
    }


def _kind(resource: Resource) -> Document:
    return {"group": resource.group, "version": resource.version, "kind": resource.kind}


def _schemas(resources: Iterable[Resource], prefix: str) -> Document:
    schemas: Document = {}
    for resource in resources:
        name = _schema_name(resource)
        kinds = {"x-kubernetes-group-version-kind": [_kind(resource)]}
        if resource.published_schema is not None:
            schemas[name] = _published(resource.published_schema, prefix, schemas) | kinds
        else:
            schemas[name] = _object(resource.node, prefix, schemas) | kinds
    return schemas


def _schema_name(resource: Resource) -> str:
    if resource.is_custom:
        return ".".join([*reversed(resource.group.split(".")), resource.version, resource.kind])
    return f"io.k8s.api.{resource.group.split('.')[0] or 'core'}.{resource.version}.{resource.kind}"


def _published(schema: JsonValue, prefix: str, schemas: Document) -> Document:
    metadata = _type(type_node("ObjectMeta"), prefix, schemas)
    text = {"type": "string"}
    properties = {**(schema.get("properties") or {}), "apiVersion": text, "kind": text, "metadata": metadata}
    return {**schema, "properties": properties}


def _type(node: Node, prefix: str, schemas: Document) -> Document:
    """The schema of a node; named types are put beside it and referred to."""
    if not node.type_name:
        return _inline(node, prefix, schemas)
    package = _META if node.type_name in _META_TYPES else "io.k8s.api.types."
    name = package + node.type_name
    if name not in schemas:
        schemas[name] = {}
        schemas[name] = _object(node, prefix, schemas)
    return {"allOf": [{"$ref": prefix + name}]} if prefix.startswith("#/components") else {"$ref": prefix + name}


def _object(node: Node, prefix: str, schemas: Document) -> Document:
    document: Document = {
        "type": "object",
        "properties": {name: _type(inner, prefix, schemas) for name, inner in node.properties.items()},
    }
    if node.required:
        document["required"] = list(node.required)
    return document


def _inline(node: Node, prefix: str, schemas: Document) -> Document:
    if node.int_or_string:
        return {"type": "string", "format": "int-or-string"}
    extras = {
        "format": node.format,
        "enum": list(node.enum),
        "x-kubernetes-list-type": node.list_type,
        "x-kubernetes-list-map-keys": list(node.list_keys),
        "x-kubernetes-patch-merge-key": node.merge_key,
        "x-kubernetes-patch-strategy": "merge" if node.merge_key else "",
    }
    document: Document = {"type": node.type or "object"} | {key: value for key, value in extras.items() if value}
    if node.items is not None:
        document["items"] = _type(node.items, prefix, schemas)
    if node.additional is not None:
        document["additionalProperties"] = _type(node.additional, prefix, schemas)
    return document
