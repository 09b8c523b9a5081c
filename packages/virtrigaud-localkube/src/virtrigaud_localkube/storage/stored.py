"""What the store keeps: an object in its encoded form, with the few fields that lookups need beside it."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, NamedTuple

import orjson

from virtrigaud_localkube.document import Document

_NO_LABELS: Final[dict[str, str]] = {}


class Key(NamedTuple):
    """Where an object is: collection (`group/plural`), namespace (empty for cluster-wide kinds) and name."""

    collection: str
    namespace: str
    name: str


class ChangeType(Enum):
    """What a write did to an object, in the words of the watch protocol."""

    ADDED = "ADDED"
    MODIFIED = "MODIFIED"
    DELETED = "DELETED"


@dataclass(frozen=True, slots=True)
class Stored:
    """One version of an object: the encoded form is the truth, `document()` decodes a copy that may be changed."""

    key: Key
    version: int
    uid: str
    labels: dict[str, str]
    owners: tuple[str, ...]
    is_terminating: bool
    encoded: bytes

    @classmethod
    def of(cls, key: Key, version: int, document: Document) -> "Stored":
        """Encodes a document under a resourceVersion, which is written into it."""
        document["metadata"]["resourceVersion"] = str(version)
        # orjson leaves kilobytes of room behind what it wrote; what is kept is copied to its size.
        encoded = bytes(memoryview(orjson.dumps(document)))
        return cls._read(key, version, document["metadata"], encoded)

    @classmethod
    def unwritten(cls, key: Key, document: Document) -> "Stored":
        """Encodes a document that a dry run would have written."""
        return cls._read(key, 0, document["metadata"], orjson.dumps(document))

    @classmethod
    def loaded(cls, key: Key, version: int, encoded: bytes) -> "Stored":
        """Takes an encoded object back from the journal."""
        return cls._read(key, version, orjson.loads(encoded)["metadata"], encoded)

    @classmethod
    def _read(cls, key: Key, version: int, metadata: dict[str, Any], encoded: bytes) -> "Stored":
        owners = tuple(owner["uid"] for owner in metadata.get("ownerReferences") or ())
        labels = metadata.get("labels") or _NO_LABELS
        return cls(key, version, metadata["uid"], labels, owners, "deletionTimestamp" in metadata, encoded)

    def document(self) -> Document:
        """The object as a fresh document, which the caller may change."""
        document: Document = orjson.loads(self.encoded)
        return document


@dataclass(frozen=True, slots=True)
class Change:
    """One committed write: what is there now (or was last, for a deletion) and what was there before."""

    type: ChangeType
    stored: Stored
    previous: Stored | None

    @classmethod
    def of(cls, stored: Stored, previous: Stored | None, *, is_deleted: bool) -> "Change":
        """The change from one state of an object to the next, or to its deletion."""
        if is_deleted:
            return cls(ChangeType.DELETED, stored, previous)
        return cls(ChangeType.MODIFIED if previous else ChangeType.ADDED, stored, previous)

    @property
    def version(self) -> int:
        """The resourceVersion that the write got."""
        return self.stored.version
