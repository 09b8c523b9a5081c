"""One resource that the server serves: its names, its scope, its schema, its columns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from virtrigaud_localkube.api_error import Subject
from virtrigaud_localkube.document import Document
from virtrigaud_localkube.schema.structural import Node
from virtrigaud_localkube.storage.stored import Key

OBJECT_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table that `kubectl get` shows."""

    name: str
    type: str
    cells: Callable[[Document], Any]
    priority: int = 0
    format: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class ScalePaths:
    """Where the replicas of a scalable kind stand."""

    spec: str
    status: str
    selector: str


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """A resource in one version. Two resources may share a collection: their objects are the same.

    `renamed` has the fields that are shown by other names than those they are stored under.
    """

    group: str
    version: str
    plural: str
    kind: str
    collection: str
    is_namespaced: bool = True
    singular: str = ""
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: frozenset[str] = frozenset()
    verbs: tuple[str, ...] = OBJECT_VERBS
    node: Node = field(default_factory=Node)
    is_custom: bool = False
    counts_generations: bool = False
    selectable: frozenset[str] = frozenset()
    columns: tuple[Column, ...] = ()
    scale: ScalePaths | None = None
    storage_version: str = ""
    renamed: Mapping[str, str] = field(default_factory=dict)
    published_schema: Mapping[str, Any] | None = None

    @property
    def api_version(self) -> str:
        """Group and version as objects carry them."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def stored_api_version(self) -> str:
        """The `apiVersion` that the stored objects carry."""
        return self.storage_version or self.api_version

    @property
    def has_status(self) -> bool:
        """Whether the status is written through its own endpoint."""
        return "status" in self.subresources

    def subject(self, name: str = "") -> Subject:
        """What an error about an object of this resource names."""
        return Subject(self.group, self.plural, self.kind, name)

    def key(self, namespace: str | None, name: str) -> Key:
        """Where an object of this resource is stored."""
        return Key(self.collection, (namespace or "") if self.is_namespaced else "", name)

    def shown(self, document: Document) -> Document:
        """A stored document in the shape and version of this resource."""
        if self.renamed:
            document = {self.renamed.get(key, key): value for key, value in document.items()}
        document["apiVersion"] = self.api_version
        return document

    def stored(self, document: Document) -> Document:
        """A document in the shape and version in which it is stored."""
        if self.renamed:
            names = {shown: stored for stored, shown in self.renamed.items()}
            document = {names.get(key, key): value for key, value in document.items()}
        document["apiVersion"] = self.stored_api_version
        return document

    @property
    def shows_stored_form(self) -> bool:
        """Whether stored objects can be sent as they are."""
        return not self.renamed and self.stored_api_version == self.api_version
