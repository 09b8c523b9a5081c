"""The kind VMPlacementPolicy: where on a hypervisor machines may go, should go, and near or far from what.

Near and far have a module of their own, and so has the status.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from annotated_types import MaxLen
from pydantic import Field

from virtrigaud_api.quantity import Quantity
from virtrigaud_api.v1beta1 import keys
from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.kube_object import KubeObject
from virtrigaud_api.v1beta1.scalars import Boolean, Int32, Int64, NativeName
from virtrigaud_api.v1beta1.vm_placement_affinity import Affinity, AntiAffinity
from virtrigaud_api.v1beta1.vm_placement_status import VMPlacementPolicyStatus


class TaintEffect(StrEnum):
    """What a taint does to machines that do not tolerate it."""

    NO_SCHEDULE = "NoSchedule"
    PREFER_NO_SCHEDULE = "PreferNoSchedule"
    NO_EXECUTE = "NoExecute"


class TolerationOperator(StrEnum):
    """How the value of a taint is compared."""

    EXISTS = "Exists"
    EQUAL = "Equal"


class IsolationLevel(StrEnum):
    """How much machines share with those of others."""

    NONE = "none"
    BASIC = "basic"
    STRICT = "strict"
    MAXIMUM = "maximum"


class TrustLevel(StrEnum):
    """How much a host is trusted."""

    UNTRUSTED = "untrusted"
    BASIC = "basic"
    TRUSTED = "trusted"
    HIGHLY_TRUSTED = "highly-trusted"


class PlacementToleration(KubeModel):
    """A taint of hosts that the machines tolerate."""

    key: Annotated[str, MaxLen(253)] | None = None
    """The taint; every one when left out, with operator Exists."""
    operator: TolerationOperator = TolerationOperator.EQUAL
    """Whether the taint has the value (Equal) or is there at all (Exists)."""
    value: Annotated[str, MaxLen(253)] | None = None
    """Value of the taint, for operator Equal."""
    effect: TaintEffect | None = None
    """The effect that is tolerated; every one when left out."""
    toleration_seconds: Int64 | None = Field(default=None, ge=0)
    """How long a machine stays on a host that has got the taint, in seconds. For effect NoExecute."""


class PlacementConstraints(KubeModel):
    """Places, by the hypervisor's names for them. What is left out does not count."""

    clusters: Annotated[tuple[NativeName, ...], MaxLen(50)] = ()
    """Clusters of hosts."""
    excluded_clusters: Annotated[tuple[NativeName, ...], MaxLen(50)] = ()
    """Clusters of hosts that are left out."""
    hosts: Annotated[tuple[NativeName, ...], MaxLen(200)] = ()
    """Hosts or nodes."""
    excluded_hosts: Annotated[tuple[NativeName, ...], MaxLen(200)] = ()
    """Hosts or nodes that are left out."""
    datastores: Annotated[tuple[NativeName, ...], MaxLen(100)] = ()
    """Datastores, storage pools or storages."""
    excluded_datastores: Annotated[tuple[NativeName, ...], MaxLen(100)] = ()
    """Datastores, storage pools or storages that are left out."""
    folders: Annotated[tuple[str, ...], MaxLen(50)] = ()
    """Folders of the inventory."""
    resource_pools: Annotated[tuple[str, ...], MaxLen(100)] = ()
    """Resource pools inside the clusters."""
    networks: Annotated[tuple[str, ...], MaxLen(50)] = ()
    """Networks that a host must reach."""
    regions: Annotated[tuple[str, ...], MaxLen(20)] = ()
    """Regions."""
    zones: Annotated[tuple[str, ...], MaxLen(20)] = ()
    """Zones inside the regions."""
    node_selector: Annotated[Mapping[str, str], MaxLen(20)] = Field(default_factory=dict)
    """Labels or tags that a host must have."""
    tolerations: Annotated[tuple[PlacementToleration, ...], MaxLen(20)] = ()
    """Taints of hosts that the machines tolerate."""


class ResourceConstraints(KubeModel):
    """What a host must have to spare."""

    min_cpu_per_host: Int32 | None = Field(default=None, ge=1)
    """Fewest CPUs of a host."""
    min_memory_per_host: Quantity | None = None
    """Least memory of a host, for example 64Gi."""
    min_disk_space_per_host: Quantity | None = None
    """Least free disk space of a host, for example 500Gi."""
    max_cpu_utilization: Int32 | None = Field(default=None, ge=0, le=100)
    """Most CPU time in use on a host, in percent."""
    max_memory_utilization: Int32 | None = Field(default=None, ge=0, le=100)
    """Most memory in use on a host, in percent."""
    max_disk_utilization: Int32 | None = Field(default=None, ge=0, le=100)
    """Most disk space in use on a host, in percent."""
    required_features: Annotated[tuple[str, ...], MaxLen(20)] = ()
    """Features that a host must have, by the provider's names for them."""
    preferred_features: Annotated[tuple[str, ...], MaxLen(20)] = ()
    """Features that a host should have, by the provider's names for them."""


class SecurityConstraints(KubeModel):
    """What a host must offer to protect the machines."""

    require_secure_boot: Boolean | None = None
    """Whether the host has firmware for secure boot."""
    require_tpm: Boolean | None = None
    """Whether the host gives machines a TPM."""
    require_encrypted_storage: Boolean | None = None
    """Whether the disks lie on encrypted storage."""
    require_numa_topology: Boolean | None = None
    """Whether the machines see the host's NUMA nodes."""
    isolation_level: IsolationLevel | None = None
    """How much the machines share with those of others."""
    trust_level: TrustLevel | None = None
    """How much the host must be trusted."""
    allowed_security_groups: Annotated[tuple[str, ...], MaxLen(20)] = ()
    """Security groups that the machines may be in."""
    denied_security_groups: Annotated[tuple[str, ...], MaxLen(20)] = ()
    """Security groups that the machines may not be in."""


class VMPlacementPolicySpec(KubeModel):
    """Where machines go."""

    hard: PlacementConstraints | None = None
    """Where machines must go; nowhere else when no such place is free."""
    soft: PlacementConstraints | None = None
    """Where machines should go if there is room."""
    affinity: Affinity | None = None
    """What machines go near to."""
    anti_affinity: AntiAffinity | None = None
    """What machines keep away from."""
    resource_constraints: ResourceConstraints | None = None
    """What a host must have to spare."""
    security_constraints: SecurityConstraints | None = None
    """What a host must offer to protect the machines."""
    priority: Int32 | None = Field(default=None, ge=0, le=1000)
    """Order of policies that contradict each other; higher wins."""
    weight: Int32 | None = Field(default=None, ge=1, le=100)
    """Weight of the soft places against those of other policies."""


class VMPlacementPolicy(KubeObject):
    """Where on a hypervisor virtual machines go."""

    names: ClassVar = keys.VM_PLACEMENT_POLICY

    kind: Literal["VMPlacementPolicy"] = "VMPlacementPolicy"
    spec: VMPlacementPolicySpec
    """Where machines go."""
    status: VMPlacementPolicyStatus = Field(default_factory=VMPlacementPolicyStatus)
    """What is known about the policy. Written by VirtRigaud."""
