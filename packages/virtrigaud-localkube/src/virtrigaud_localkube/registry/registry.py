"""What the write paths share: the store, the catalog, and the steps that every write goes through."""

from dataclasses import dataclass

from virtrigaud_localkube.admission import kind_rules
from virtrigaud_localkube.admission.cluster_ips import ClusterIPs
from virtrigaud_localkube.admission.names import check_metadata
from virtrigaud_localkube.admission.outside_rules import OutsideRules
from virtrigaud_localkube.admission.request import AdmissionRequest
from virtrigaud_localkube.api_error import bad_request, invalid
from virtrigaud_localkube.authorization.escalation import Escalation
from virtrigaud_localkube.document import Document
from virtrigaud_localkube.registry.builtin import DEFINITIONS, SERVICES
from virtrigaud_localkube.registry.catalog import Catalog
from virtrigaud_localkube.registry.definitions import established_status
from virtrigaud_localkube.registry.options import FieldValidation
from virtrigaud_localkube.registry.resource import Resource
from virtrigaud_localkube.schema.fitting import add_defaults, prune
from virtrigaud_localkube.schema.validation import validate
from virtrigaud_localkube.storage.store import Store
from virtrigaud_localkube.storage.stored import Key


@dataclass(frozen=True, slots=True)
class Registry:
    """All that a write needs."""

    store: Store
    catalog: Catalog
    addresses: ClusterIPs
    rules: OutsideRules
    escalation: Escalation

    async def admit(self, request: AdmissionRequest, validation: FieldValidation) -> tuple[Document, tuple[str, ...]]:
        """Completes an object, lets outside rules change it, and checks it against all rules.

        Returns:
            The object as it may be written, and warnings for the client.

        Raises:
            ApiError: A rule is broken; all causes are in it.
        """
        document = request.document
        if document is None:
            raise TypeError("a deletion has no document to admit")
        warnings = complete(request.resource, document, request.old, validation)
        is_concerned = self.rules.concern(request)
        if is_concerned and (mutated := await self.rules.mutate(request)) is not request:
            request, document = mutated, mutated.document or document
            complete(request.resource, document, request.old, FieldValidation.IGNORE)
        check(request.resource, document, request.old)
        self.escalation.check(request)
        if is_concerned:
            warnings += await self.rules.validate(request)
        return document, warnings

    def assign(self, resource: Resource, key: Key, document: Document, *, is_dry_run: bool) -> None:
        """Adds what only a valid object that is about to be written gets: addresses and the state of definitions."""
        if resource.collection == SERVICES:
            self.addresses.assign(resource, key, document)
            if is_dry_run:
                self.addresses.take_as_stored(key)
        elif resource.collection == DEFINITIONS:
            document["status"] = established_status(document, document.get("status"))


def complete(
    resource: Resource, document: Document, old: Document | None, validation: FieldValidation
) -> tuple[str, ...]:
    """Prunes an object and fills in what it may leave out; returns warnings about what was unknown."""
    warnings = take_out_unknown(resource, document, validation)
    add_defaults(resource.node, document)
    if kind_rules.has_preparation(resource) and not validate(resource.node, document, old):
        kind_rules.prepare(resource, document, old)
    return warnings


def take_out_unknown(resource: Resource, document: Document, validation: FieldValidation) -> tuple[str, ...]:
    """Prunes an object, or a part of one that is to be merged; returns warnings about what was unknown.

    Raises:
        ApiError: Something was unknown, and the client wants to be refused then.
    """
    unknown = tuple(f'unknown field "{path}"' for path in prune(resource.node, document))
    if unknown and validation is FieldValidation.STRICT:
        raise bad_request(
            f"{resource.kind} in version {resource.version!r} cannot be handled as a {resource.kind}: "
            f"strict decoding error: {', '.join(unknown)}"
        )
    return unknown if validation is FieldValidation.WARN else ()


def check(resource: Resource, document: Document, old: Document | None) -> None:
    """Refuses an object that breaks its schema or the rules of its kind.

    Raises:
        ApiError: All causes at once (422).
    """
    causes = validate(resource.node, document, old)
    if not any(cause.field.startswith("metadata") for cause in causes):
        causes += check_metadata(document, resource.group, resource.kind)
    if not causes:
        causes = kind_rules.check(resource, document, old)
    if causes:
        raise invalid(resource.subject(document["metadata"].get("name", "")), causes)
