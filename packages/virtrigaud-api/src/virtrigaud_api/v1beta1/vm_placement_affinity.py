"""What machines go near to, and what they keep away from: each other, hosts, clusters, datastores and zones."""

from enum import StrEnum
from typing import Annotated

from annotated_types import MaxLen
from pydantic import Field

from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.label_selector import Selector
from virtrigaud_api.v1beta1.scalars import Boolean, Int32


class Strictness(StrEnum):
    """Whether a machine waits where the wish can't be had (strict) or goes elsewhere (preferred)."""

    STRICT = "strict"
    PREFERRED = "preferred"


class MatchOperator(StrEnum):
    """How the value of a label is compared."""

    IN = "In"
    NOT_IN = "NotIn"
    EXISTS = "Exists"
    DOES_NOT_EXIST = "DoesNotExist"


class MatchExpression(KubeModel):
    """What one label of a machine must be."""

    key: Annotated[str, MaxLen(253)]
    """The label."""
    operator: MatchOperator
    """How its value is compared."""
    values: Annotated[tuple[str, ...], MaxLen(50)] = ()
    """Values to compare with, for In and NotIn."""


class MachineAffinityTerm(KubeModel):
    """Other machines, and how near near is."""

    topology_key: Annotated[str, MaxLen(253)]
    """What counts as one place: host, cluster, datastore, zone, or a label of hosts."""
    label_selector: Selector | None = None
    """Labels of the other VirtualMachines."""
    match_expressions: Annotated[tuple[MatchExpression, ...], MaxLen(20)] = ()
    """Further conditions on the labels of the other VirtualMachines."""
    namespaces: Annotated[tuple[str, ...], MaxLen(20)] = ()
    """Namespaces of the other VirtualMachines; that of the policy when left out."""
    namespace_selector: Selector | None = None
    """Labels of the namespaces of the other VirtualMachines."""


class WeightedMachineAffinityTerm(KubeModel):
    """Other machines, and how much they count."""

    weight: Int32 = Field(ge=1, le=100)
    """How much this counts against the other terms."""
    vm_affinity_term: MachineAffinityTerm
    """The other machines."""


class MachineAffinity(KubeModel):
    """Other machines that count for the place of a machine."""

    required_during_scheduling: Annotated[tuple[MachineAffinityTerm, ...], MaxLen(20)] = ()
    """What must hold when a place is chosen."""
    preferred_during_scheduling: Annotated[tuple[WeightedMachineAffinityTerm, ...], MaxLen(20)] = ()
    """What should hold when a place is chosen."""


class HostAffinity(KubeModel):
    """Machines go to the same hosts."""

    enabled: Boolean
    """Whether this holds."""
    scope: Strictness | None = None
    """Whether a machine waits where it can't be had (strict) or goes elsewhere (preferred)."""
    preferred_hosts: Annotated[tuple[str, ...], MaxLen(50)] = ()
    """Hosts or nodes to begin with."""


class ClusterAffinity(KubeModel):
    """Machines go to the same clusters."""

    enabled: Boolean
    """Whether this holds."""
    scope: Strictness | None = None
    """Whether a machine waits where it can't be had (strict) or goes elsewhere (preferred)."""
    preferred_clusters: Annotated[tuple[str, ...], MaxLen(20)] = ()
    """Clusters to begin with."""


class DatastoreAffinity(KubeModel):
    """Machines go to the same datastores."""

    enabled: Boolean
    """Whether this holds."""
    scope: Strictness | None = None
    """Whether a machine waits where it can't be had (strict) or goes elsewhere (preferred)."""
    preferred_datastores: Annotated[tuple[str, ...], MaxLen(50)] = ()
    """Datastores to begin with."""


class ZoneAffinity(KubeModel):
    """Machines go to the same zones."""

    enabled: Boolean
    """Whether this holds."""
    scope: Strictness | None = None
    """Whether a machine waits where it can't be had (strict) or goes elsewhere (preferred)."""
    preferred_zones: Annotated[tuple[str, ...], MaxLen(10)] = ()
    """Zones to begin with."""


class ApplicationAffinity(KubeModel):
    """Machines of one application go together, or apart."""

    enabled: Boolean
    """Whether this holds."""
    scope: Strictness | None = None
    """Whether a machine waits where it can't be had (strict) or goes elsewhere (preferred)."""
    application_label: str = "app"
    """The label of VirtualMachines that names the application."""


class HostAntiAffinity(KubeModel):
    """Machines spread over hosts."""

    enabled: Boolean
    """Whether this holds."""
    scope: Strictness | None = None
    """Whether a machine waits where it can't be had (strict) or goes elsewhere (preferred)."""
    max_vms_per_host: Int32 | None = Field(default=None, ge=1, le=1000)
    """Most machines on one host; one when left out."""


class ClusterAntiAffinity(KubeModel):
    """Machines spread over clusters."""

    enabled: Boolean
    """Whether this holds."""
    scope: Strictness | None = None
    """Whether a machine waits where it can't be had (strict) or goes elsewhere (preferred)."""
    max_vms_per_cluster: Int32 | None = Field(default=None, ge=1, le=10000)
    """Most machines in one cluster; one when left out."""


class DatastoreAntiAffinity(KubeModel):
    """Machines spread over datastores."""

    enabled: Boolean
    """Whether this holds."""
    scope: Strictness | None = None
    """Whether a machine waits where it can't be had (strict) or goes elsewhere (preferred)."""
    max_vms_per_datastore: Int32 | None = Field(default=None, ge=1, le=10000)
    """Most machines on one datastore; one when left out."""


class ZoneAntiAffinity(KubeModel):
    """Machines spread over zones."""

    enabled: Boolean
    """Whether this holds."""
    scope: Strictness | None = None
    """Whether a machine waits where it can't be had (strict) or goes elsewhere (preferred)."""
    max_vms_per_zone: Int32 | None = Field(default=None, ge=1, le=10000)
    """Most machines in one zone; one when left out."""


class Affinity(KubeModel):
    """What machines go near to."""

    vm_affinity: MachineAffinity | None = None
    """Other machines, by their labels."""
    host_affinity: HostAffinity | None = None
    """The same hosts."""
    cluster_affinity: ClusterAffinity | None = None
    """The same clusters."""
    datastore_affinity: DatastoreAffinity | None = None
    """The same datastores."""
    zone_affinity: ZoneAffinity | None = None
    """The same zones."""
    application_affinity: ApplicationAffinity | None = None
    """Machines of the same application."""


class AntiAffinity(KubeModel):
    """What machines keep away from."""

    vm_anti_affinity: MachineAffinity | None = None
    """Other machines, by their labels."""
    host_anti_affinity: HostAntiAffinity | None = None
    """The same hosts."""
    cluster_anti_affinity: ClusterAntiAffinity | None = None
    """The same clusters."""
    datastore_anti_affinity: DatastoreAntiAffinity | None = None
    """The same datastores."""
    zone_anti_affinity: ZoneAntiAffinity | None = None
    """The same zones."""
    application_anti_affinity: ApplicationAffinity | None = None
    """Machines of the same application."""
