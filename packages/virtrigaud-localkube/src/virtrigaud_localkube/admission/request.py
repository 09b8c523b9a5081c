"""A write as the rules of users see it: what webhooks, policies and the rules against escalation are asked about."""

from dataclasses import dataclass

from virtrigaud_localkube.document import Document
from virtrigaud_localkube.registry.options import DeleteOptions, WriteOptions
from virtrigaud_localkube.registry.resource import Resource
from virtrigaud_localkube.storage.stored import Key


@dataclass(frozen=True, slots=True)
class AdmissionRequest:
    """A write that such rules may change or refuse; a deletion has no document, a creation nothing old.

    Attributes:
        warnings: What those that were asked warn of.
    """

    resource: Resource
    operation: str
    key: Key
    document: Document | None
    old: Document | None
    options: WriteOptions | DeleteOptions
    warnings: tuple[str, ...] = ()

    @property
    def subresource(self) -> str:
        """The part of the object that is written; empty for the object itself."""
        return self.options.subresource if isinstance(self.options, WriteOptions) else ""
