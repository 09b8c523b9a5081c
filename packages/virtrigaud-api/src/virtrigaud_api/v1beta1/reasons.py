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
    MANAGED = "Managed"
    CERTIFICATE_ERROR = "CertificateError"
    RESOURCE_ERROR = "ResourceError"
    MAINTENANCE = "Maintenance"
    IN_OPERATION = "InOperation"
    IN_USE = "InUse"
    DELETING = "Deleting"


class VirtualMachineReason(StrEnum):
    """Why a condition of a virtual machine is as it is."""

    RECONCILE_SUCCESS = "ReconcileSuccess"
    WAITING_FOR_DEPENDENCIES = "WaitingForDependencies"
    WAITING_FOR_IMAGE = "WaitingForImage"
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
    PROTECTED = "DeletionProtected"
    QUOTA_EXCEEDED = "QuotaExceeded"
    DELETING = "Deleting"
    MACHINE_EXISTS = "MachineExists"
    NOT_MADE = "NotMade"
    ANSWERING = "Answering"
    AS_DESCRIBED = "AsDescribed"
    DIFFERS = "Differs"
    NOT_SEEN = "NotSeen"
    NOT_KNOWN = "NotKnown"
    ADDRESS_KNOWN = "AddressKnown"
    NO_ADDRESS = "NoAddress"
    NO_RESTART_PENDING = "NoRestartPending"
    HOOK_RUNNING = "HookRunning"
    HOOK_SUCCEEDED = "HookSucceeded"
    HOOK_FAILED = "HookFailed"
    HOOK_TIMED_OUT = "HookTimedOut"
    MAINTENANCE = "Maintenance"
    ORIGIN_CHANGED = "OriginChanged"


class VMImageReason(StrEnum):
    """Why a condition of an image is as it is."""

    PREPARED = "Prepared"
    IMPORTING = "Importing"
    MISSING_ON_PROVIDER = "MissingOnProvider"
    WAITING_FOR_IMAGE = "WaitingForImage"
    IMPORT_FAILED = "ImportFailed"
    PROVIDER_UNAVAILABLE = "ProviderUnavailable"
    NOT_IN_USE = "NotInUse"
    VALID = "Valid"
    VALIDATION_ERROR = "ValidationError"
    IN_USE = "InUse"
    DELETING = "Deleting"
    PROVIDER_ERROR = "ProviderError"


class VMClassReason(StrEnum):
    """Why a condition of a class is as it is."""

    VALID = "Valid"
    SUPPORTED = "Supported"
    UNSUPPORTED = "Unsupported"
    NOT_IN_USE = "NotInUse"
    IN_USE = "InUse"


class VMNetworkAttachmentReason(StrEnum):
    """Why a condition of a network is as it is."""

    VALID = "Valid"
    VALIDATION_ERROR = "ValidationError"
    NOT_IN_USE = "NotInUse"
    IN_USE = "InUse"


class VMPlacementPolicyReason(StrEnum):
    """Why a condition of a placement policy is as it is."""

    VALID = "Valid"
    INVALID = "Invalid"
    UNSUPPORTED = "Unsupported"
    CONFLICTS = "Conflicts"
    NO_CONFLICTS = "NoConflicts"


class VMSetReason(StrEnum):
    """Why a condition of a set is as it is."""

    ALL_REPLICAS_READY = "AllReplicasReady"
    CREATING_REPLICAS = "CreatingReplicas"
    DELETING_REPLICAS = "DeletingReplicas"
    UPDATING_REPLICAS = "UpdatingReplicas"
    SCALING_UP = "ScalingUp"
    SCALING_DOWN = "ScalingDown"
    PROVIDER_ERROR = "ProviderError"
    INSUFFICIENT_RESOURCES = "InsufficientResources"
    CONTROLLER_NOT_IMPLEMENTED = "ControllerNotImplemented"


class VMSnapshotReason(StrEnum):
    """Why a condition of a snapshot is as it is."""

    CREATED = "Created"
    CREATING = "Creating"
    DELETING = "Deleting"
    EXPIRED = "Expired"
    WAITING_FOR_DEPENDENCIES = "WaitingForDependencies"
    PROVIDER_ERROR = "ProviderError"
    UNSUPPORTED_BY_PROVIDER = "UnsupportedByProvider"
    UNSUPPORTED = "Unsupported"
    QUIESCE_FAILED = "QuiesceFailed"
    MEMORY_INCLUDED = "MemoryIncluded"


class VMCloneReason(StrEnum):
    """Why a condition of a clone is as it is."""

    COMPLETED = "Completed"
    CLONING = "Cloning"
    CUSTOMIZING = "Customizing"
    SOURCE_NOT_FOUND = "SourceNotFound"
    UNSUPPORTED_SOURCE = "UnsupportedSource"
    LINKED_CLONE_UNSUPPORTED = "LinkedCloneUnsupported"
    UNSUPPORTED = "Unsupported"
    PROVIDER_ERROR = "ProviderError"
    INSUFFICIENT_RESOURCES = "InsufficientResources"
    CUSTOMIZATION_FAILED = "CustomizationFailed"
    CONFLICT = "Conflict"


class VMMigrationReason(StrEnum):
    """Why a condition of a migration is as it is."""

    VALIDATION_STARTED = "ValidationStarted"
    VALIDATION_COMPLETE = "ValidationComplete"
    VALIDATION_FAILED = "ValidationFailed"
    SOURCE_NOT_FOUND = "SourceNotFound"
    SOURCE_VM_NOT_READY = "SourceVMNotReady"
    SOURCE_PROVIDER_NOT_READY = "SourceProviderNotReady"
    TARGET_PROVIDER_NOT_READY = "TargetProviderNotReady"
    WAITING_FOR_STORAGE_MOUNT = "WaitingForStorageMount"
    SNAPSHOT_SELECTED = "SnapshotSelected"
    SNAPSHOT_COMPLETE = "SnapshotComplete"
    EXPORT_COMPLETE = "ExportComplete"
    TRANSFER_COMPLETE = "TransferComplete"
    IMPORT_COMPLETE = "ImportComplete"
    MIGRATION_COMPLETE = "MigrationComplete"
    MIGRATION_FAILED = "MigrationFailed"
    RETRYING = "Retrying"
    PROVIDER_ERROR = "ProviderError"
    STORAGE_ERROR = "StorageError"
    TIMEOUT = "Timeout"
    COMPLETED = "Completed"
    VALIDATING = "Validating"
    EXPORTING = "Exporting"
    TRANSFERRING = "Transferring"
    IMPORTING = "Importing"


class VMImageEvent(StrEnum):
    """What is told about an image as an Event."""

    PREPARED = "Prepared"
    IMPORT_FAILED = "ImportFailed"
    COPY_DELETED = "CopyDeleted"
    COPY_LEFT = "CopyLeft"


class VMSnapshotEvent(StrEnum):
    """What is told about a snapshot as an Event."""

    READY = "SnapshotReady"
    DELETING = "SnapshotDeleting"
    DELETED = "SnapshotDeleted"
    FAILED = "SnapshotFailed"
    DELETE_FAILED = "SnapshotDeleteFailed"
    UNSUPPORTED_BY_PROVIDER = "UnsupportedByProvider"


class VMCloneEvent(StrEnum):
    """What is told about a clone as an Event."""

    COMPLETED = "Completed"
    PROVIDER_ERROR = "ProviderError"
    UNSUPPORTED_SOURCE = "UnsupportedSource"
    LINKED_CLONE_UNSUPPORTED = "LinkedCloneUnsupported"
    UNSUPPORTED = "Unsupported"


class VMMigrationEvent(StrEnum):
    """What is told about a migration as an Event."""

    VALIDATION_STARTED = "ValidationStarted"
    VALIDATION_COMPLETE = "ValidationComplete"
    SOURCE_POWER_OFF = "SourcePowerOff"
    SNAPSHOT_COMPLETE = "SnapshotComplete"
    EXPORT_COMPLETE = "ExportComplete"
    TRANSFER_COMPLETE = "TransferComplete"
    CONVERSION_COMPLETE = "ConversionComplete"
    IMPORT_COMPLETE = "ImportComplete"
    TARGET_VM_CREATED = "TargetVMCreated"
    MIGRATION_COMPLETE = "MigrationComplete"
    MIGRATION_FAILED = "MigrationFailed"
    CLEANUP_COMPLETE = "CleanupComplete"
    CLEANUP_ERRORS = "CleanupErrors"
    RETRYING = "RetryingMigration"
    PVC_CREATED = "PVCCreated"
