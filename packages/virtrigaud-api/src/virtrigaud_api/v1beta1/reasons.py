"""The reasons of conditions and Events: one word for programs, beside the message for people."""

from enum import StrEnum


class ProviderReason(StrEnum):
    """Why a condition of a provider is as it is."""

    DEPLOYMENT_READY = "DeploymentReady"
    DEPLOYMENT_NOT_READY = "DeploymentNotReady"
    DEPLOYMENT_ERROR = "DeploymentError"
    SERVICE_ERROR = "ServiceError"
    MISSING_RUNTIME = "MissingRuntime"
    INVALID_CONFIGURATION = "InvalidConfiguration"
    TLS_NOT_CONFIGURED = "TLSNotConfigured"
    REMOTE_AVAILABLE = "RemoteAvailable"
    PROVIDER_UNAVAILABLE = "ProviderUnavailable"
    CREDENTIALS_REFUSED = "CredentialsRefused"
    ENABLED = "Enabled"
    TLS_BLOCK_MISSING = "TLSBlockMissing"
    EXPLICITLY_DISABLED = "ExplicitlyDisabled"
    SECRET_REF_MISSING = "SecretRefMissing"  # noqa: S105 - a reason, no secret
    CAPABILITIES_FETCHED = "CapabilitiesFetched"
    CAPABILITIES_UNAVAILABLE = "CapabilitiesUnavailable"


class VirtualMachineReason(StrEnum):
    """Why a condition of a virtual machine is as it is."""

    RECONCILE_SUCCESS = "ReconcileSuccess"
    WAITING_FOR_DEPENDENCIES = "WaitingForDependencies"
    PROVIDER_ERROR = "ProviderError"
    PROVIDER_UNAVAILABLE = "ProviderUnavailable"
    VALIDATION_ERROR = "ValidationError"
    CONFLICT = "Conflict"
    UNSUPPORTED = "Unsupported"
    NO_CAPACITY = "NoCapacity"
    REFUSED = "Refused"
    MISSING = "Missing"
    TASK_IN_PROGRESS = "TaskInProgress"
    CREATING = "Creating"
    UPDATING = "Updating"
    PENDING_RESTART = "PendingRestart"
    DELETING = "Deleting"


class VMImageReason(StrEnum):
    """Why a condition of an image is as it is."""

    PREPARED = "Prepared"
    IMPORTING = "Importing"
    MISSING_ON_PROVIDER = "MissingOnProvider"
    WAITING_FOR_IMAGE = "WaitingForImage"
