"""What is known about a provider: health, capabilities, runtime, adoption and resource usage."""

from enum import StrEnum
from typing import Annotated

from annotated_types import MaxLen

from virtrigaud_api.v1beta1.condition import Conditions
from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.phases import ProviderRuntimePhase
from virtrigaud_api.v1beta1.provider_runtime import RuntimeMode
from virtrigaud_api.v1beta1.references import CoreLocalReference
from virtrigaud_api.v1beta1.scalars import Boolean, Int32, Int64, Timestamp
from virtrigaud_api.v1beta1.schema_marks import ListMap, SchemaMark


class ProviderCapability(StrEnum):
    """A sort of thing that a provider can do."""

    VIRTUAL_MACHINES = "VirtualMachines"
    SNAPSHOTS = "Snapshots"
    CLONING = "Cloning"
    LIVE_MIGRATION = "LiveMigration"
    CONSOLE_ACCESS = "ConsoleAccess"
    DISK_MANAGEMENT = "DiskManagement"
    NETWORK_MANAGEMENT = "NetworkManagement"
    GPU_PASSTHROUGH = "GPUPassthrough"
    HIGH_AVAILABILITY = "HighAvailability"
    BACKUP = "Backup"
    TEMPLATES = "Templates"


class ReportedCapabilities(KubeModel):
    """What the running provider says that it can do."""

    supports_reconfigure_online: Boolean | None = None
    """Whether CPUs and memory change while a machine runs."""
    supports_disk_expansion_online: Boolean | None = None
    """Whether disks grow while a machine runs."""
    supports_snapshots: Boolean | None = None
    """Whether it takes snapshots."""
    supports_memory_snapshots: Boolean | None = None
    """Whether snapshots can hold the memory of a running machine."""
    supports_linked_clones: Boolean | None = None
    """Whether clones can share blocks with their source."""
    supports_suspend: Boolean | None = None
    """Whether it stops machines with their memory kept, for powerState Suspended."""
    supports_guest_commands: Boolean | None = None
    """Whether it runs programs inside guests, for hooks."""
    supports_image_import: Boolean | None = None
    """Whether it imports images."""
    supports_image_inventory: Boolean | None = None
    """Whether it looks for images and deletes those that it imported."""
    supports_disk_export: Boolean | None = None
    """Whether it exports disks."""
    supports_disk_import: Boolean | None = None
    """Whether it imports disks."""
    supports_export_compression: Boolean | None = None
    """Whether exported disks can be compressed."""
    supported_disk_types: tuple[str, ...] = ()
    """Types of disks that it makes."""
    supported_network_types: tuple[str, ...] = ()
    """Types of networks that it connects to."""
    supported_export_formats: tuple[str, ...] = ()
    """Formats of exported disks."""
    supported_import_formats: tuple[str, ...] = ()
    """Formats of disks that it imports."""
    supported_export_backends: tuple[str, ...] = ()
    """Staging places that it exports to: pvc, nfs, s3."""
    supported_import_backends: tuple[str, ...] = ()
    """Staging places that it imports from: pvc, nfs, s3."""
    supported_transfer_modes: tuple[str, ...] = ()
    """Ways that disks take: auto, relay, direct."""


class ProviderRuntimeStatus(KubeModel):
    """The process of the provider as it was last seen."""

    mode: RuntimeMode | None = None
    """Where the provider runs."""
    phase: ProviderRuntimePhase | None = None
    """Where the process stands, in one word."""
    message: str | None = None
    """Where the process stands, in one sentence."""
    endpoint: str | None = None
    """Host name and port that the manager dials."""
    service_ref: Annotated[CoreLocalReference, SchemaMark.ATOMIC_MAP] | None = None
    """The Service that leads to the pods."""
    ready_replicas: Int32 | None = None
    """Number of pods that answer."""
    available_replicas: Int32 | None = None
    """Number of pods that have answered for long enough."""


class AdoptionOutcome(StrEnum):
    """What becomes of a machine that no VirtualMachine stands for."""

    ADOPTABLE = "Adoptable"
    LEFT_ALONE = "LeftAlone"
    FAILED = "Failed"


class DiscoveredMachine(KubeModel):
    """A machine that no VirtualMachine stands for."""

    id: str
    """The hypervisor's name for the machine."""
    name: str
    """Name of the machine on the hypervisor."""
    outcome: AdoptionOutcome
    """Whether it is or would be adopted (Adoptable), is not (LeftAlone), or could not be (Failed)."""
    message: str | None = None
    """As what it would be adopted, or why it is not."""


class AdoptionStatus(KubeModel):
    """What became of machines that were there before VirtRigaud."""

    discovered_vms: Int32 | None = None
    """Number of machines found that no VirtualMachine stands for."""
    adopted_vms: Int32 | None = None
    """Number of machines adopted."""
    failed_adoptions: Int32 | None = None
    """Number of machines that could not be adopted."""
    last_discovery_time: Timestamp | None = None
    """When what was found last changed."""
    message: str | None = None
    """Where adoption stands, in one sentence."""
    machines: Annotated[tuple[DiscoveredMachine, ...], MaxLen(200), ListMap("id")] = ()
    """Machines that no VirtualMachine stands for, the first 200 by their ids."""


class ResourceUsage(KubeModel):
    """How much there is of something, and how much is used: MHz of CPU, bytes of memory and storage."""

    total: Int64 | None = None
    """How much there is."""
    used: Int64 | None = None
    """How much is used."""
    available: Int64 | None = None
    """How much is free."""
    usage_percent: Int32 | None = None
    """How much is used, in percent."""


class NetworkUsage(KubeModel):
    """What went over the network."""

    bytes_sent: Int64 | None = None
    """Bytes sent."""
    bytes_received: Int64 | None = None
    """Bytes received."""
    packets_sent: Int64 | None = None
    """Packets sent."""
    packets_received: Int64 | None = None
    """Packets received."""


class ProviderResourceUsage(KubeModel):
    """How much of the hypervisor is used."""

    cpu: ResourceUsage | None = None
    """CPU, in MHz."""
    memory: ResourceUsage | None = None
    """Memory, in bytes."""
    storage: ResourceUsage | None = None
    """Storage, in bytes."""
    network: NetworkUsage | None = None
    """Network."""


class ProviderStatus(KubeModel):
    """The provider as it was last seen."""

    healthy: Boolean | None = None
    """Whether the hypervisor answered when it was last asked."""
    last_health_check: Timestamp | None = None
    """When the hypervisor was last asked."""
    version: str | None = None
    """Version of the hypervisor."""
    runtime: ProviderRuntimeStatus | None = None
    """The process of the provider."""
    capabilities: tuple[ProviderCapability, ...] = ()
    """Sorts of things that the provider can do."""
    reported_capabilities: ReportedCapabilities | None = None
    """What the running provider says that it can do."""
    connected_vms: Int32 | None = None
    """Number of VirtualMachines that refer to the provider."""
    resource_usage: ProviderResourceUsage | None = None
    """How much of the hypervisor is used."""
    adoption: AdoptionStatus | None = None
    """What became of machines that were there before VirtRigaud."""
    observed_generation: Int64 | None = None
    """The metadata.generation that this status speaks of."""
    conditions: Conditions = ()
    """What is known about the provider, one fact per condition."""
