"""A write as the rules of users see it: what webhooks, policies and the rules against escalation are asked about."""

from dataclasses import dataclass

from virtrigaud_localkube.authorization.identity import Identity
from virtrigaud_localkube.document import Document
from virtrigaud_localkube.registry.resource import Resource


@dataclass(frozen=True, slots=True)
class AdmissionRequest:
    """A write that such rules may change or refuse."""

    resource: Resource
    operation: str
    document: Document | None
    old: Document | None
    name: str
    namespace: str
    who: Identity
    subresource: str = ""
    is_dry_run: bool = False
