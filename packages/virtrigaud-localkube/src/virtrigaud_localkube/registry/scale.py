"""The scale subresource: the replicas of an object in the shape that all scalable kinds share."""

from virtrigaud_localkube.api_error import bad_request
from virtrigaud_localkube.document import Document, JsonValue, select
from virtrigaud_localkube.registry.resource import Resource, ScalePaths

_SHOWN_METADATA = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")


def scale_of(resource: Resource, document: Document) -> Document:
    """The `Scale` of an object."""
    paths = _paths(resource)
    metadata = document["metadata"]
    status: Document = {"replicas": _first(document, paths.status, 0)}
    if paths.selector:
        status["selector"] = _first(document, paths.selector, "")
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {field: metadata[field] for field in _SHOWN_METADATA if field in metadata},
        "spec": {"replicas": _first(document, paths.spec, 0)},
        "status": status,
    }


def scaled(resource: Resource, document: Document, scale: JsonValue) -> Document:
    """An object with the replicas of a `Scale`.

    Raises:
        ApiError: The body is no Scale (400).
    """
    replicas = _part(scale, "spec").get("replicas", 0)
    if not isinstance(replicas, int) or isinstance(replicas, bool) or replicas < 0:
        raise bad_request("the body must be a Scale of autoscaling/v1 with spec.replicas of zero or more")
    place = document
    *parents, last = _paths(resource).spec.strip(".").split(".")
    for key in parents:
        place = place.setdefault(key, {})
    place[last] = replicas
    wanted_version = _part(scale, "metadata").get("resourceVersion")
    if wanted_version:
        document["metadata"]["resourceVersion"] = wanted_version
    return document


def _part(scale: JsonValue, name: str) -> Document:
    part = (scale.get(name) or {}) if isinstance(scale, dict) else None
    if not isinstance(part, dict):
        raise bad_request(f"the body must be a Scale of autoscaling/v1 whose {name} is an object")
    return part


def _paths(resource: Resource) -> ScalePaths:
    if resource.scale is None:
        raise bad_request(f"{resource.plural} can't be scaled")
    return resource.scale


def _first(document: Document, path: str, absent: JsonValue) -> JsonValue:
    found = select(document, path)
    return found[0] if found else absent
