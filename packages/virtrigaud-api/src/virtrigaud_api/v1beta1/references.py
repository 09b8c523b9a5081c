"""References from one object to another, by name and where it is allowed by namespace."""

from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.scalars import NamespaceName, ObjectName


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
