"""The columns that `kubectl get` prints for each kind."""

from collections.abc import Mapping
from dataclasses import dataclass

from virtrigaud_api.v1beta1 import (
    Provider,
    VirtualMachine,
    VMClass,
    VMClone,
    VMImage,
    VMMigration,
    VMNetworkAttachment,
    VMPlacementPolicy,
    VMSet,
    VMSnapshot,
)
from virtrigaud_api.v1beta1.kube_object import KubeObject


@dataclass(frozen=True, slots=True)
class PrinterColumn:
    """A column: its heading, its type and where its value is."""

    name: str
    type: str
    json_path: str

    def to_schema(self) -> dict[str, str]:
        """Write the column as an item of additionalPrinterColumns."""
        return {"name": self.name, "type": self.type, "jsonPath": self.json_path}


_AGE = PrinterColumn("Age", "date", ".metadata.creationTimestamp")

PRINTER_COLUMNS: Mapping[type[KubeObject], tuple[PrinterColumn, ...]] = {
    Provider: (
        PrinterColumn("Type", "string", ".spec.type"),
        PrinterColumn("Endpoint", "string", ".spec.endpoint"),
        PrinterColumn("Healthy", "boolean", ".status.healthy"),
        PrinterColumn("Connected VMs", "integer", ".status.connectedVMs"),
        _AGE,
    ),
    VirtualMachine: (
        PrinterColumn("Phase", "string", ".status.phase"),
        PrinterColumn("Provider", "string", ".spec.providerRef.name"),
        PrinterColumn("Class", "string", ".spec.classRef.name"),
        PrinterColumn("Image", "string", ".spec.imageRef.name"),
        PrinterColumn("IPs", "string", ".status.ips[*]"),
        _AGE,
    ),
    VMClass: (
        PrinterColumn("CPU", "integer", ".spec.cpu"),
        PrinterColumn("Memory", "string", ".spec.memory"),
        PrinterColumn("Firmware", "string", ".spec.firmware"),
        PrinterColumn("Used By", "integer", ".status.usedByVMs"),
        _AGE,
    ),
    VMImage: (
        PrinterColumn("Ready", "boolean", ".status.ready"),
        PrinterColumn("Phase", "string", ".status.phase"),
        PrinterColumn("Size", "string", ".status.size"),
        PrinterColumn("Providers", "string", ".status.availableOn[*]"),
        _AGE,
    ),
    VMNetworkAttachment: (
        PrinterColumn("Ready", "boolean", ".status.ready"),
        PrinterColumn("Type", "string", ".spec.network.type"),
        PrinterColumn("Connected VMs", "integer", ".status.connectedVMs"),
        PrinterColumn("Providers", "string", ".status.availableOn[*]"),
        _AGE,
    ),
    VMPlacementPolicy: (
        PrinterColumn("Used By VMs", "integer", ".status.usedByVMs[*]"),
        PrinterColumn("Priority", "integer", ".spec.priority"),
        PrinterColumn("Successful", "integer", ".status.placementStats.successfulPlacements"),
        PrinterColumn("Failed", "integer", ".status.placementStats.failedPlacements"),
        _AGE,
    ),
    VMSet: (
        PrinterColumn("Desired", "integer", ".spec.replicas"),
        PrinterColumn("Current", "integer", ".status.replicas"),
        PrinterColumn("Ready", "integer", ".status.readyReplicas"),
        PrinterColumn("Updated", "integer", ".status.updatedReplicas"),
        _AGE,
    ),
    VMSnapshot: (
        PrinterColumn("VM", "string", ".spec.vmRef.name"),
        PrinterColumn("Phase", "string", ".status.phase"),
        PrinterColumn("Size", "string", ".status.size"),
        PrinterColumn("Created", "date", ".status.creationTime"),
        PrinterColumn("Expires", "date", ".status.expiryTime"),
        _AGE,
    ),
    VMClone: (
        PrinterColumn("Source", "string", ".spec.source.vmRef.name"),
        PrinterColumn("Target", "string", ".spec.target.name"),
        PrinterColumn("Phase", "string", ".status.phase"),
        PrinterColumn("Clone Type", "string", ".status.actualCloneType"),
        PrinterColumn("Progress", "string", ".status.progress.overallPercentage"),
        _AGE,
    ),
    VMMigration: (
        PrinterColumn("Source", "string", ".spec.source.vmRef.name"),
        PrinterColumn("Target", "string", ".spec.target.name"),
        PrinterColumn("Phase", "string", ".status.phase"),
        PrinterColumn("Progress", "string", ".status.progress.percentage"),
        _AGE,
    ),
}
