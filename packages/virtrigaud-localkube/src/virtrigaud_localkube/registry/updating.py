"""Changes objects: replace, patch and apply all end here.

An edit is a function from the stored object to the wanted one. If another writer gets in between while outside
rules are asked, the edit is made again on the newer object.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from virtrigaud_localkube.admission.request import AdmissionRequest
from virtrigaud_localkube.api_error import (
    ApiError,
    Cause,
    bad_request,
    conflict,
    invalid,
    modified,
    not_found,
)
from virtrigaud_localkube.document import Document, JsonValue, copied
from virtrigaud_localkube.patch.field_sets import FieldSet
from virtrigaud_localkube.patch.managed_fields import (
    Manager,
    Shares,
    applied_fields,
    shares_after_apply,
    shares_after_update,
    write_shares,
)
from virtrigaud_localkube.patch.server_side_apply import apply_configuration
from virtrigaud_localkube.registry.builtin import NAMESPACES
from virtrigaud_localkube.registry.creation import create, identify
from virtrigaud_localkube.registry.options import WriteOptions, Written
from virtrigaud_localkube.registry.registry import Registry, take_out_unknown
from virtrigaud_localkube.registry.resource import Resource
from virtrigaud_localkube.storage.stored import Key, Stored

_KEPT_METADATA: Final = (
    "uid", "creationTimestamp", "generation", "generateName", "deletionTimestamp", "deletionGracePeriodSeconds",
)  # fmt: skip
_WITHOUT_GENERATION: Final = frozenset({"metadata", "status", "apiVersion", "kind"})
_STATUS_PART: Final = frozenset({"metadata", "status", "apiVersion", "kind"})
_TRIES: Final = 5

Ownership = Callable[[Document, Document], Shares]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an edit makes of an object, and who owns which field then."""

    document: Any
    ownership: Ownership


Edit = Callable[[Document], Wanted]


async def update(
    registry: Registry,
    resource: Resource,
    key: Key,
    change: Callable[[Document], Any],
    options: WriteOptions,
) -> Written:
    """Replaces an object by what a function makes of it.

    Raises:
        ApiError: The object isn't there, was changed by someone else, or breaks a rule after the change.
    """
    manager = Manager(options.manager, "Update", options.subresource)

    def plain(live: Document) -> Wanted:
        return Wanted(change(live), lambda old, new: shares_after_update(old, new, manager, resource.node))

    return await _try(registry, resource, key, plain, options)


async def apply(
    registry: Registry, resource: Resource, key: Key, configuration: JsonValue, options: WriteOptions
) -> Written:
    """Server-side apply: creates the object or merges the configuration into it.

    Raises:
        ApiError: Fields belong to other managers (409), or the result breaks a rule.
    """
    configuration = identify(resource, key.namespace or None, configuration)
    if configuration["metadata"].setdefault("name", key.name) != key.name:
        raise bad_request(f"the name in the object does not match the name in the URL ({key.name})")
    if configuration["metadata"].get("managedFields"):
        raise bad_request("metadata.managedFields must be nil")
    known = _writable_part(resource, copied(configuration), options.subresource)
    warnings = take_out_unknown(resource, known, options.field_validation)
    manager = Manager(options.manager, "Apply", options.subresource)
    if registry.store.latest(key) is None:
        if options.subresource:
            raise not_found(resource.subject(key.name))
        fields = applied_fields(known, resource.node)
        try:
            return await create(registry, resource, key.namespace or None, configuration, options, fields)
        except ApiError as error:
            if error.reason != "AlreadyExists":
                raise

    def merge(live: Document) -> Wanted:
        subject = resource.subject(key.name)
        applied = apply_configuration(live, copied(known), manager, resource.node, subject, force=options.force)
        applied.document["metadata"]["resourceVersion"] = known["metadata"].get("resourceVersion")
        return Wanted(applied.document, _apply_ownership(resource, manager, applied.fields, applied.taken))

    written = await _try(registry, resource, key, merge, options)
    return replace(written, warnings=warnings + written.warnings)


def _writable_part(resource: Resource, configuration: Document, subresource: str) -> Document:
    """What of a configuration its endpoint can write, and its manager thereby own."""
    if subresource == "status":
        return {key: value for key, value in configuration.items() if key in _STATUS_PART}
    if resource.has_status:
        configuration.pop("status", None)
    return configuration


def _apply_ownership(resource: Resource, manager: Manager, fields: FieldSet, taken: FieldSet) -> Ownership:
    return lambda old, new: shares_after_apply(old, new, manager, fields, taken, resource.node)


async def _try(registry: Registry, resource: Resource, key: Key, edit: Edit, options: WriteOptions) -> Written:
    for _ in range(_TRIES):
        stored = registry.store.latest(key)
        if stored is None:
            raise not_found(resource.subject(key.name))
        old = resource.shown(stored.document())
        wanted = edit(resource.shown(stored.document()))
        document = _wanted_document(resource, key, old, wanted.document, options.subresource)
        request = AdmissionRequest(resource, "UPDATE", key, document, old, options)
        document, warnings = await registry.admit(request, options.field_validation)
        _check_finalizers(resource, old["metadata"], document["metadata"])
        if registry.store.latest(key) is stored:
            _set_bookkeeping(resource, old, document, wanted.ownership)
            return Written(await _write(registry, resource, stored, document, old, options), warnings)
    raise conflict(resource.subject(key.name), "other writers change it too often; please try again")


def _wanted_document(resource: Resource, key: Key, old: Document, wanted: JsonValue, subresource: str) -> Document:
    document = identify(resource, key.namespace or None, wanted)
    metadata, before = document["metadata"], old["metadata"]
    if metadata.get("name") not in (None, "", key.name):
        raise bad_request(
            f"the name of the object ({metadata['name']}) does not match the name on the URL ({key.name})"
        )
    metadata["name"] = key.name
    if metadata.get("resourceVersion") and metadata["resourceVersion"] != before["resourceVersion"]:
        raise modified(resource.subject(key.name))
    if metadata.get("uid") and metadata["uid"] != before["uid"]:
        why = f"Precondition failed: UID in precondition: {metadata['uid']}, UID in object meta: {before['uid']}"
        raise conflict(resource.subject(key.name), why)
    document = _isolated(resource, old, document, subresource)
    metadata = document["metadata"]
    metadata["resourceVersion"] = before["resourceVersion"]
    for field in _KEPT_METADATA:
        metadata.pop(field, None)
        if field in before:
            metadata[field] = before[field]
    return document


def _isolated(resource: Resource, old: Document, document: Document, subresource: str) -> Document:
    """Lets the status endpoint write only the status, and the main one everything else."""
    if subresource == "status":
        isolated = copied(old)
        isolated.pop("status", None)
        if "status" in document:
            isolated["status"] = document["status"]
        return isolated  # type: ignore[no-any-return]
    if resource.has_status:
        document.pop("status", None)
        if "status" in old:
            document["status"] = old["status"]
    return document


def _check_finalizers(resource: Resource, before: Document, metadata: Document) -> None:
    added = set(metadata.get("finalizers") or ()) - set(before.get("finalizers") or ())
    if "deletionTimestamp" in before and added:
        message = f"Forbidden: no new finalizers can be added if the object is being deleted, found new {sorted(added)}"
        cause = Cause("FieldValueForbidden", message, "metadata.finalizers")
        raise invalid(resource.subject(before["name"]), [cause])


def _set_bookkeeping(resource: Resource, old: Document, document: Document, ownership: Ownership) -> None:
    metadata = document["metadata"]
    if resource.counts_generations and _counted(resource, old) != _counted(resource, document):
        metadata["generation"] = old["metadata"].get("generation", 0) + 1
    if metadata.get("managedFields") == []:
        metadata.pop("managedFields")
        return
    write_shares(document, ownership(old, document))


def _counted(resource: Resource, document: Document) -> Document:
    skipped = _WITHOUT_GENERATION if resource.has_status else _WITHOUT_GENERATION - {"status"}
    return {key: value for key, value in document.items() if key not in skipped}


async def _write(
    registry: Registry, resource: Resource, stored: Stored, document: Document, old: Document, options: WriteOptions
) -> Stored:
    if document == old:
        return stored
    registry.assign(resource, stored.key, document, is_dry_run=options.is_dry_run)
    document = resource.stored(document)
    if options.is_dry_run:
        return Stored.unwritten(stored.key, document)
    if "deletionTimestamp" in document["metadata"] and not _holds(document, stored.key):
        return await registry.store.remove(stored.key, document)
    return await registry.store.put(stored.key, document)


def _holds(document: Document, key: Key) -> bool:
    """Tells whether something still keeps a terminating object."""
    is_namespace = key.collection == NAMESPACES
    return bool(
        document["metadata"].get("finalizers") or (is_namespace and (document.get("spec") or {}).get("finalizers"))
    )
