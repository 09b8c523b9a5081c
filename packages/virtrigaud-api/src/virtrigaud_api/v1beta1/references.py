"""References from one object to another, by name and where it is allowed by namespace."""

from typing import Annotated, Final

from annotated_types import MaxLen
from pydantic import StringConstraints

from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.scalars import NamespaceName, ObjectName
from virtrigaud_api.v1beta1.schema_marks import SchemaMark

ANY_NAMESPACE: Final = "*"

_NAMESPACE_OR_ANY = r"^(\*|[a-z0-9]([-a-z0-9]*[a-z0-9])?)$"

AllowedNamespaces = Annotated[
    tuple[Annotated[str, StringConstraints(max_length=63, pattern=_NAMESPACE_OR_ANY)], ...],
    MaxLen(256),
    SchemaMark.SET,
]
"""Other namespaces whose objects may refer to an object."""


class LocalReference(KubeModel):
    """An object in the same namespace."""

    name: ObjectName
    """Name of the object."""


class ObjectReference(KubeModel):
    """An object in the same namespace, or in another one that allows it."""

    name: ObjectName
    """Name of the object."""
    namespace: NamespaceName | None = None
    """Namespace of the object; that of the referring object when left out."""


class CoreLocalReference(KubeModel):
    """An object in the same namespace, in the form of the Kubernetes core types, whose name may be empty."""

    name: str = ""
    """Name of the object; empty means none."""


def is_allowed(owner: str, allowed: tuple[str, ...], namespace: str) -> bool:
    """Tell whether objects of a namespace may refer to an object of another one that allows these."""
    return namespace == owner or namespace in allowed or ANY_NAMESPACE in allowed
