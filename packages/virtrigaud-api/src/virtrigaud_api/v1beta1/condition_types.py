"""The condition types that VirtRigaud writes, one enumeration for each kind.

The condition itself, in which other controllers may write further types, is in `condition`.
"""

from enum import StrEnum

STALLED = "Stalled"
"""There, and True, only while an object waits for a person; tools that follow kstatus call it failed then."""


class ProviderCondition(StrEnum):
    """What is observed about a provider."""

    RUNTIME_READY = "ProviderRuntimeReady"
    AVAILABLE = "ProviderAvailable"
    TLS_CONFIGURED = "TLSConfigured"
    CAPABILITIES_REPORTED = "CapabilitiesReported"
    MAINTENANCE = "Maintenance"
    DELETING = "Deleting"


class VirtualMachineCondition(StrEnum):
    """What is observed about a virtual machine."""

    READY = "Ready"
    PROVISIONING = "Provisioning"
    RECONFIGURING = "Reconfiguring"
    DELETING = "Deleting"
    PROVISIONED = "Provisioned"
    PROVIDER_AVAILABLE = "ProviderAvailable"
    POWER_STATE_MATCHES = "PowerStateMatches"
    RESOURCES_MATCH = "ResourcesMatch"
    ADDRESS_ASSIGNED = "AddressAssigned"
    RESTART_REQUIRED = "RestartRequired"
    PRE_STOP_COMPLETED = "PreStopCompleted"
    POST_START_COMPLETED = "PostStartCompleted"
    RECREATE_REQUIRED = "RecreateRequired"
    DRIFT_DETECTED = "DriftDetected"
    STALLED = STALLED


class VMClassCondition(StrEnum):
    """What is observed about a class."""

    READY = "Ready"
    VALIDATED = "Validated"
    SUPPORTED = "Supported"
    DELETING = "Deleting"


class VMImageCondition(StrEnum):
    """What is observed about an image."""

    READY = "Ready"
    IMPORTING = "Importing"
    DOWNLOADING = "Downloading"
    VALIDATED = "Validated"
    DELETING = "Deleting"
    STALLED = STALLED


class VMNetworkAttachmentCondition(StrEnum):
    """What is observed about a network."""

    READY = "Ready"
    CONFIGURING = "Configuring"
    VALIDATED = "Validated"
    DELETING = "Deleting"


class VMPlacementPolicyCondition(StrEnum):
    """What is observed about a placement policy."""

    READY = "Ready"
    VALIDATED = "Validated"
    CONFLICTS = "Conflicts"
    SUPPORTED = "Supported"


class VMSetCondition(StrEnum):
    """What is observed about a set."""

    READY = "Ready"
    PROGRESSING = "Progressing"
    REPLICA_FAILURE = "ReplicaFailure"
    UPDATE_IN_PROGRESS = "UpdateInProgress"
    SCALING = "Scaling"


class VMSnapshotCondition(StrEnum):
    """What is observed about a snapshot."""

    READY = "Ready"
    CREATING = "Creating"
    DELETING = "Deleting"
    EXPIRED = "Expired"


class VMCloneCondition(StrEnum):
    """What is observed about a clone."""

    READY = "Ready"
    CLONING = "Cloning"
    CUSTOMIZING = "Customizing"
    FAILED = "Failed"


class VMMigrationCondition(StrEnum):
    """What is observed about a migration."""

    READY = "Ready"
    VALIDATING = "Validating"
    SNAPSHOTTING = "Snapshotting"
    EXPORTING = "Exporting"
    TRANSFERRING = "Transferring"
    IMPORTING = "Importing"
    FAILED = "Failed"
