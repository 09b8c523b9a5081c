"""CustomResourceDefinitions: are they sound, what do they define, and what does their status say?"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from virtrigaud_localkube.admission.names import LABEL, SUBDOMAIN
from virtrigaud_localkube.api_error import Cause
from virtrigaud_localkube.document import Document, now
from virtrigaud_localkube.registry.columns import custom_columns
from virtrigaud_localkube.registry.field_table import type_node
from virtrigaud_localkube.registry.resource import Resource, ScalePaths
from virtrigaud_localkube.schema.definition import check_definition_schema
from virtrigaud_localkube.schema.structural import Node, compile_schema

CLEAN_UP_FINALIZER: Final = "customresourcecleanup.apiextensions.k8s.io"
_KIND: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*")


def collection_of(definition: Document) -> str:
    """The collection that the objects of a definition are stored in."""
    return f"{definition['spec']['group']}/{definition['spec']['names']['plural']}"


def custom_resources(definition: Document) -> Iterator[Resource]:
    """The resources of a definition, one for each served version."""
    for version in definition["spec"]["versions"]:
        if version.get("served"):
            yield _custom_resource(definition, version)


def _custom_resource(definition: Document, version: Mapping[str, Any]) -> Resource:
    spec = definition["spec"]
    names = spec["names"]
    stored = next(candidate["name"] for candidate in spec["versions"] if candidate.get("storage"))
    schema = version["schema"]["openAPIV3Schema"]
    subresources = version.get("subresources") or {}
    scale = subresources.get("scale")
    fields = (field["jsonPath"].lstrip(".") for field in version.get("selectableFields") or ())
    return Resource(
        group=spec["group"],
        version=version["name"],
        plural=names["plural"],
        kind=names["kind"],
        collection=collection_of(definition),
        is_namespaced=spec["scope"] == "Namespaced",
        singular=names.get("singular") or names["kind"].lower(),
        short_names=tuple(names.get("shortNames") or ()),
        categories=tuple(names.get("categories") or ()),
        subresources=frozenset(subresources) & {"status", "scale"},
        node=object_node(schema),
        is_custom=True,
        counts_generations=True,
        selectable=frozenset(fields),
        columns=custom_columns(version.get("additionalPrinterColumns") or ()),
        scale=_scale_paths(scale) if scale else None,
        storage_version=f"{spec['group']}/{stored}",
        published_schema=schema,
    )


def object_node(schema: Mapping[str, Any]) -> Node:
    """The compiled schema of a custom kind, with what every object has beside it."""
    node = compile_schema(schema)
    node.properties |= {
        "apiVersion": Node(type="string"),
        "kind": Node(type="string"),
        "metadata": type_node("ObjectMeta"),
    }
    return node


def _scale_paths(scale: Mapping[str, str]) -> ScalePaths:
    return ScalePaths(
        spec=scale["specReplicasPath"], status=scale["statusReplicasPath"], selector=scale.get("labelSelectorPath", "")
    )


def check_definition(definition: Document) -> list[Cause]:
    """Lists what is wrong with a definition beyond the types of its fields."""
    spec = definition["spec"]
    return [*_check_names(definition), *_check_conversion(spec), *_check_versions(spec["versions"])]


def _check_names(definition: Document) -> Iterator[Cause]:
    spec, names = definition["spec"], definition["spec"]["names"]
    wanted = f"{names['plural']}.{spec['group']}"
    if definition["metadata"]["name"] != wanted:
        message = f'Invalid value: "{definition["metadata"]["name"]}": must be spec.names.plural+"."+spec.group'
        yield Cause("FieldValueInvalid", message, "metadata.name")
    if not SUBDOMAIN.fullmatch(spec["group"]) or "." not in spec["group"]:
        yield Cause("FieldValueInvalid", f'Invalid value: "{spec["group"]}": should be a domain', "spec.group")
    for field in ("plural", "singular"):
        if names.get(field) and not LABEL.fullmatch(names[field]):
            message = f'Invalid value: "{names[field]}": must be a lowercase RFC 1123 label'
            yield Cause("FieldValueInvalid", message, f"spec.names.{field}")
    if not _KIND.fullmatch(names["kind"]):
        yield Cause("FieldValueInvalid", f'Invalid value: "{names["kind"]}": no valid kind', "spec.names.kind")


def _check_conversion(spec: Mapping[str, Any]) -> Iterator[Cause]:
    strategy = spec["conversion"].get("strategy")
    if strategy != "None":
        message = (
            f'Unsupported value: "{strategy}": supported values: "None" (this server calls no conversion webhooks)'
        )
        yield Cause("FieldValueNotSupported", message, "spec.conversion.strategy")


def _check_versions(versions: Sequence[Mapping[str, Any]]) -> Iterator[Cause]:
    if sum(bool(version["storage"]) for version in versions) != 1:
        message = "Invalid value: must have exactly one version marked as storage version"
        yield Cause("FieldValueInvalid", message, "spec.versions")
    if len({version["name"] for version in versions}) != len(versions):
        yield Cause("FieldValueDuplicate", "Duplicate value: versions must have distinct names", "spec.versions")
    for index, version in enumerate(versions):
        path = f"spec.versions[{index}]"
        if not LABEL.fullmatch(version["name"]):
            message = f'Invalid value: "{version["name"]}": must be a lowercase RFC 1035 label'
            yield Cause("FieldValueInvalid", message, f"{path}.name")
        schema = (version.get("schema") or {}).get("openAPIV3Schema")
        if not isinstance(schema, dict):
            yield Cause("FieldValueRequired", "Required value: schemas are required", f"{path}.schema.openAPIV3Schema")
        else:
            yield from check_definition_schema(schema, f"{path}.schema.openAPIV3Schema")


def complete_definition(definition: Document) -> None:
    """Fills in the names that a definition may leave out."""
    names = definition["spec"]["names"]
    names.setdefault("singular", names["kind"].lower())
    names.setdefault("listKind", names["kind"] + "List")


def established_status(definition: Document, previous: Mapping[str, Any] | None) -> Document:
    """The status of a definition that is served."""
    spec = definition["spec"]
    previous = previous or {}
    conditions = list(previous.get("conditions") or ()) or [
        _condition("NamesAccepted", "NoConflicts", "no conflicts found"),
        _condition("Established", "InitialNamesAccepted", "the initial names have been accepted"),
    ]
    stored = next(version["name"] for version in spec["versions"] if version["storage"])
    versions = list(previous.get("storedVersions") or ())
    return {
        "conditions": conditions,
        "acceptedNames": spec["names"],
        "storedVersions": versions if stored in versions else [*versions, stored],
    }


def _condition(name: str, reason: str, message: str) -> Document:
    return {"type": name, "status": "True", "reason": reason, "message": message, "lastTransitionTime": now()}
