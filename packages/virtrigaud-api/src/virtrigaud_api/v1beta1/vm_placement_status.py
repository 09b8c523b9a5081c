"""What is known about a placement policy: who uses it, how it worked out, and what contradicts it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from annotated_types import MaxLen
from pydantic import Field

from virtrigaud_api.v1beta1.condition import Conditions
from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.references import LocalReference
from virtrigaud_api.v1beta1.scalars import Boolean, Int32, Int64, Timestamp


class ConflictType(StrEnum):
    """Which parts of two policies contradict each other."""

    HARD = "hard"
    SOFT = "soft"
    RESOURCE = "resource"
    SECURITY = "security"
    AFFINITY = "affinity"


class ConflictSeverity(StrEnum):
    """How much a contradiction matters."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class PolicyConflict(KubeModel):
    """Another policy that contradicts this one."""

    policy_name: str
    """Name of the other VMPlacementPolicy."""
    conflict_type: ConflictType
    """Which parts contradict each other."""
    severity: ConflictSeverity | None = None
    """How much it matters."""
    description: str | None = None
    """What contradicts what."""
    resolution_suggestion: str | None = None
    """What can be done about it."""


class PlacementStats(KubeModel):
    """How the policy worked out."""

    total_placements: Int32 | None = None
    """Number of machines that were placed by it."""
    successful_placements: Int32 | None = None
    """Number of machines that found a place."""
    failed_placements: Int32 | None = None
    """Number of machines that found none."""
    constraint_violations: Int32 | None = None
    """Number of machines that are where they should not be."""
    average_placement_time: str | None = None
    """How long finding a place took, on average."""
    last_placement_time: Timestamp | None = None
    """When a machine was last placed."""
    placement_distribution: Mapping[str, Int32] = Field(default_factory=dict)
    """Number of machines at each place."""


class PolicyValidation(KubeModel):
    """Whether one provider can honour the policy."""

    valid: Boolean
    """Whether it can."""
    message: str | None = None
    """Why it can't."""
    supported_features: Annotated[tuple[str, ...], MaxLen(50)] = ()
    """Parts of the policy that it honours."""
    unsupported_features: Annotated[tuple[str, ...], MaxLen(50)] = ()
    """Parts of the policy that it does not honour."""
    errors: Annotated[tuple[str, ...], MaxLen(20)] = ()
    """What is wrong."""
    warnings: Annotated[tuple[str, ...], MaxLen(20)] = ()
    """What may surprise."""
    last_validated: Timestamp | None = None
    """When this was found out."""


class VMPlacementPolicyStatus(KubeModel):
    """What is known about the policy."""

    used_by_vms: Annotated[tuple[LocalReference, ...], MaxLen(1000)] = ()
    """VirtualMachines that refer to the policy."""
    placement_stats: PlacementStats | None = None
    """How the policy worked out."""
    conflicting_policies: Annotated[tuple[PolicyConflict, ...], MaxLen(50)] = ()
    """Policies that contradict this one."""
    validation_results: Mapping[str, PolicyValidation] = Field(default_factory=dict)
    """For each provider, whether it can honour the policy."""
    observed_generation: Int64 | None = None
    """The metadata.generation that this status speaks of."""
    conditions: Conditions = ()
    """What is known about the policy, one fact per condition."""
