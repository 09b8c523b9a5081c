"""What is known about a VMSet: how many machines there are, each of them, and how far an update has come."""

from typing import Annotated

from annotated_types import MaxLen

from virtrigaud_api.v1beta1.condition import Conditions
from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.phases import VirtualMachinePhase, VMSetUpdatePhase
from virtrigaud_api.v1beta1.scalars import Boolean, Int32, Int64, Timestamp


class FailedMachine(KubeModel):
    """A machine that could not be replaced."""

    name: str
    """Name of the VirtualMachine."""
    reason: str | None = None
    """Why, as one word for programs."""
    message: str | None = None
    """Why, in one sentence."""
    retry_count: Int32 | None = None
    """Number of times that it was tried again."""
    last_attempt: Timestamp | None = None
    """When it was last tried."""


class UpdateStatus(KubeModel):
    """How far an update has come."""

    phase: VMSetUpdatePhase | None = None
    """Where the update stands, in one word."""
    message: str | None = None
    """Where the update stands, in one sentence."""
    start_time: Timestamp | None = None
    """When the update began."""
    completion_time: Timestamp | None = None
    """When the update was done."""
    updated_vms: Annotated[tuple[str, ...], MaxLen(1000)] = ()
    """Machines that have the template of the update."""
    pending_vms: Annotated[tuple[str, ...], MaxLen(1000)] = ()
    """Machines that still have to be replaced."""
    failed_vms: Annotated[tuple[FailedMachine, ...], MaxLen(1000)] = ()
    """Machines that could not be replaced."""


class ReplicaStatus(KubeModel):
    """One machine of the set."""

    name: str
    """Name of the VirtualMachine."""
    phase: VirtualMachinePhase | None = None
    """Where the machine stands, in one word."""
    message: str | None = None
    """Where the machine stands, in one sentence."""
    ready: Boolean | None = None
    """Whether the machine is ready."""
    revision: str | None = None
    """The template that the machine was made from."""
    creation_time: Timestamp | None = None
    """When the machine was made."""
    last_update_time: Timestamp | None = None
    """When this last changed."""


class VMSetStatus(KubeModel):
    """The machines as they were last seen."""

    replicas: Int32 | None = None
    """Number of machines that there are."""
    selector: str | None = None
    """The selector as text, for the scale subresource."""
    ready_replicas: Int32 | None = None
    """Number of machines that are ready."""
    available_replicas: Int32 | None = None
    """Number of machines that have been ready for minReadySeconds."""
    current_replicas: Int32 | None = None
    """Number of machines that have the current template."""
    updated_replicas: Int32 | None = None
    """Number of machines that have the newest template."""
    current_revision: str | None = None
    """Name of the current template."""
    update_revision: str | None = None
    """Name of the newest template."""
    collision_count: Int32 | None = None
    """Number of times that the name of a revision was taken."""
    update_status: UpdateStatus | None = None
    """How far the update has come."""
    vm_status: Annotated[tuple[ReplicaStatus, ...], MaxLen(1000)] = ()
    """Each machine of the set."""
    observed_generation: Int64 | None = None
    """The metadata.generation that this status speaks of."""
    conditions: Conditions = ()
    """What is known about the set, one fact per condition."""
