"""The kind VMNetworkAttachment: a network that machines connect to, by the hypervisor's own networks.

The networks themselves, the addresses and what guards them have modules of their own.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from annotated_types import MaxLen
from pydantic import Field

from virtrigaud_api.v1beta1 import keys
from virtrigaud_api.v1beta1.condition import Conditions
from virtrigaud_api.v1beta1.environment import Environment
from virtrigaud_api.v1beta1.ip_allocation import IPAllocation
from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.kube_object import KubeObject
from virtrigaud_api.v1beta1.phases import VMNetworkAttachmentPhase
from virtrigaud_api.v1beta1.references import AllowedNamespaces
from virtrigaud_api.v1beta1.scalars import Boolean, Int32, Int64, Timestamp
from virtrigaud_api.v1beta1.vm_network_backend import NetworkConfig
from virtrigaud_api.v1beta1.vm_network_security import NetworkQos, NetworkSecurity


class NetworkMetadata(KubeModel):
    """What people want to know about the network."""

    display_name: Annotated[str, MaxLen(255)] | None = None
    """Name for people."""
    description: Annotated[str, MaxLen(1024)] | None = None
    """What the network is for."""
    environment: Environment | None = None
    """What the network is used for."""
    tags: Annotated[Mapping[str, str], MaxLen(50)] = Field(default_factory=dict)
    """Tags to find the network by."""


class VMNetworkAttachmentSpec(KubeModel):
    """The network that is wanted."""

    network: NetworkConfig
    """The network, on each sort of hypervisor."""
    ip_allocation: IPAllocation | None = None
    """How machines get their addresses."""
    security: NetworkSecurity | None = None
    """What guards the network."""
    qos: NetworkQos | None = None
    """How much traffic a machine may make, and how it is weighted."""
    metadata: NetworkMetadata | None = None
    """What people want to know about the network."""
    allowed_namespaces: AllowedNamespaces = ()
    """Other namespaces whose objects may refer to this network; * stands for all. None when left out."""


class AllocatedIP(KubeModel):
    """An address that a machine has."""

    ip: str
    """The address."""
    vm: str
    """The VirtualMachine that has it."""
    mac: str | None = None
    """Hardware address of the interface."""
    allocated_at: Timestamp | None = None
    """Since when."""
    lease_expiry: Timestamp | None = None
    """Until when, unless it is renewed."""


class ProviderNetworkStatus(KubeModel):
    """The network on one provider."""

    available: Boolean
    """Whether machines can be connected to it."""
    id: str | None = None
    """The hypervisor's name for the network."""
    state: str | None = None
    """State of the network, in the hypervisor's words."""
    message: str | None = None
    """Where the network stands there, in one sentence."""
    last_updated: Timestamp | None = None
    """When this was last seen."""


class VMNetworkAttachmentStatus(KubeModel):
    """The network as it was last seen."""

    ready: Boolean | None = None
    """Whether machines can be connected to the network."""
    phase: VMNetworkAttachmentPhase | None = None
    """Where the network stands, in one word."""
    message: str | None = None
    """Where the network stands, in one sentence."""
    connected_vms: Int32 | None = None
    """Number of VirtualMachines that refer to the network."""
    available_on: tuple[str, ...] = ()
    """Providers that have the network."""
    provider_status: Mapping[str, ProviderNetworkStatus] = Field(default_factory=dict)
    """The network on each provider."""
    ip_allocations: tuple[AllocatedIP, ...] = ()
    """Addresses that machines have."""
    observed_generation: Int64 | None = None
    """The metadata.generation that this status speaks of."""
    conditions: Conditions = ()
    """What is known about the network, one fact per condition."""


class VMNetworkAttachment(KubeObject):
    """A network that virtual machines connect to."""

    names: ClassVar = keys.VM_NETWORK_ATTACHMENT

    kind: Literal["VMNetworkAttachment"] = "VMNetworkAttachment"
    spec: VMNetworkAttachmentSpec
    """The network that is wanted."""
    status: VMNetworkAttachmentStatus = Field(default_factory=VMNetworkAttachmentStatus)
    """The network as it was last seen. Written by VirtRigaud."""
