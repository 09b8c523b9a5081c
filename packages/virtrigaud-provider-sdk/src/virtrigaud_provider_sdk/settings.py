"""The settings that every provider process has; a provider's own settings are a subclass.

Each field is a flag (`--health-port`) and an environment variable (its alias, or its name in capitals);
`command_line` reads both. The paths are those that a pod gets from its volumes, below `mount_root`.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from virtrigaud_api.address_policy import AddressPolicy

TLS_MOUNT = "etc/virtrigaud/tls"
CREDENTIALS_MOUNT = "etc/virtrigaud/credentials"
SCRATCH_MOUNT = "tmp"
TASK_JOURNAL = "virtrigaud-tasks.sqlite"

Port = Annotated[int, Field(ge=0, le=65535)]
Seconds = Annotated[float, Field(ge=0, le=3600)]


class LogLevel(StrEnum):
    """The least severe messages that are logged."""

    DEBUG = "debug"
    INFO = "info"
    WARN = "warn"
    ERROR = "error"


class LogFormat(StrEnum):
    """How log lines are written."""

    JSON = "json"
    TEXT = "text"


class ProviderSettings(BaseSettings):
    """What a provider process is told by its flags and its environment; flags win.

    A subclass sets the default of `provider_type` and adds its own fields, each with a description.
    """

    model_config = SettingsConfigDict(extra="ignore", frozen=True, populate_by_name=True, case_sensitive=False)

    provider_type: str = Field(default="", validation_alias="PROVIDER_TYPE", description="spec.type of the Provider")

    port: Port = Field(
        default=9443, validation_alias="VIRTRIGAUD_PROVIDER_PORT", description="gRPC port; 0 takes a free one"
    )
    health_port: Port = Field(
        default=8080,
        validation_alias="VIRTRIGAUD_PROVIDER_HEALTH_PORT",
        description="HTTP port of /healthz, /readyz, /health and /metrics; 0 takes a free one",
    )
    bind_address: str = Field(
        default="",
        validation_alias="VIRTRIGAUD_PROVIDER_BIND_ADDRESS",
        description="IP address to listen on; empty means all",
    )
    mount_root: Path = Field(
        default=Path("/"),
        validation_alias="VIRTRIGAUD_MOUNT_ROOT",
        description="Directory below which the pod's volumes are mounted",
    )

    state_directory: Path | None = Field(
        default=None,
        validation_alias="VIRTRIGAUD_PROVIDER_STATE_DIRECTORY",
        description="Writable directory of what survives a restart; unset: tmp below the mount root",
    )

    insecure: bool = Field(
        default=False,
        validation_alias="VIRTRIGAUD_PROVIDER_INSECURE",
        description="Serve without TLS when no TLS files are mounted",
    )
    allowed_sans: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        validation_alias="VIRTRIGAUD_PROVIDER_ALLOWED_SANS",
        description="Comma list of DNS SANs, URI SANs or common names that clients may have; empty means any",
    )

    allowed_addresses: str = Field(
        default="",
        validation_alias="VIRTRIGAUD_PROVIDER_ALLOWED_ADDRESSES",
        description="Comma list of the networks that tenants' URLs may lead to; empty means all that are not refused "
        "anyway: loopback, link-local, multicast, reserved, metadata services",
    )

    log_level: LogLevel = Field(default=LogLevel.INFO, validation_alias="LOG_LEVEL", description="Log verbosity")
    log_format: LogFormat = Field(default=LogFormat.TEXT, validation_alias="LOG_FORMAT", description="Log format")
    otlp_endpoint: str = Field(
        default="",
        validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT",
        description="Base URL of an OTLP/HTTP receiver that traces are sent to; empty means none",
    )
    drain_seconds: Seconds = Field(
        default=25,
        validation_alias="VIRTRIGAUD_PROVIDER_DRAIN_SECONDS",
        description="Longest time that running calls and tasks get to finish after SIGTERM",
    )
    validate_seconds: Seconds = Field(
        default=30,
        gt=0,
        validation_alias="VIRTRIGAUD_PROVIDER_VALIDATE_SECONDS",
        description="Time between two checks of a healthy hypervisor",
    )

    endpoint: str = Field(default="", validation_alias="PROVIDER_ENDPOINT", description="Address of the hypervisor")
    namespace: str = Field(
        default="", validation_alias="PROVIDER_NAMESPACE", description="Namespace of the Provider object"
    )
    name: str = Field(default="", validation_alias="PROVIDER_NAME", description="Name of the Provider object")
    insecure_skip_verify: bool = Field(
        default=False,
        validation_alias="TLS_INSECURE_SKIP_VERIFY",
        description="Do not verify the hypervisor's certificate",
    )
    default_datastore: str = Field(
        default="", validation_alias="PROVIDER_DEFAULT_DATASTORE", description="Datastore of machines that name none"
    )
    default_storage_pod: str = Field(
        default="",
        validation_alias="PROVIDER_DEFAULT_STORAGE_POD",
        description="Datastore cluster of machines that name none",
    )
    default_cluster: str = Field(
        default="", validation_alias="PROVIDER_DEFAULT_CLUSTER", description="Cluster of machines that name none"
    )
    default_folder: str = Field(
        default="", validation_alias="PROVIDER_DEFAULT_FOLDER", description="Folder of machines that name none"
    )

    @field_validator("allowed_sans", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(name.strip() for name in value.split(",") if name.strip())

    @field_validator("allowed_addresses")
    @classmethod
    def _networks(cls, value: str) -> str:
        AddressPolicy.of(allowed=value)
        return value

    @field_validator("log_level", "log_format", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        lowered = value.strip().lower()
        return "warn" if lowered == "warning" else lowered

    @property
    def tls_directory(self) -> Path:
        """Where tls.crt, tls.key and ca.crt are mounted."""
        return self.mount_root / TLS_MOUNT

    @property
    def credentials_directory(self) -> Path:
        """Where the keys of the credentials Secret are mounted, one file each."""
        return self.mount_root / CREDENTIALS_MOUNT

    @property
    def scratch_directory(self) -> Path:
        """Where the process may write; emptied when the pod goes."""
        return self.mount_root / SCRATCH_MOUNT

    @property
    def address_policy(self) -> AddressPolicy:
        """Which addresses the URLs of tenants may lead to: for `Downloader` and `StagingSettings`."""
        return AddressPolicy.of(allowed=self.allowed_addresses)

    @property
    def task_journal(self) -> Path:
        """The file in which tasks survive a restart, for a provider that opens a `TaskJournal`."""
        return (self.state_directory or self.scratch_directory) / TASK_JOURNAL
