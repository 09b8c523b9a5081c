"""The phases: one word each for where an object stands, derived from its conditions for people to read."""

from enum import StrEnum


class ProviderRuntimePhase(StrEnum):
    """Where the process of a provider stands."""

    PENDING = "Pending"
    STARTING = "Starting"
    RUNNING = "Running"
    STOPPING = "Stopping"
    FAILED = "Failed"


class VirtualMachinePhase(StrEnum):
    """Where a virtual machine stands."""

    PENDING = "Pending"
    PROVISIONING = "Provisioning"
    RUNNING = "Running"
    STOPPED = "Stopped"
    RECONFIGURING = "Reconfiguring"
    DELETING = "Deleting"
    FAILED = "Failed"


class VMImagePhase(StrEnum):
    """Where the preparation of an image stands."""

    PENDING = "Pending"
    DOWNLOADING = "Downloading"
    IMPORTING = "Importing"
    CONVERTING = "Converting"
    OPTIMIZING = "Optimizing"
    READY = "Ready"
    FAILED = "Failed"


class VMNetworkAttachmentPhase(StrEnum):
    """Where the configuration of a network stands."""

    PENDING = "Pending"
    CONFIGURING = "Configuring"
    READY = "Ready"
    FAILED = "Failed"


class VMSnapshotPhase(StrEnum):
    """Where a snapshot stands."""

    PENDING = "Pending"
    CREATING = "Creating"
    READY = "Ready"
    DELETING = "Deleting"
    FAILED = "Failed"
    EXPIRED = "Expired"


class VMClonePhase(StrEnum):
    """Where a clone stands."""

    PENDING = "Pending"
    PREPARING = "Preparing"
    CLONING = "Cloning"
    CUSTOMIZING = "Customizing"
    POWERING_ON = "Powering-On"
    READY = "Ready"
    FAILED = "Failed"


class VMMigrationPhase(StrEnum):
    """Where a migration stands."""

    PENDING = "Pending"
    VALIDATING = "Validating"
    SNAPSHOTTING = "Snapshotting"
    EXPORTING = "Exporting"
    TRANSFERRING = "Transferring"
    CONVERTING = "Converting"
    IMPORTING = "Importing"
    CREATING = "Creating"
    VALIDATING_TARGET = "Validating-Target"
    READY = "Ready"
    FAILED = "Failed"


class VMSetUpdatePhase(StrEnum):
    """Where the update of a set stands."""

    PENDING = "Pending"
    IN_PROGRESS = "InProgress"
    PAUSED = "Paused"
    COMPLETED = "Completed"
    FAILED = "Failed"
