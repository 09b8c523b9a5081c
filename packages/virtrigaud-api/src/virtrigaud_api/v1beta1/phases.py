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
