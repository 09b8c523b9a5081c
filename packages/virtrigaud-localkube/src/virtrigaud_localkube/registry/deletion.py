"""Deletes objects: at once, or, where finalizers hold them, by marking them as terminating."""

from dataclasses import replace
from typing import Final

from virtrigaud_localkube.admission.request import AdmissionRequest
from virtrigaud_localkube.api_error import conflict, forbidden, not_found
from virtrigaud_localkube.document import now
from virtrigaud_localkube.registry.builtin import DEFINITIONS, NAMESPACES
from virtrigaud_localkube.registry.definitions import CLEAN_UP_FINALIZER, collection_of
from virtrigaud_localkube.registry.options import Deleted, DeleteOptions, Propagation
from virtrigaud_localkube.registry.registry import Registry
from virtrigaud_localkube.registry.resource import Resource
from virtrigaud_localkube.storage.stored import Key, Stored

FOREGROUND_FINALIZER: Final = "foregroundDeletion"
ORPHAN_FINALIZER: Final = "orphan"
_PERMANENT_NAMESPACES: Final = frozenset({"default", "kube-system", "kube-public"})


async def delete(registry: Registry, resource: Resource, key: Key, options: DeleteOptions) -> Deleted:
    """Deletes an object, or marks it as terminating when something has to happen first.

    Raises:
        ApiError: It isn't there, or is not the one that the preconditions mean.
    """
    stored = _checked(registry, resource, key, options)
    request = AdmissionRequest(resource, "DELETE", key, None, resource.shown(stored.document()), options)
    warnings: tuple[str, ...] = ()
    if registry.rules.concern(request):
        warnings = await registry.rules.validate(request)
        stored = _checked(registry, resource, key, options)
    return replace(await _terminate(registry, resource, stored, options), warnings=warnings)


def _checked(registry: Registry, resource: Resource, key: Key, options: DeleteOptions) -> Stored:
    stored = registry.store.latest(key)
    subject = resource.subject(key.name)
    if stored is None:
        raise not_found(subject)
    if options.uid and options.uid != stored.uid:
        raise conflict(subject, f"Precondition failed: UID in precondition: {options.uid}, UID in object: {stored.uid}")
    if options.resource_version and options.resource_version != str(stored.version):
        wanted = options.resource_version
        raise conflict(subject, f"Precondition failed: ResourceVersion: {wanted}, in object: {stored.version}")
    if key.collection == NAMESPACES and key.name in _PERMANENT_NAMESPACES:
        raise forbidden(subject, "this namespace may not be deleted")
    return stored


async def _terminate(registry: Registry, resource: Resource, stored: Stored, options: DeleteOptions) -> Deleted:
    document = stored.document()
    metadata = document["metadata"]
    finalizers = list(metadata.get("finalizers") or ())
    finalizers += [added for added in _needed_finalizers(registry, stored, options) if added not in finalizers]
    is_namespace = stored.key.collection == NAMESPACES
    if options.is_dry_run:
        return Deleted(stored, is_gone=not (finalizers or is_namespace))
    if not finalizers and not is_namespace:
        return Deleted(await registry.store.remove(stored.key, document), is_gone=True)
    if stored.is_terminating and finalizers == metadata.get("finalizers", []):
        return Deleted(stored, is_gone=False)
    if finalizers:
        metadata["finalizers"] = finalizers
    if not stored.is_terminating:
        metadata["deletionTimestamp"] = now()
        metadata["deletionGracePeriodSeconds"] = 0
        if resource.counts_generations:
            metadata["generation"] = metadata.get("generation", 0) + 1
    if is_namespace:
        document["status"] = {**(document.get("status") or {}), "phase": "Terminating"}
    return Deleted(await registry.store.put(stored.key, document), is_gone=False)


def _needed_finalizers(registry: Registry, stored: Stored, options: DeleteOptions) -> list[str]:
    needed = []
    if options.propagation is Propagation.FOREGROUND:
        needed.append(FOREGROUND_FINALIZER)
    elif options.propagation is Propagation.ORPHAN:
        needed.append(ORPHAN_FINALIZER)
    if stored.key.collection == DEFINITIONS and registry.store.count(collection_of(stored.document())):
        needed.append(CLEAN_UP_FINALIZER)
    return needed


async def drop_finalizer(registry: Registry, stored: Stored, finalizer: str) -> None:
    """Takes a finalizer of the server off an object; the last one lets it go."""
    live = registry.store.latest(stored.key)
    if live is None or live.uid != stored.uid:
        return
    document = live.document()
    metadata = document["metadata"]
    left = [name for name in metadata.get("finalizers") or () if name != finalizer]
    if left == (metadata.get("finalizers") or []):
        return
    metadata.pop("finalizers")
    if left:
        metadata["finalizers"] = left
        await registry.store.put(live.key, document)
    elif live.is_terminating and live.key.collection != NAMESPACES:
        await registry.store.remove(live.key, document)
    else:
        await registry.store.put(live.key, document)
