"""Capabilities as a protobuf message, both ways: the facets are flags on the wire."""

from collections.abc import Iterable
from typing import TypeVar

from virtrigaud_api.contract import Backend, Capabilities, Facet, TransferMode
from virtrigaud_api.wire.generated import provider_pb2 as pb2

_Word = TypeVar("_Word", Backend, TransferMode)


def capabilities_to_message(capabilities: Capabilities) -> pb2.GetCapabilitiesResponse:
    """Return what a provider can do, with its facets as flags."""
    facets = capabilities.facets
    return pb2.GetCapabilitiesResponse(
        supports_reconfigure_online=capabilities.reconfigure_online,
        supports_disk_expansion_online=capabilities.disk_expansion_online,
        supports_snapshots=Facet.SNAPSHOTS in facets,
        supports_memory_snapshots=capabilities.memory_snapshots,
        supports_linked_clones=capabilities.linked_clones,
        supports_image_import=Facet.IMAGES in facets,
        supported_disk_types=capabilities.disk_types,
        supported_network_types=capabilities.network_types,
        supports_disk_export=Facet.DISK_TRANSFER in facets,
        supports_disk_import=Facet.DISK_TRANSFER in facets,
        supported_export_formats=capabilities.export_formats,
        supported_import_formats=capabilities.import_formats,
        supports_export_compression=capabilities.export_compression,
        supported_export_backends=capabilities.export_backends,
        supported_import_backends=capabilities.import_backends,
        supported_transfer_modes=capabilities.transfer_modes,
        supports_clones=Facet.CLONES in facets,
        supports_watch=Facet.WATCH in facets,
        supports_task_cancel=Facet.TASK_CANCELLATION in facets,
        supports_owner_search=Facet.OWNER_SEARCH in facets,
        supports_image_inventory=Facet.IMAGE_INVENTORY in facets,
        supports_suspend=capabilities.suspend,
        supports_guest_commands=Facet.GUEST_COMMANDS in facets,
    )


def capabilities_from_message(message: pb2.GetCapabilitiesResponse) -> Capabilities:
    """Read what a provider can do.

    A Go provider does not know the flag for clones: it clones if it makes linked clones. A provider
    that transfers disks and names no backend has PVC, and one that names no mode relays. A backend or
    mode that this side does not know is left out.
    """
    exports, imports = message.supports_disk_export, message.supports_disk_import
    transfers = exports or imports
    return Capabilities(
        facets=_facets(message),
        reconfigure_online=message.supports_reconfigure_online,
        disk_expansion_online=message.supports_disk_expansion_online,
        memory_snapshots=message.supports_memory_snapshots,
        linked_clones=message.supports_linked_clones,
        suspend=message.supports_suspend,
        disk_types=tuple(message.supported_disk_types),
        network_types=tuple(message.supported_network_types),
        export_formats=tuple(message.supported_export_formats),
        import_formats=tuple(message.supported_import_formats),
        export_compression=message.supports_export_compression,
        export_backends=_known(Backend, message.supported_export_backends, Backend.PVC if exports else None),
        import_backends=_known(Backend, message.supported_import_backends, Backend.PVC if imports else None),
        transfer_modes=_known(
            TransferMode, message.supported_transfer_modes, TransferMode.RELAY if transfers else None
        ),
    )


def _facets(message: pb2.GetCapabilitiesResponse) -> frozenset[Facet]:
    flags = {
        Facet.SNAPSHOTS: message.supports_snapshots,
        Facet.CLONES: message.supports_clones or message.supports_linked_clones,
        Facet.IMAGES: message.supports_image_import,
        Facet.DISK_TRANSFER: message.supports_disk_export or message.supports_disk_import,
        Facet.WATCH: message.supports_watch,
        Facet.TASK_CANCELLATION: message.supports_task_cancel,
        Facet.OWNER_SEARCH: message.supports_owner_search,
        Facet.IMAGE_INVENTORY: message.supports_image_inventory,
        Facet.GUEST_COMMANDS: message.supports_guest_commands,
    }
    return frozenset(facet for facet, flag in flags.items() if flag)


def _known(words: type[_Word], texts: Iterable[str], implied: _Word | None) -> tuple[_Word, ...]:
    """Return the words that this side knows, or the implied one where the peer names none at all."""
    named = list(texts)
    if not named:
        return () if implied is None else (implied,)
    return tuple(word for text in named for word in words if word.value == text)
