"""What the manager is told by its flags and its environment; flags win. All mistakes are said at once.

Each field is a flag (`--health-probe-bind-address`) and an environment variable with the same name
(`VIRTRIGAUD_HEALTH_PROBE_BIND_ADDRESS`).
"""

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import AliasChoices, Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from virtrigaud_api.address_policy import AddressPolicy
from virtrigaud_api.v1beta1 import Duration

from virtrigaud_manager.cluster.connection import SERVICE_ACCOUNT

ENVIRONMENT_PREFIX = "VIRTRIGAUD_"
OFF = "0"

_NAMESPACE_OUTSIDE = "default"
_SHORTEST_CERTIFICATE = timedelta(seconds=10)
_SHORTEST_LEASE = timedelta(seconds=2)


def _own_namespace() -> str:
    """Return the namespace of the pod that this process runs in."""
    try:
        return (SERVICE_ACCOUNT / "namespace").read_text().strip() or _NAMESPACE_OUTSIDE
    except OSError:
        return _NAMESPACE_OUTSIDE


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


class ManagerSettings(BaseSettings):
    """The settings of the manager."""

    model_config = SettingsConfigDict(env_prefix=ENVIRONMENT_PREFIX, extra="ignore", frozen=True)

    kubeconfig: Path | None = Field(
        default=None,
        description="kubeconfig of the API server; by default KUBECONFIG, the service account, ~/.kube/config",
    )
    namespaces: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="comma list of the namespaces to serve; all when empty"
    )
    namespace: str = Field(
        default_factory=_own_namespace,
        min_length=1,
        description="the namespace that the manager itself is in; by default that of its pod, outside of a cluster "
        f"{_NAMESPACE_OUTSIDE}",
    )
    leader_elect: bool = Field(
        default=False, description="whether several managers agree on one that acts, through a Lease; the others wait"
    )
    lease_duration: timedelta = Field(
        default=timedelta(seconds=9), description="how long a leader that is not heard of stays one, such as 9s"
    )
    pod_labels: Annotated[tuple[tuple[str, str], ...], NoDecode] = Field(
        default=(),
        description="comma list of label=value by which the manager's own pods are found; NetworkPolicies name them",
    )
    certificate_lifetime: timedelta = Field(
        default=timedelta(days=90),
        description="how long the certificates live that the manager issues for providers, such as 2160h; they are "
        "renewed when two thirds of it are over",
    )
    metrics_bind_address: str = Field(default=":8080", description="host:port of /metrics; 0 turns it off")
    health_probe_bind_address: str = Field(
        default=":8081", description="host:port of /healthz and /readyz; 0 turns it off"
    )
    webhook_bind_address: str = Field(
        default=OFF, description="host:port of the admission webhooks, such as :9443; 0 turns them off"
    )
    webhook_service: str = Field(
        default="",
        validate_default=True,
        pattern=r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(:[0-9]{1,5})?)?$",
        description="the Service of the manager's namespace, as name or name:port, that leads to the webhooks; where "
        "they listen when empty",
    )
    webhook_certificate_dir: Path | None = Field(
        default=None,
        description="directory with tls.crt, tls.key and ca.crt of the webhooks; by default the manager makes them",
    )
    resync_period: timedelta = Field(
        default=timedelta(minutes=10), description="time between two listings of everything, such as 10m"
    )
    poll_period: timedelta = Field(
        default=timedelta(seconds=30), description="time between two listings of a provider that streams no events"
    )
    hook_allowed_addresses: str = Field(
        default="",
        description="comma list of networks that HTTP hooks of machines may connect to; empty: all but loopback, "
        "link-local, multicast and metadata addresses, which are refused in any case",
    )
    hook_exempt_addresses: str = Field(
        default="", description="comma list of networks that no rule for hooks holds for: for tests on loopback"
    )
    log_level: LogLevel = Field(default=LogLevel.INFO, description="debug, info, warn or error")
    log_format: LogFormat = Field(default=LogFormat.TEXT, description="json or text")
    otlp_endpoint: str = Field(
        default="",
        validation_alias=AliasChoices("otlp_endpoint", "VIRTRIGAUD_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"),
        description="base URL of an OTLP/HTTP receiver that traces are sent to; empty means none, "
        "OTEL_EXPORTER_OTLP_ENDPOINT is read too",
    )

    @property
    def hook_addresses(self) -> AddressPolicy:
        """Return which addresses HTTP hooks may connect to."""
        return AddressPolicy.of(allowed=self.hook_allowed_addresses, exempt=self.hook_exempt_addresses)

    @field_validator("hook_allowed_addresses", "hook_exempt_addresses")
    @classmethod
    def _networks(cls, value: str) -> str:
        AddressPolicy.of(allowed=value)
        return value

    @field_validator("namespaces", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(name.strip() for name in value.split(",") if name.strip())

    @field_validator("pod_labels", mode="before")
    @classmethod
    def _labels(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        pairs = [pair.strip().partition("=") for pair in value.split(",") if pair.strip()]
        if not all(name and equals and label for name, equals, label in pairs):
            raise ValueError("write label=value, several with commas between")
        return tuple((name, label) for name, _, label in pairs)

    @field_validator("resync_period", "poll_period", "lease_duration", "certificate_lifetime", mode="before")
    @classmethod
    def _duration(cls, value: object) -> object:
        return Duration(value).timedelta if isinstance(value, str) else value

    @field_validator("resync_period", "poll_period")
    @classmethod
    def _positive(cls, value: timedelta) -> timedelta:
        if value < timedelta(seconds=1):
            raise ValueError("must be at least 1s")
        return value

    @field_validator("certificate_lifetime")
    @classmethod
    def _long_enough(cls, value: timedelta) -> timedelta:
        if value < _SHORTEST_CERTIFICATE:
            raise ValueError(f"must be at least {_SHORTEST_CERTIFICATE.seconds}s")
        return value

    @field_validator("lease_duration")
    @classmethod
    def _whole_seconds(cls, value: timedelta) -> timedelta:
        if value < _SHORTEST_LEASE or value.microseconds:
            raise ValueError(f"must be whole seconds, {_SHORTEST_LEASE.seconds}s or more")
        return value

    @field_validator("webhook_service")
    @classmethod
    def _reachable(cls, value: str, info: ValidationInfo) -> str:
        address = info.data.get("webhook_bind_address", OFF)
        if not value and address != OFF and split_address(address)[0] is None:
            raise ValueError("must be set, because webhooks that listen on every address have none of their own")
        return value

    @field_validator("metrics_bind_address", "health_probe_bind_address", "webhook_bind_address")
    @classmethod
    def _address(cls, value: str) -> str:
        if value != OFF:
            split_address(value)
        return value


def split_address(address: str) -> tuple[str | None, int]:
    """Return host and port of `host:port`; no host means all interfaces.

    Raises:
        ValueError: It is neither.
    """
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 65535:
        raise ValueError(f"{address!r} is no address; write host:port, :port, or 0 to turn it off")
    return host.strip("[]") or None, int(port)
