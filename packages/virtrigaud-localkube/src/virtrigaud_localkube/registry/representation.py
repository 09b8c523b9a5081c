"""Turns stored objects into answers: as they are, as a table, or as their metadata."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

import orjson

from virtrigaud_localkube.document import Document
from virtrigaud_localkube.registry.resource import Column, Resource
from virtrigaud_localkube.storage.stored import Stored

_META: Final = "meta.k8s.io/v1"


class Form(Enum):
    """The forms of an answer."""

    OBJECT = "object"
    TABLE = "Table"
    METADATA = "PartialObjectMetadata"


@dataclass(frozen=True, slots=True)
class Representation:
    """How one request wants the objects of one resource."""

    resource: Resource
    form: Form
    row_object: str = "Metadata"

    def encode_list(self, objects: Sequence[Stored], metadata: Document) -> bytes:
        """Encodes a list of objects."""
        if self.form is Form.TABLE:
            return orjson.dumps(self._table(objects, metadata, has_columns=True))
        if self.form is Form.METADATA:
            head = {"kind": "PartialObjectMetadataList", "apiVersion": _META, "metadata": metadata}
        else:
            kind = self.resource.kind + "List"
            head = {"kind": kind, "apiVersion": self.resource.api_version, "metadata": metadata}
        items = b",".join(map(self.encode, objects))
        return orjson.dumps(head)[:-1] + b',"items":[' + items + b"]}"

    def encode(self, stored: Stored, *, has_columns: bool = True) -> bytes:
        """Encodes one object, its metadata, or a table of it; in a watch only the first table names its columns."""
        if self.form is Form.TABLE:
            metadata = {"resourceVersion": str(stored.version)}
            return orjson.dumps(self._table([stored], metadata, has_columns=has_columns))
        if self.form is Form.METADATA:
            return orjson.dumps(_metadata_only(stored.document()))
        if self.resource.shows_stored_form:
            return stored.encoded
        return orjson.dumps(self.resource.shown(stored.document()))

    def _table(self, objects: Sequence[Stored], metadata: Document, *, has_columns: bool) -> Document:
        columns = self.resource.columns
        return {
            "kind": "Table",
            "apiVersion": _META,
            "metadata": metadata,
            "columnDefinitions": [_definition(column) for column in columns] if has_columns else None,
            "rows": [self._row(self.resource.shown(stored.document()), columns) for stored in objects],
        }

    def _row(self, document: Document, columns: Sequence[Column]) -> Document:
        row: Document = {"cells": [column.cells(document) for column in columns]}
        if self.row_object == "Object":
            row["object"] = document
        elif self.row_object != "None":
            row["object"] = _metadata_only(document)
        return row


def _definition(column: Column) -> Document:
    return {
        "name": column.name,
        "type": column.type,
        "format": column.format,
        "description": column.description,
        "priority": column.priority,
    }


def _metadata_only(document: Document) -> Document:
    return {"kind": "PartialObjectMetadata", "apiVersion": _META, "metadata": document["metadata"]}
