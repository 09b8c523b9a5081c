"""Marks on fields that only the schema of the CustomResourceDefinition cares about.

Models attach them with `Annotated`; the CRD generator turns them into structural schema keywords. They change
nothing about how a model validates.
"""

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class Format:
    """The OpenAPI format of a scalar, such as int32 or date-time."""

    name: str


@dataclass(frozen=True, slots=True)
class ListMap:
    """A list whose items are told apart by one field: merged by it, and never twice the same."""

    key: str


@dataclass(frozen=True, slots=True)
class CoreType:
    """A Kubernetes type that VirtRigaud passes on without reading it, by its Kubernetes name."""

    name: str


class SchemaMark(Enum):
    """Marks without parameters."""

    ATOMIC_MAP = "an object that is replaced whole by server-side apply"
    ATOMIC_LIST = "a list that is replaced whole by server-side apply"
    SET = "a list without duplicates"
    PRESERVE_UNKNOWN_FIELDS = "an object in which the API server keeps fields that no schema names"
