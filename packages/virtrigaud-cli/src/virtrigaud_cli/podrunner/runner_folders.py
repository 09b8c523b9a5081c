"""Where the pod runner keeps what: files of pods, their process records, their logs, claims that outlive them."""

from dataclasses import dataclass
from pathlib import Path

from virtrigaud_cli.podrunner.pod_template import ProviderDeployment


@dataclass(frozen=True, slots=True)
class RunnerFolders:
    """The folders below the state folder of the local system."""

    state: Path

    @property
    def pods(self) -> Path:
        """One folder a pod, named by its uid."""
        return self.state / "pods"

    @property
    def claims(self) -> Path:
        """One folder a PersistentVolumeClaim; it outlives pods and the runner."""
        return self.state / "claims"

    @property
    def logs(self) -> Path:
        """One file a part or provider."""
        return self.state / "logs"

    def pod(self, uid: str) -> Path:
        """Everything of one pod."""
        return self.pods / uid

    def pod_root(self, uid: str) -> Path:
        """What the pod sees as its files."""
        return self.pod(uid) / "root"

    def record(self, uid: str) -> Path:
        """The process of the pod."""
        return self.pod(uid) / "process.json"

    def log(self, deployment: ProviderDeployment) -> Path:
        """What the pods of a Deployment say, one after the other."""
        return self.logs / provider_log_name(deployment.namespace, deployment.name)


def provider_log_name(namespace: str, deployment: str) -> str:
    """The name of the log file of a provider Deployment."""
    return f"{namespace}.{deployment}.log"
