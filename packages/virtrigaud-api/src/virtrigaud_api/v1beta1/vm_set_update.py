"""How the machines of a VMSet are replaced when their template changes."""

from enum import StrEnum

from pydantic import Field

from virtrigaud_api.v1beta1.int_or_percent import IntOrPercent
from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.scalars import Int32

_A_QUARTER = IntOrPercent("25%")


class UpdateType(StrEnum):
    """When machines are replaced."""

    ROLLING_UPDATE = "RollingUpdate"
    ON_DELETE = "OnDelete"
    RECREATE = "Recreate"


class ManagementPolicy(StrEnum):
    """Whether machines are made and replaced one after the other."""

    ORDERED_READY = "OrderedReady"
    PARALLEL = "Parallel"


class RollingUpdate(KubeModel):
    """How many machines are replaced at once."""

    max_unavailable: IntOrPercent = _A_QUARTER
    """Most machines that may be missing during an update: a number, or a share of the replicas such as 25%."""
    max_surge: IntOrPercent = _A_QUARTER
    """Most machines that may be there in addition: a number, or a share of the replicas such as 25%."""
    partition: Int32 | None = Field(default=None, ge=0)
    """Machines with a smaller number than this keep the template that they have."""
    pod_management_policy: ManagementPolicy = ManagementPolicy.ORDERED_READY
    """Whether machines are made and replaced one after the other (OrderedReady) or all at once (Parallel)."""


class UpdateStrategy(KubeModel):
    """How machines are replaced."""

    type: UpdateType = UpdateType.ROLLING_UPDATE
    """When machines are replaced: a few at a time, when somebody deletes them (OnDelete), or all at once (Recreate)."""
    rolling_update: RollingUpdate | None = None
    """How many machines are replaced at once, for type RollingUpdate."""
