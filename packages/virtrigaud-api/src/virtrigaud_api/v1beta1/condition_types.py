"""The condition types that VirtRigaud writes, one enumeration for each kind.

The condition itself, in which other controllers may write further types, is in `condition`.
"""

from enum import StrEnum


class ProviderCondition(StrEnum):
    """What is observed about a provider."""

    RUNTIME_READY = "ProviderRuntimeReady"
    AVAILABLE = "ProviderAvailable"
    TLS_CONFIGURED = "TLSConfigured"
    CAPABILITIES_REPORTED = "CapabilitiesReported"


class VirtualMachineCondition(StrEnum):
    """What is observed about a virtual machine."""

    READY = "Ready"
    PROVISIONING = "Provisioning"
    RECONFIGURING = "Reconfiguring"
    DELETING = "Deleting"


class VMClassCondition(StrEnum):
    """What is observed about a class."""

    READY = "Ready"
    VALIDATED = "Validated"
    SUPPORTED = "Supported"


class VMImageCondition(StrEnum):
    """What is observed about an image."""

    READY = "Ready"
    IMPORTING = "Importing"
    DOWNLOADING = "Downloading"
    VALIDATED = "Validated"


class VMNetworkAttachmentCondition(StrEnum):
    """What is observed about a network."""

    READY = "Ready"
    CONFIGURING = "Configuring"
    VALIDATED = "Validated"
