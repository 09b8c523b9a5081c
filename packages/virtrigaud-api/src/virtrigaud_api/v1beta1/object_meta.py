"""Kubernetes object metadata, as far as VirtRigaud reads or writes it; the rest is kept as it came."""

from collections.abc import Mapping

from pydantic import Field

from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.scalars import Boolean, Int64, Timestamp


class OwnerReference(KubeModel):
    """An object whose deletion takes this one with it."""

    api_version: str
    kind: str
    name: str
    uid: str
    controller: Boolean | None = None
    block_owner_deletion: Boolean | None = None


class ObjectMeta(KubeModel):
    """What the API server keeps about every object."""

    name: str = ""
    generate_name: str = ""
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    generation: Int64 = 0
    creation_timestamp: Timestamp | None = None
    deletion_timestamp: Timestamp | None = None
    labels: Mapping[str, str] = Field(default_factory=dict)
    annotations: Mapping[str, str] = Field(default_factory=dict)
    finalizers: tuple[str, ...] = ()
    owner_references: tuple[OwnerReference, ...] = ()
