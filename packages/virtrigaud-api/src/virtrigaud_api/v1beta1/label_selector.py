"""Selecting objects by their labels, as Kubernetes defines it (apimachinery, LabelSelector)."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.schema_marks import SchemaMark


class LabelRequirement(KubeModel):
    """What one label of an object must be."""

    key: str
    """The label."""
    operator: str
    """How its value is compared: In, NotIn, Exists or DoesNotExist."""
    values: Annotated[tuple[str, ...], SchemaMark.ATOMIC_LIST] = ()
    """Values to compare with, for In and NotIn."""


class LabelSelector(KubeModel):
    """Labels that an object must have; all of them count."""

    match_labels: Mapping[str, str] = Field(default_factory=dict)
    """Labels with exactly these values."""
    match_expressions: Annotated[tuple[LabelRequirement, ...], SchemaMark.ATOMIC_LIST] = ()
    """Labels that are compared in other ways."""


Selector = Annotated[LabelSelector, SchemaMark.ATOMIC_MAP]
