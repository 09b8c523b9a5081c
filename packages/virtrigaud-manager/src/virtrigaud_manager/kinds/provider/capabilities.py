"""What a provider can do, in the words of `status.reportedCapabilities`; what it can't is left out. Pure."""

from typing import Any

from virtrigaud_api.contract import Capabilities, Facet
from virtrigaud_api.v1beta1.provider_status import ReportedCapabilities


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
