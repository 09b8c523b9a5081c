"""What a provider can do: its facets, found by looking at it, and the details that it states itself."""

from dataclasses import dataclass, replace
from enum import StrEnum

from virtrigaud_api.contract.clones import Clones
from virtrigaud_api.contract.disk_transfer import Backend, DiskTransfer, TransferMode
from virtrigaud_api.contract.events import Watch
from virtrigaud_api.contract.guest_commands import GuestCommands
from virtrigaud_api.contract.images import ImageInventory, Images
from virtrigaud_api.contract.owners import OwnerSearch
from virtrigaud_api.contract.snapshots import Snapshots
from virtrigaud_api.contract.tasks import TaskCancellation


class Facet(StrEnum):
    """An optional part of the port."""

    SNAPSHOTS = "snapshots"
    CLONES = "clones"
    IMAGES = "images"
    DISK_TRANSFER = "disk transfer"
    WATCH = "watch"
    TASK_CANCELLATION = "task cancellation"
    GUEST_COMMANDS = "guest commands"
    OWNER_SEARCH = "owner search"
    IMAGE_INVENTORY = "image inventory"


_PROTOCOLS: tuple[tuple[Facet, type], ...] = (
    (Facet.SNAPSHOTS, Snapshots),
    (Facet.CLONES, Clones),
    (Facet.IMAGES, Images),
    (Facet.DISK_TRANSFER, DiskTransfer),
    (Facet.WATCH, Watch),
    (Facet.TASK_CANCELLATION, TaskCancellation),
    (Facet.GUEST_COMMANDS, GuestCommands),
    (Facet.OWNER_SEARCH, OwnerSearch),
    (Facet.IMAGE_INVENTORY, ImageInventory),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a provider can do.

    A provider states the details and leaves `facets` empty; `advertised` fills it in from the
    protocols that the provider implements, so that a facet can't be claimed by hand.

    Attributes:
        reconfigure_online: CPU and memory of a running machine can change without a restart.
        disk_expansion_online: Disks of a running machine can grow.
        memory_snapshots: Snapshots can include memory.
        linked_clones: Clones can share disks with their source.
        suspend: The power verb SUSPEND works.
    """

    facets: frozenset[Facet] = frozenset()
    reconfigure_online: bool = False
    disk_expansion_online: bool = False
    memory_snapshots: bool = False
    linked_clones: bool = False
    suspend: bool = False
    disk_types: tuple[str, ...] = ()
    network_types: tuple[str, ...] = ()
    export_formats: tuple[str, ...] = ()
    import_formats: tuple[str, ...] = ()
    export_compression: bool = False
    export_backends: tuple[Backend, ...] = ()
    import_backends: tuple[Backend, ...] = ()
    transfer_modes: tuple[TransferMode, ...] = ()


def facets_of(provider: object) -> frozenset[Facet]:
    """Return the facets whose protocol the provider implements."""
    return frozenset(facet for facet, protocol in _PROTOCOLS if isinstance(provider, protocol))


def advertised(provider: object, stated: Capabilities) -> Capabilities:
    """Return what a provider may claim: its facets as implemented, its details where the facet is there."""
    facets = facets_of(provider)
    capabilities = replace(stated, facets=facets)
    if Facet.SNAPSHOTS not in facets:
        capabilities = replace(capabilities, memory_snapshots=False)
    if Facet.CLONES not in facets:
        capabilities = replace(capabilities, linked_clones=False)
    if Facet.DISK_TRANSFER not in facets:
        capabilities = replace(
            capabilities,
            export_formats=(),
            import_formats=(),
            export_compression=False,
            export_backends=(),
            import_backends=(),
            transfer_modes=(),
        )
    return capabilities
