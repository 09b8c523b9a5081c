"""What a Deployment asks of the pod runner, as frozen values. Pure.

`deployment_reading` makes these from a document; `environment`, `volumes`, `probing` and `pod` use them.
"""

import re
from dataclasses import dataclass
from typing import Final

# Locally every pod runs on this one node.
NODE_NAME: Final = "local"
HOST_ADDRESS: Final = "127.0.0.1"
_LABEL_REFERENCE: Final = re.compile(r"metadata\.(labels|annotations)\['(?P<key>[^']+)'\]")


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that stands in the manifest."""

    text: str


@dataclass(frozen=True, slots=True)
class FromSecret:
    """A value that stands in a Secret."""

    name: str
    key: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class FromConfigMap:
    """A value that stands in a ConfigMap."""

    name: str
    key: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class FromField:
    """A value that the pod itself has."""

    path: str


EnvironmentValue = Literal | FromSecret | FromConfigMap | FromField


@dataclass(frozen=True, slots=True)
class EnvironmentVariable:
    """One environment variable of a container."""

    name: str
    value: EnvironmentValue


@dataclass(frozen=True, slots=True)
class KeyToPath:
    """Which key of a Secret or ConfigMap becomes which file."""

    key: str
    path: str


@dataclass(frozen=True, slots=True)
class SecretVolume:
    """Files from a Secret; all keys when no items are named."""

    secret: str
    items: tuple[KeyToPath, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class ConfigMapVolume:
    """Files from a ConfigMap; all keys when no items are named."""

    config_map: str
    items: tuple[KeyToPath, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class EmptyDirectory:
    """A folder that lives as long as the pod."""


@dataclass(frozen=True, slots=True)
class ClaimVolume:
    """A folder that outlives the pod, one for each PersistentVolumeClaim."""

    claim: str


@dataclass(frozen=True, slots=True)
class UnsupportedVolume:
    """A kind of volume that only a real node can give."""

    source: str


Volume = SecretVolume | ConfigMapVolume | EmptyDirectory | ClaimVolume | UnsupportedVolume


@dataclass(frozen=True, slots=True)
class Mount:
    """A volume at a path of the container."""

    name: str
    path: str
    volume: Volume


@dataclass(frozen=True, slots=True)
class HttpGet:
    """Asks a URL of the pod."""

    port: int
    path: str
    tls: bool = False


@dataclass(frozen=True, slots=True)
class TcpConnect:
    """Opens a connection to the pod."""

    port: int


@dataclass(frozen=True, slots=True)
class GrpcHealth:
    """Asks the gRPC health service of the pod, in plaintext as kubelets do."""

    port: int
    service: str


ProbeAction = HttpGet | TcpConnect | GrpcHealth


@dataclass(frozen=True, slots=True)
class Probe:
    """A question to the pod, and how often the answer must be yes or no before it counts."""

    action: ProbeAction
    initial_delay_seconds: float = 0
    period_seconds: float = 10
    timeout_seconds: float = 1
    success_threshold: int = 1
    failure_threshold: int = 3


@dataclass(frozen=True, slots=True)
class Container:
    """The one container of a provider pod."""

    name: str
    image: str
    arguments: tuple[str, ...]
    environment: tuple[EnvironmentVariable, ...]
    mounts: tuple[Mount, ...]
    liveness: Probe | None
    readiness: Probe | None


@dataclass(frozen=True, slots=True)
class ProviderDeployment:
    """A Deployment that runs a provider."""

    namespace: str
    name: str
    uid: str
    generation: int
    replicas: int
    provider_type: str
    labels: tuple[tuple[str, str], ...]
    annotations: tuple[tuple[str, str], ...]
    container: Container
    grace_seconds: float
    template_digest: str


@dataclass(frozen=True, slots=True)
class PodIdentity:
    """One pod of a Deployment: what its fields say about it."""

    namespace: str
    name: str
    uid: str
    address: str
    labels: tuple[tuple[str, str], ...]
    annotations: tuple[tuple[str, str], ...]

    def field(self, path: str) -> str | None:
        """The value of a field reference; None when the pod runner does not know the field."""
        if reference := _LABEL_REFERENCE.fullmatch(path):
            pairs = self.labels if reference[1] == "labels" else self.annotations
            return dict(pairs).get(reference["key"], "")
        fields = {
            "metadata.name": self.name,
            "metadata.namespace": self.namespace,
            "metadata.uid": self.uid,
            "spec.nodeName": NODE_NAME,
            "status.podIP": self.address,
            "status.hostIP": HOST_ADDRESS,
        }
        return fields.get(path)
