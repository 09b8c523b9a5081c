"""What a provider can do, in the words of its status; what it can't is left out. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from virtrigaud_api.contract import Capabilities, Facet
from virtrigaud_api.v1beta1.provider_status import ProviderCapability, ReportedCapabilities

_SORTS: Final[Mapping[Facet, ProviderCapability]] = {
    Facet.SNAPSHOTS: ProviderCapability.SNAPSHOTS,
    Facet.CLONES: ProviderCapability.CLONING,
    Facet.IMAGES: ProviderCapability.TEMPLATES,
}


def sorts_of(capabilities: Capabilities) -> tuple[ProviderCapability, ...]:
    """Say what sorts of things a provider can do, as far as its answers tell."""
    sorts = [ProviderCapability.VIRTUAL_MACHINES]
    sorts += [sort for facet, sort in _SORTS.items() if facet in capabilities.facets]
    if capabilities.disk_types:
        sorts.append(ProviderCapability.DISK_MANAGEMENT)
    if capabilities.network_types:
        sorts.append(ProviderCapability.NETWORK_MANAGEMENT)
    return tuple(sorts)


def reported(capabilities: Capabilities) -> ReportedCapabilities:
    """Say what a provider can do."""
    facets = capabilities.facets
    said: dict[str, Any] = {
        "supports_reconfigure_online": capabilities.reconfigure_online,
        "supports_disk_expansion_online": capabilities.disk_expansion_online,
        "supports_snapshots": Facet.SNAPSHOTS in facets,
        "supports_memory_snapshots": capabilities.memory_snapshots,
        "supports_linked_clones": capabilities.linked_clones,
        "supports_suspend": capabilities.suspend,
        "supports_guest_commands": Facet.GUEST_COMMANDS in facets,
        "supports_image_import": Facet.IMAGES in facets,
        "supports_image_inventory": Facet.IMAGE_INVENTORY in facets,
        "supports_disk_export": Facet.DISK_TRANSFER in facets,
        "supports_disk_import": Facet.DISK_TRANSFER in facets,
        "supports_export_compression": capabilities.export_compression,
        "supported_disk_types": capabilities.disk_types,
        "supported_network_types": capabilities.network_types,
        "supported_export_formats": capabilities.export_formats,
        "supported_import_formats": capabilities.import_formats,
        "supported_export_backends": tuple(backend.value for backend in capabilities.export_backends),
        "supported_import_backends": tuple(backend.value for backend in capabilities.import_backends),
        "supported_transfer_modes": tuple(mode.value for mode in capabilities.transfer_modes),
    }
    return ReportedCapabilities(**{name: value for name, value in said.items() if value})
