"""The story of one machine, told with kubectl: waiting, created, resized, shut down, started, deleted.

Called by `command` once the local system is up. The same for every hypervisor.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from virtrigaud_api.v1beta1 import keys

from virtrigaud_cli.demo.kubectl import Kubectl
from virtrigaud_cli.demo.narrator import Narrator
from virtrigaud_cli.demo.scene import Scene
from virtrigaud_cli.failure import CommandFailed
from virtrigaud_cli.kube.blocking import BlockingApi
from virtrigaud_cli.kube.discovery import our_resources
from virtrigaud_cli.kube.resources import DEPLOYMENT, POD, VIRTUAL_MACHINE

NAMESPACE: Final = "default"
MACHINE: Final = "hello"
LARGE_CPUS: Final = "2"
_MACHINE_TARGET: Final = f"virtualmachine/{MACHINE}"


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that the chapters need."""

    scene: Scene
    kubectl: Kubectl
    api: BlockingApi
    narrator: Narrator
    manifests: Path

    def tell(self) -> None:
        """Tell the whole story.

        Raises:
            CommandFailed: a step failed or took too long.
        """
        self._kinds()
        self._provider()
        self._waiting_machine()
        self._running_machine()
        self._resize()
        self._power()
        self._delete()

    def _kinds(self) -> None:
        with self.narrator.chapter("The kinds"):
            crds = self.manifests.parents[2] / "charts" / "virtrigaud" / "crds"
            self.kubectl.run("apply", "--server-side", "-f", _typed(crds))
            self.kubectl.run("api-resources", f"--api-group={keys.GROUP}")

    def _provider(self) -> None:
        name = self.scene.provider
        with self.narrator.chapter(f"A provider: {name}, a process of its own behind mutual TLS"):
            self.kubectl.run("create", "secret", "generic", f"{name}-credentials")
            self._apply("provider.yaml")
            self.kubectl.wait(f"provider/{name}", "condition=ProviderAvailable")
            self.kubectl.run("get", "providers,deployments,pods,secrets")

    def _waiting_machine(self) -> None:
        with self.narrator.chapter("A machine whose size and image are not there yet waits, and says for what"):
            self._apply("virtual-machine.yaml")
            self.kubectl.wait(_MACHINE_TARGET, "jsonpath={.status.phase}=Pending")
            self.kubectl.run("get", _MACHINE_TARGET, _path("status.message"))

    def _running_machine(self) -> None:
        with self.narrator.chapter("The size and the image appear: the machine is created and runs"):
            with self.kubectl.following("get", "virtualmachines", "--watch", until=_says("Running")):
                for manifest in ("classes.yaml", "network.yaml", "image.yaml"):
                    if (self.manifests / manifest).exists():
                        self._apply(manifest)
            self.kubectl.wait(_MACHINE_TARGET, "condition=Ready")
            self.kubectl.wait(_MACHINE_TARGET, "jsonpath={.status.ips[0]}")
            self.kubectl.run("get", _MACHINE_TARGET, "--output=wide")
            self.kubectl.run("get", "events", f"--field-selector=involvedObject.name={MACHINE}")
            self._meet_guest()

    def _resize(self) -> None:
        with self.narrator.chapter("Another class: the machine is resized"):
            self._patch('{"spec":{"classRef":{"name":"large"}}}')
            self.kubectl.wait(_MACHINE_TARGET, f"jsonpath={{.status.currentResources.cpu}}={LARGE_CPUS}")
            self.kubectl.wait(_MACHINE_TARGET, "condition=Ready")
            self.kubectl.run("get", _MACHINE_TARGET, _path("status.currentResources"))

    def _power(self) -> None:
        with self.narrator.chapter("OffGraceful: the guest is asked to shut down"):
            self._patch('{"spec":{"powerState":"OffGraceful"}}')
            self.kubectl.wait(_MACHINE_TARGET, "jsonpath={.status.phase}=Stopped")
            self.kubectl.run("get", _MACHINE_TARGET)
        with self.narrator.chapter("On: it starts again"):
            self._patch('{"spec":{"powerState":"On"}}')
            self.kubectl.wait(_MACHINE_TARGET, "jsonpath={.status.phase}=Running")
            self.kubectl.run("get", _MACHINE_TARGET)

    def _delete(self) -> None:
        with self.narrator.chapter("Delete: the machine goes first, then everything else; nothing is left"):
            self.kubectl.run("delete", _MACHINE_TARGET)
            self.kubectl.run("delete", "--ignore-not-found", "-f", _typed(self.manifests))
            self.kubectl.run("wait", "--for=delete", "pods", "--all", f"--timeout={self.scene.patience_seconds:.0f}s")
            self.kubectl.run(
                "get", ",".join(resource.plural for resource in our_resources(self.api)), "--all-namespaces"
            )
            left = [*self._objects_left(), *self.scene.leftovers()]
            if left:
                raise CommandFailed(f"something is left: {', '.join(left)}")

    def _objects_left(self) -> list[str]:
        return [
            f"{resource.kind} {item['metadata']['name']}"
            for resource in (*our_resources(self.api), DEPLOYMENT, POD)
            for item in self.api.list(resource)["items"]
        ]

    def _meet_guest(self) -> None:
        status = self.api.get(VIRTUAL_MACHINE, NAMESPACE, MACHINE)["status"]
        self.scene.meet_guest(str(status["id"]), str(status["ips"][0]), self.narrator)

    def _apply(self, manifest: str) -> None:
        self.kubectl.run("apply", "-f", _typed(self.manifests / manifest))

    def _patch(self, patch: str) -> None:
        self.kubectl.run("patch", _MACHINE_TARGET, "--type=merge", f"--patch={patch}")


def _says(word: str) -> Callable[[str], bool]:
    return lambda line: word in line.split()


def _path(field: str) -> str:
    return f'--output=jsonpath={{.{field}}}{{"\\n"}}'


def _typed(path: Path) -> str:
    """The path as a person here would type it."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
