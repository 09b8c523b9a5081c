"""The name of one object of the cluster: its kind, namespace and name. The key of every cache and queue."""

from dataclasses import dataclass
from enum import StrEnum

from virtrigaud_api.contract import MachineId


class ObjectKind(StrEnum):
    """The kinds that the manager watches."""

    PROVIDER = "Provider"
    VIRTUAL_MACHINE = "VirtualMachine"
    VM_CLASS = "VMClass"
    VM_IMAGE = "VMImage"
    VM_NETWORK_ATTACHMENT = "VMNetworkAttachment"
    VM_SNAPSHOT = "VMSnapshot"
    SECRET = "Secret"  # noqa: S105 - a kind, no secret
    DEPLOYMENT = "Deployment"
    SERVICE = "Service"
    RESOURCE_QUOTA = "ResourceQuota"
    NETWORK_POLICY = "NetworkPolicy"
    POD_DISRUPTION_BUDGET = "PodDisruptionBudget"


@dataclass(frozen=True, slots=True)
class ObjectKey:
    """One object of the cluster."""

    kind: ObjectKind
    namespace: str
    name: str

    @property
    def path(self) -> str:
        """Return `namespace/name`."""
        return f"{self.namespace}/{self.name}"

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True)
class UnmadeIn:
    """The VirtualMachines of a namespace that have no machine yet."""

    namespace: str


@dataclass(frozen=True, slots=True)
class InNamespace:
    """The VirtualMachines of a namespace, as a name to ask the cache for."""

    namespace: str


@dataclass(frozen=True, slots=True)
class QuotasOf:
    """The ResourceQuotas of a namespace, as a name to ask the cache for."""

    namespace: str


@dataclass(frozen=True, slots=True)
class MachineOf:
    """A machine, by the Provider that has it."""

    provider: ObjectKey
    machine: MachineId
