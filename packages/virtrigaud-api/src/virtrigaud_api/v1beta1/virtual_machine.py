"""The kind VirtualMachine: a machine on a hypervisor, made from a class and an image, kept as described.

Its larger parts (disks, networks, user data, placement, lifecycle) have modules of their own.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from annotated_types import MaxLen
from pydantic import Field

from virtrigaud_api.v1beta1 import keys
from virtrigaud_api.v1beta1.condition import Conditions
from virtrigaud_api.v1beta1.disk import Disk
from virtrigaud_api.v1beta1.drift_policy import DriftPolicy
from virtrigaud_api.v1beta1.imported_disk import ImportedDisk
from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.kube_object import KubeObject
from virtrigaud_api.v1beta1.lifecycle import Lifecycle
from virtrigaud_api.v1beta1.machine_resources import MachineResources
from virtrigaud_api.v1beta1.network_ref import NetworkRef
from virtrigaud_api.v1beta1.phases import VirtualMachinePhase
from virtrigaud_api.v1beta1.placement import Placement
from virtrigaud_api.v1beta1.power_state import DesiredPowerState, ObservedPowerState
from virtrigaud_api.v1beta1.references import LocalReference, ObjectReference
from virtrigaud_api.v1beta1.restart_policy import RestartPolicy
from virtrigaud_api.v1beta1.scalars import Boolean, Int64, Timestamp
from virtrigaud_api.v1beta1.schema_marks import ListMap, SchemaMark
from virtrigaud_api.v1beta1.user_data import MetaData, NetworkData, UserData


class DeletionPolicy(StrEnum):
    """What becomes of the machine when its VirtualMachine is deleted."""

    DELETE = "Delete"
    RETAIN = "Retain"


class ManagementPolicy(StrEnum):
    """Whether a machine is kept as it is described."""

    MANAGE = "Manage"
    OBSERVE = "Observe"


class SnapshotOperation(KubeModel):
    """What to do with the machine's snapshots."""

    revert_to_ref: LocalReference | None = None
    """The VMSnapshot to revert the machine to."""


class VirtualMachineSpec(KubeModel):
    """The machine that is wanted."""

    provider_ref: ObjectReference
    """The Provider that runs the machine. It can't be changed; a VMMigration moves a machine."""
    class_ref: ObjectReference
    """The VMClass that says how big the machine is."""
    image_ref: ObjectReference | None = None
    """The VMImage that the root disk is made from. Either this or importedDisk."""
    imported_disk: ImportedDisk | None = None
    """A root disk that exists already. Either this or imageRef."""
    power_state: DesiredPowerState | None = None
    """Wanted power state: On, Off (switched off), OffGraceful (shut down by the guest), Suspended (stopped with its
    memory kept); On when left out."""
    networks: Annotated[tuple[NetworkRef, ...], MaxLen(10), ListMap("name")] = ()
    """Network interfaces, in the order in which the guest sees them."""
    disks: Annotated[tuple[Disk, ...], MaxLen(20), ListMap("name")] = ()
    """Data disks, beside the root disk."""
    user_data: UserData | None = None
    """What the guest configures itself by at its first boot."""
    meta_data: MetaData | None = None
    """What the guest is told about itself at its first boot."""
    network_data: NetworkData | None = None
    """How the guest sets up its network at its first boot, where that is not left to the networks of this object.
    With it, static addresses in networks are not told to the guest: this document wins."""
    resources: MachineResources | None = None
    """Resources that replace those of the class."""
    placement: Placement | None = None
    """Where on the hypervisor the machine goes."""
    placement_ref: LocalReference | None = None
    """The VMPlacementPolicy that chooses where the machine goes."""
    lifecycle: Lifecycle | None = None
    """Hooks and grace around starting and stopping."""
    snapshot: SnapshotOperation | None = None
    """What to do with the machine's snapshots."""
    tags: Annotated[tuple[str, ...], MaxLen(50)] = ()
    """Tags that the machine carries on the hypervisor."""
    deletion_policy: DeletionPolicy = DeletionPolicy.DELETE
    """Whether the machine goes with its VirtualMachine (Delete), or stays on the hypervisor (Retain)."""
    deletion_protection: Boolean = False
    """Whether deleting is refused, and held where it was not refused, until this is false."""
    management_policy: ManagementPolicy = ManagementPolicy.MANAGE
    """Whether the machine is kept as it is described (Manage), or shown and never changed or deleted (Observe)."""
    drift_policy: DriftPolicy | None = None
    """What happens when somebody changes the machine on the hypervisor."""
    restart_policy: RestartPolicy | None = None
    """Whether and when the machine is restarted for a change that needs it; never when left out."""


class MachineSnapshot(KubeModel):
    """A snapshot that the hypervisor has of the machine."""

    id: str
    """The hypervisor's name for the snapshot."""
    name: str
    """Name of the snapshot."""
    creation_time: Timestamp
    """When it was taken."""
    description: str | None = None
    """What it is for."""
    has_memory: Boolean | None = None
    """Whether it holds the memory of the running machine."""
    size_bytes: Int64 | None = None
    """Space that it takes up, in bytes."""


class VirtualMachineStatus(KubeModel):
    """The machine as it was last seen."""

    id: str | None = None
    """The hypervisor's name for the machine; set once the machine exists."""
    phase: VirtualMachinePhase | None = None
    """Where the machine stands, in one word."""
    message: str | None = None
    """Where the machine stands, in one sentence."""
    power_state: ObservedPowerState | None = None
    """Power state that the machine was seen in."""
    ips: tuple[str, ...] = ()
    """IP addresses of the guest, without loopback and link-local ones, in a stable order."""
    console_url: str | None = None
    """Where the machine's console can be reached."""
    current_resources: MachineResources | None = None
    """Resources that the machine was seen with."""
    snapshots: tuple[MachineSnapshot, ...] = ()
    """Snapshots that the hypervisor has of the machine."""
    last_task_ref: str | None = None
    """The hypervisor's task that is under way or was the last."""
    reconfigure_task_ref: str | None = None
    """The hypervisor's task that changes the machine at this time."""
    last_reconfigure_time: Timestamp | None = None
    """When the machine was last changed."""
    observed_generation: Int64 | None = None
    """The metadata.generation that this status speaks of."""
    conditions: Conditions = ()
    """What is known about the machine, one fact per condition."""
    provider: Annotated[Mapping[str, str], SchemaMark.PRESERVE_UNKNOWN_FIELDS] = Field(default_factory=dict)
    """What the provider tells about the machine beyond this, by its own names."""


class VirtualMachine(KubeObject):
    """A virtual machine on a hypervisor: created, kept as described, and deleted with this object."""

    names: ClassVar = keys.VIRTUAL_MACHINE

    kind: Literal["VirtualMachine"] = "VirtualMachine"
    spec: VirtualMachineSpec
    """The machine that is wanted."""
    status: VirtualMachineStatus = Field(default_factory=VirtualMachineStatus)
    """The machine as it was last seen. Written by VirtRigaud."""
