"""Creates objects."""

import secrets
import uuid
from typing import Final

from virtrigaud_localkube.admission.request import AdmissionRequest
from virtrigaud_localkube.api_error import already_exists, bad_request, forbidden, not_found, unprocessable
from virtrigaud_localkube.document import Document, JsonValue, now
from virtrigaud_localkube.patch.field_sets import FieldSet
from virtrigaud_localkube.patch.managed_fields import Manager, Share, Shares, shares_of_created, write_shares
from virtrigaud_localkube.registry.builtin import NAMESPACES
from virtrigaud_localkube.registry.options import WriteOptions, Written
from virtrigaud_localkube.registry.registry import Registry
from virtrigaud_localkube.registry.resource import Resource
from virtrigaud_localkube.storage.stored import Key, Stored

_SYSTEM_METADATA: Final = (
    "uid", "resourceVersion", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds",
    "selfLink",
)  # fmt: skip
_SUFFIX_LETTERS: Final = "bcdfghjklmnpqrstvwxz2456789"
_LONGEST_GENERATED: Final = 58


def identify(resource: Resource, namespace: str | None, document: JsonValue) -> Document:
    """Checks that a body is an object of the resource and the namespace that the path names, and says so in it.

    Raises:
        ApiError: It is something else (400).
    """
    if not isinstance(document, dict):
        raise bad_request(f"the body is no object; a {resource.kind} is expected")
    wanted = (resource.api_version, resource.kind)
    found = (document.get("apiVersion") or wanted[0], document.get("kind") or wanted[1])
    if found != wanted:
        raise bad_request(
            f"the object provided is {found[1]} of {found[0]}, expected is {wanted[1]} of {wanted[0]}, as in the path"
        )
    document["apiVersion"], document["kind"] = wanted
    metadata = document.get("metadata")
    if metadata is None:
        metadata = document["metadata"] = {}
    if not isinstance(metadata, dict):
        raise bad_request(f"metadata of the {resource.kind} is no object")
    if not resource.is_namespaced:
        metadata.pop("namespace", None)
        return document
    if metadata.get("namespace") not in (None, "", namespace):
        raise bad_request("the namespace of the provided object does not match the namespace sent on the request")
    metadata["namespace"] = namespace
    return document


async def create(
    registry: Registry,
    resource: Resource,
    namespace: str | None,
    body: JsonValue,
    options: WriteOptions,
    applied: FieldSet | None = None,
) -> Written:
    """Creates an object and returns it when it is on disk; `applied` are its fields when it came by apply.

    Raises:
        ApiError: The object breaks a rule, exists already, or has no namespace to be in.
    """
    document = identify(resource, namespace, body)
    metadata = document["metadata"]
    _name(resource, metadata)
    _check_namespace(registry, resource, namespace, metadata["name"])
    _begin(resource, document)
    key = resource.key(namespace, metadata["name"])
    request = AdmissionRequest(resource, "CREATE", key, document, None, options)
    document, warnings = await registry.admit(request, options.field_validation)
    # Rules may have taken their time: the namespace may be going by now.
    _check_namespace(registry, resource, namespace, metadata["name"])
    key = resource.key(namespace, document["metadata"]["name"])
    if registry.store.latest(key):
        raise already_exists(resource.subject(key.name))
    document["metadata"].pop("managedFields", None)
    registry.assign(resource, key, document, is_dry_run=options.is_dry_run)
    write_shares(document, _shares(resource, document, options, applied))
    stored = await _write(registry, resource, key, document, is_dry_run=options.is_dry_run)
    return Written(stored, warnings, is_created=True)


def _begin(resource: Resource, document: Document) -> None:
    """Gives an object what only the server gives, in place of whatever the client wrote there."""
    metadata = document["metadata"]
    for field in _SYSTEM_METADATA:
        metadata.pop(field, None)
    if resource.has_status:
        document.pop("status", None)
    metadata["uid"] = str(uuid.uuid4())
    metadata["creationTimestamp"] = now()
    if resource.counts_generations:
        metadata["generation"] = 1


def _shares(resource: Resource, document: Document, options: WriteOptions, applied: FieldSet | None) -> Shares:
    if applied is None:
        return shares_of_created(document, Manager(options.manager, "Update"), resource.node)
    return {Manager(options.manager, "Apply"): Share(applied, resource.api_version, now())}


async def _write(registry: Registry, resource: Resource, key: Key, document: Document, *, is_dry_run: bool) -> Stored:
    document = resource.stored(document)
    if is_dry_run:
        return Stored.unwritten(key, document)
    return await registry.store.put(key, document)


def _name(resource: Resource, metadata: Document) -> None:
    if metadata.get("name"):
        return
    prefix = metadata.get("generateName")
    if not prefix or not isinstance(prefix, str):
        raise unprocessable(resource.subject(), "resource name may not be empty: set metadata.name or generateName")
    suffix = "".join(secrets.choice(_SUFFIX_LETTERS) for _ in range(5))
    metadata["name"] = prefix[:_LONGEST_GENERATED] + suffix


def _check_namespace(registry: Registry, resource: Resource, namespace: str | None, name: str) -> None:
    if not resource.is_namespaced:
        return
    holder = registry.store.latest(Key(NAMESPACES, "", namespace or ""))
    if holder is None:
        raise not_found(registry.catalog.builtin(NAMESPACES).subject(namespace or ""))
    if holder.is_terminating:
        why = f"unable to create new content in namespace {namespace} because it is being terminated"
        raise forbidden(resource.subject(name), why)
