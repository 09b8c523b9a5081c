"""The process that serves a provider: its image, its service and its TLS, and how its pods are run.

What Kubernetes defines and VirtRigaud only passes on (affinity, probes, resources and the like) stays as it was
written; the API server checks it against the schema of the Kubernetes type.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Final

from annotated_types import MaxLen
from pydantic import Field, StringConstraints

from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.references import CoreLocalReference
from virtrigaud_api.v1beta1.scalars import Boolean, DnsLabel, Int32
from virtrigaud_api.v1beta1.schema_marks import CoreType, SchemaMark

DEFAULT_SERVICE_PORT: Final = 9443

_IMAGE = r"^[a-zA-Z0-9._/-]+(:[a-zA-Z0-9._-]+)?(@[a-zA-Z0-9]+:[a-fA-F0-9]{64})?$"


class RuntimeMode(StrEnum):
    """Where a provider runs."""

    REMOTE = "Remote"


class ImagePullPolicy(StrEnum):
    """When a container image is pulled."""

    ALWAYS = "Always"
    NEVER = "Never"
    IF_NOT_PRESENT = "IfNotPresent"


class LogLevel(StrEnum):
    """The least important lines that are logged."""

    DEBUG = "debug"
    INFO = "info"
    WARN = "warn"
    ERROR = "error"


class LogFormat(StrEnum):
    """How log lines look."""

    TEXT = "text"
    JSON = "json"


class ProviderTLS(KubeModel):
    """TLS between the manager and the provider; both prove who they are."""

    enabled: Boolean = True
    """Whether the connection is encrypted and authenticated. Without it, anyone in the cluster can drive it."""
    secret_ref: Annotated[CoreLocalReference, SchemaMark.ATOMIC_MAP] | None = None
    """The Secret in the Provider's namespace with tls.crt, tls.key and ca.crt, for both sides. Left out, the manager
    issues and renews certificates itself."""
    insecure_skip_verify: Boolean = False
    """Whether the manager accepts any certificate of the provider. For tests only."""


class ProviderService(KubeModel):
    """The service that the manager reaches the provider by."""

    port: Int32 = Field(default=DEFAULT_SERVICE_PORT, ge=1024, le=65535)
    """TCP port of the gRPC service."""
    tls: ProviderTLS | None = None
    """TLS between the manager and the provider. Without this block nothing is started."""


class ProviderNetworkPolicy(KubeModel):
    """Who may open connections to the pods, where the cluster's network enforces NetworkPolicies."""

    enabled: Boolean = True
    """Whether there is a NetworkPolicy: only the manager reaches the gRPC port, and only scrapers the metrics."""
    scraper_namespaces: Annotated[tuple[DnsLabel, ...], MaxLen(64), SchemaMark.SET] = ()
    """Namespaces whose pods may read the metrics; all when left out."""


class ProviderDisruptionBudget(KubeModel):
    """How many pods may be taken away at a time when a node is drained."""

    enabled: Boolean = True
    """Whether there is a PodDisruptionBudget."""
    max_unavailable: Int32 = Field(default=1, ge=0, le=10)
    """Most pods that may be missing; 0 lets no pod be taken away."""


class ProviderRuntime(KubeModel):
    """How the process of the provider is run."""

    mode: RuntimeMode = RuntimeMode.REMOTE
    """Where the provider runs: Remote is a Deployment of its own."""
    image: Annotated[str, StringConstraints(pattern=_IMAGE)]
    """Container image of the provider."""
    image_pull_policy: ImagePullPolicy = ImagePullPolicy.IF_NOT_PRESENT
    """When the image is pulled."""
    image_pull_secrets: Annotated[tuple[Annotated[CoreLocalReference, SchemaMark.ATOMIC_MAP], ...], MaxLen(10)] = ()
    """Secrets that open the registry."""
    replicas: Int32 = Field(default=1, ge=1, le=10)
    """Number of pods."""
    service: ProviderService | None = None
    """The service that the manager reaches the provider by."""
    log_level: LogLevel = LogLevel.INFO
    """The least important lines that the provider logs."""
    log_format: LogFormat = LogFormat.TEXT
    """How the provider's log lines look."""
    env: Annotated[tuple[Annotated[Mapping[str, Any], CoreType("EnvVar")], ...], MaxLen(50)] = Field(
        default=(), repr=False
    )
    """Environment variables of the provider, in addition to those that VirtRigaud sets."""
    resources: Annotated[Mapping[str, Any], CoreType("ResourceRequirements")] | None = None
    """CPU and memory of each pod."""
    node_selector: Mapping[str, str] = Field(default_factory=dict)
    """Labels of the nodes that the pods may run on."""
    tolerations: Annotated[tuple[Annotated[Mapping[str, Any], CoreType("Toleration")], ...], MaxLen(20)] = ()
    """Taints of nodes that the pods tolerate."""
    affinity: Annotated[Mapping[str, Any], CoreType("Affinity")] | None = None
    """Nodes and pods that the pods want to be near to or far from."""
    topology_spread_constraints: Annotated[
        tuple[Annotated[Mapping[str, Any], CoreType("TopologySpreadConstraint")], ...], MaxLen(20)
    ] = ()
    """How the pods are spread over zones and nodes. Without a labelSelector, the Provider's own pods are meant."""
    priority_class_name: str | None = Field(default=None, max_length=253)
    """How important the pods are when nodes are full."""
    network_policy: ProviderNetworkPolicy | None = None
    """Who may open connections to the pods. Left out, only the manager may where it runs in the cluster."""
    pod_disruption_budget: ProviderDisruptionBudget | None = None
    """How many pods may be taken away at a time. Left out, one where there are several."""
    security_context: Annotated[Mapping[str, Any], CoreType("SecurityContext")] | None = None
    """Rights of the container; it replaces the restricted ones that VirtRigaud sets."""
    liveness_probe: Annotated[Mapping[str, Any], CoreType("Probe")] | None = None
    """When a pod is started anew."""
    readiness_probe: Annotated[Mapping[str, Any], CoreType("Probe")] | None = None
    """When a pod gets requests."""
