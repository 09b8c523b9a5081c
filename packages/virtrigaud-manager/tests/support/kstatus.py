"""The rules by which kstatus (kubectl plugins, Flux, Helm, cli-utils) tells how any object stands.

Written from the description in sigs.k8s.io/cli-utils/pkg/kstatus: deletion first, then the generation,
then the conditions Reconciling and Stalled, then Ready.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any


class KStatus(Enum):
    CURRENT = "Current"
    IN_PROGRESS = "InProgress"
    FAILED = "Failed"
    TERMINATING = "Terminating"


def kstatus_of(document: Mapping[str, Any]) -> KStatus:
    """Tell how an object stands, knowing nothing of its kind."""
    metadata, status = document["metadata"], document.get("status") or {}
    if metadata.get("deletionTimestamp"):
        return KStatus.TERMINATING
    observed = status.get("observedGeneration")
    if observed is not None and observed != metadata.get("generation"):
        return KStatus.IN_PROGRESS
    conditions = {found["type"]: found["status"] for found in status.get("conditions", ())}
    if conditions.get("Reconciling") == "True":
        return KStatus.IN_PROGRESS
    if conditions.get("Stalled") == "True":
        return KStatus.FAILED
    return KStatus.IN_PROGRESS if conditions.get("Ready", "True") != "True" else KStatus.CURRENT
