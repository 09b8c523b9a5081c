"""What a request asks for, read from its path and its query."""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from aiohttp import web

from virtrigaud_localkube.api_error import ApiError, bad_request, no_such_path
from virtrigaud_localkube.authorization.access import Access
from virtrigaud_localkube.authorization.identity import Identity
from virtrigaud_localkube.document import Document, JsonValue
from virtrigaud_localkube.http.negotiation import wanted_form
from virtrigaud_localkube.registry.catalog import Catalog
from virtrigaud_localkube.registry.options import DeleteOptions, FieldValidation, Propagation, WriteOptions
from virtrigaud_localkube.registry.representation import Representation
from virtrigaud_localkube.registry.resource import Resource
from virtrigaud_localkube.watch.selectors import Selection, parse_fields, parse_labels

_TRUE: Final = frozenset({"true", "1", "True"})
_NAMESPACE_SUBRESOURCES: Final = frozenset({"status", "finalize"})
_NAME_SELECTED: Final = re.compile(r"(?:^|,)metadata\.name==?([^,]+)")
# The verbs of rules, by method and whether an object is named.
_VERBS: Final = {
    ("GET", True): "get",
    ("GET", False): "list",
    ("HEAD", True): "get",
    ("HEAD", False): "list",
    ("POST", True): "create",
    ("POST", False): "create",
    ("PUT", True): "update",
    ("PATCH", True): "patch",
    ("DELETE", True): "delete",
    ("DELETE", False): "deletecollection",
}


class Place(NamedTuple):
    """What a path names, whether it is there or not: a resource, and perhaps an object and a subresource of it."""

    group: str
    version: str
    namespace: str | None
    parts: list[str]

    @classmethod
    def parse(cls, group: str, version: str, parts: list[str]) -> "Place":
        """Reads what stands behind the version in a path."""
        if parts[0] == "namespaces" and len(parts) > 2 and parts[2] not in _NAMESPACE_SUBRESOURCES:
            return cls(group, version, parts[1], parts[2:])
        return cls(group, version, None, parts)

    @property
    def name(self) -> str:
        """The name of the object; empty where the path is about all."""
        return self.parts[1] if len(self.parts) > 1 else ""

    @property
    def subresource(self) -> str:
        """The part of the object; empty where the path is about the object itself."""
        return self.parts[2] if len(self.parts) > 2 else ""


@dataclass(frozen=True, slots=True)
class Target:
    """The resource, object and subresource that a path leads to, and who asks for it."""

    resource: Resource
    namespace: str | None
    name: str
    subresource: str
    who: Identity


def find_target(catalog: Catalog, place: Place, who: Identity) -> Target:
    """Finds the resource and the object that a path leads to.

    Raises:
        ApiError: It leads nowhere (404).
    """
    resource = catalog.find(place.group, place.version, place.parts[0])
    if resource is None or len(place.parts) > 3 or (place.namespace is not None and not resource.is_namespaced):
        raise no_such_path()
    if place.subresource and place.subresource not in resource.subresources:
        raise no_such_path()
    if place.name and resource.is_namespaced and place.namespace is None:
        raise no_such_path()
    return Target(resource, place.namespace, place.name, place.subresource, who)


def access_of(request: web.BaseRequest, place: Place) -> Access:
    """What the sender of a request wants to do. It is asked before anybody learns whether the place is there."""
    plural, namespace, name = place.parts[0], place.namespace or "", place.name
    if request.method == "GET" and is_true(request, "watch"):
        verb = "watch"
    else:
        verb = _VERBS.get((request.method, bool(name)), request.method.lower())
    if plural == "namespaces":
        namespace = name
    if not name and (named := _NAME_SELECTED.search(request.query.get("fieldSelector", ""))):
        name = named[1]
    return Access(verb, place.group, plural, place.subresource, namespace, name)


def is_true(request: web.BaseRequest, parameter: str) -> bool:
    """Whether a query parameter is set to true."""
    return request.query.get(parameter, "") in _TRUE


def number(request: web.BaseRequest, parameter: str) -> int | None:
    """A query parameter that is a number.

    Raises:
        ApiError: It is set and no number (400).
    """
    text = request.query.get(parameter, "")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise bad_request(f"invalid query parameter {parameter}: {text!r} is no number")
    return int(text)


def selection_of(request: web.BaseRequest, target: Target) -> Selection:
    """The objects that a list, watch or collection request selects."""
    labels, fields = request.query.get("labelSelector", ""), request.query.get("fieldSelector", "")
    return Selection(
        namespace=target.namespace,
        name=target.name,
        labels=parse_labels(labels) if labels else (),
        fields=parse_fields(fields, target.resource) if fields else (),
    )


def representation_of(request: web.BaseRequest, resource: Resource) -> Representation:
    """The form that the answer takes."""
    form = wanted_form(request.headers.get("Accept", ""))
    return Representation(resource, form, request.query.get("includeObject", "Metadata"))


def manager_of(request: web.BaseRequest) -> str:
    """The name under which the writer owns fields: given, or the product that its User-Agent starts with."""
    named = request.query.get("fieldManager", "")
    if len(named) > 128:
        raise ApiError(422, "Invalid", "fieldManager: Too long: may not be more than 128 bytes")
    return named or request.headers.get("User-Agent", "unknown").split("/")[0][:128]


def is_dry_run(request: web.BaseRequest, listed: JsonValue = None) -> bool:
    """Whether nothing shall be stored.

    Raises:
        ApiError: The parameter has a value that isn't known (400).
    """
    wanted = request.query.getall("dryRun", []) + list(listed or [])
    if any(value != "All" for value in wanted):
        raise bad_request(f"invalid dryRun value {wanted}: supported is All")
    return bool(wanted)


def write_options(request: web.BaseRequest, target: Target) -> WriteOptions:
    """The options of a create, update or patch."""
    wanted = request.query.get("fieldValidation") or FieldValidation.WARN.value
    try:
        validation = FieldValidation(wanted)
    except ValueError:
        raise bad_request(f"invalid fieldValidation {wanted!r}: supported are Ignore, Warn and Strict") from None
    return WriteOptions(
        manager=manager_of(request),
        subresource=target.subresource,
        is_dry_run=is_dry_run(request),
        field_validation=validation,
        force=is_true(request, "force"),
        who=target.who,
    )


def delete_options(request: web.BaseRequest, target: Target, body: JsonValue) -> DeleteOptions:
    """The options of a deletion, from its body and its query."""
    if body is not None and not isinstance(body, dict):
        raise bad_request("the body of a deletion must be DeleteOptions")
    options: Document = body or {}
    preconditions = options.get("preconditions") or {}
    wanted = options.get("propagationPolicy") or request.query.get("propagationPolicy") or ""
    if not wanted:
        orphans = options.get("orphanDependents") is True or is_true(request, "orphanDependents")
        wanted = Propagation.ORPHAN.value if orphans else Propagation.BACKGROUND.value
    try:
        propagation = Propagation(wanted)
    except ValueError:
        raise bad_request(
            f"invalid propagationPolicy {wanted!r}: supported are Background, Foreground, Orphan"
        ) from None
    return DeleteOptions(
        propagation=propagation,
        uid=preconditions.get("uid") or "",
        resource_version=preconditions.get("resourceVersion") or "",
        is_dry_run=is_dry_run(request, options.get("dryRun")),
        who=target.who,
    )
