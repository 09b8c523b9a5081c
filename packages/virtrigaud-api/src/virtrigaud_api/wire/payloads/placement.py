"""Placement as JSON, as Create, Reconfigure and Clone carry it."""

from virtrigaud_api.contract import Placement
from virtrigaud_api.wire.json_fields import PlacementField
from virtrigaud_api.wire.json_reader import Document, JsonObject


def placement_to_json(placement: Placement) -> Document | None:
    """Return the placement, None when nothing is placed."""
    if placement == Placement():
        return None
    document: Document = {
        PlacementField.DATASTORE: placement.datastore or "",
        PlacementField.STORAGE_POD: placement.storage_pod or "",
        PlacementField.CLUSTER: placement.cluster or "",
        PlacementField.FOLDER: placement.folder or "",
        PlacementField.HOST: placement.host or "",
    }
    if placement.resource_pool is None:
        return document
    return document | {PlacementField.RESOURCE_POOL: placement.resource_pool}


def placement_from_json(document: JsonObject) -> Placement:
    """Read a placement.

    Raises:
        InvalidSpec: A member is no text.
    """
    return Placement(
        datastore=document.optional_text(PlacementField.DATASTORE),
        storage_pod=document.optional_text(PlacementField.STORAGE_POD),
        cluster=document.optional_text(PlacementField.CLUSTER),
        folder=document.optional_text(PlacementField.FOLDER),
        host=document.optional_text(PlacementField.HOST),
        resource_pool=document.optional_text(PlacementField.RESOURCE_POOL),
    )
