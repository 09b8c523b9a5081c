"""The condition: one observed fact about an object, with a reason for programs and a message for people.

Every status carries a list of them. When a condition changes and what its time is, is the manager's to know.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.scalars import Int64, Timestamp
from virtrigaud_api.v1beta1.schema_marks import ListMap

_TYPE = (
    r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?"
    r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$"
)


class ConditionStatus(StrEnum):
    """Whether the fact holds."""

    TRUE = "True"
    FALSE = "False"
    UNKNOWN = "Unknown"


class Condition(KubeModel):
    """One observed fact about the object."""

    type: Annotated[str, StringConstraints(max_length=316, pattern=_TYPE)]
    """What the condition is about, for example Ready."""
    status: ConditionStatus
    """Whether it holds: True, False, or Unknown when it could not be observed."""
    reason: Annotated[
        str, StringConstraints(min_length=1, max_length=1024, pattern=r"^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$")
    ]
    """Why, as one CamelCase word for programs."""
    message: Annotated[str, StringConstraints(max_length=32768)]
    """Why, as a sentence for people: what happened, on what, and what to do about it."""
    last_transition_time: Timestamp
    """When the status last changed."""
    observed_generation: Int64 | None = Field(default=None, ge=0)
    """The metadata.generation that this condition was observed on."""


Conditions = Annotated[tuple[Condition, ...], ListMap("type")]
