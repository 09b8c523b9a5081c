"""A fresh local system with memory providers, for the time of a benchmark."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from string import Template
from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families

BIN = Path(sys.executable).parent
MANIFESTS = Path(__file__).parent / "manifests.yaml"
PROVIDER = "memory"
READY_SECONDS = 60
API_WRITES = "virtrigaud_manager_api_writes_total"


@dataclass(frozen=True, slots=True)
class LocalSystem:
    """A running system, by its state folder."""

    state: Path

    @property
    def kubeconfig(self) -> Path:
        """Return the kubeconfig of its API server."""
        return self.state / "kubeconfig"

    def kubectl(self, *arguments: str) -> str:
        """Run kubectl against it and return what it prints."""
        return run("kubectl", f"--kubeconfig={self.kubeconfig}", *arguments)

    def pid(self, part: str) -> int:
        """Return the process id of a part."""
        return int(json.loads((self.state / "run" / f"{part}.json").read_text())["pid"])

    def provider_pid(self, provider: str = PROVIDER) -> int:
        """Return the process id of the pod of a Provider."""
        records = [json.loads(path.read_text()) for path in self.state.glob("pods/*/process.json")]
        [pid] = [record["pid"] for record in records if provider in record["name"].split("-")]
        return int(pid)

    def object_writes(self) -> float:
        """Return how often the manager has written an object; how it announces its webhooks is another matter."""
        port = json.loads((self.state / "ports.json").read_text())["manager_metrics"]
        url = f"http://127.0.0.1:{port}/metrics"
        announced = ("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration")
        return counter(url, API_WRITES) - sum(counter(url, API_WRITES, kind) for kind in announced)

    def manager_counter(self, name: str) -> float:
        """Return the sum over all labels of one of the manager's counters."""
        port = json.loads((self.state / "ports.json").read_text())["manager_metrics"]
        return counter(f"http://127.0.0.1:{port}/metrics", name)

    def provider_counter(self, name: str) -> float:
        """Return the sum over all labels of one of the provider's counters."""
        address = self.kubectl(
            "get",
            "services",
            "--selector=app.kubernetes.io/instance=memory",
            "-o",
            "jsonpath={.items[0].spec.clusterIP}",
        )
        return counter(f"http://{address}:8080/metrics", name)


def counter(url: str, name: str, kind: str | None = None) -> float:
    """Return the sum of a counter of a metrics page over all labels, or over those of one kind of objects."""
    with urlopen(url, timeout=5) as page:  # noqa: S310 - our own page on loopback
        families = text_string_to_metric_families(page.read().decode())
        samples = [sample for family in families for sample in family.samples if sample.name == name]
        return sum(sample.value for sample in samples if kind is None or sample.labels.get("kind") == kind)


def resident_mib(pid: int, field: str = "VmHWM") -> float:
    """Return a process's memory from /proc: the peak, or with VmRSS the present."""
    status = Path(f"/proc/{pid}/status").read_text()
    [line] = [line for line in status.splitlines() if line.startswith(f"{field}:")]
    return int(line.split()[1]) / 1024


@contextmanager
def local_system(
    providers: Sequence[str] = (PROVIDER,), *, settings: Mapping[str, str] | None = None
) -> Iterator[LocalSystem]:
    """Start a system, make its providers available, and stop everything at the end.

    Args:
        providers: Names of the memory providers.
        settings: Environment of the system's processes, beside that of this one.
    """
    with tempfile.TemporaryDirectory(prefix="virtrigaud-bench-") as folder:
        system = LocalSystem(Path(folder) / "state")
        run("vrtg", "up", f"--state={system.state}", settings=settings)
        try:
            for provider in providers:
                make_provider_available(system, provider)
            yield system
        finally:
            run("vrtg", "down", f"--state={system.state}")


def run(program: str, *arguments: str, text: str | None = None, settings: Mapping[str, str] | None = None) -> str:
    """Run a program of the environment and return what it prints."""
    command, environment = [str(BIN / program), *arguments], {**os.environ, **(settings or {})}
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, input=text, env=environment).stdout


def make_provider_available(system: LocalSystem, provider: str) -> None:
    """Apply a provider whose tasks take no time, with its Secrets, and wait until it answers."""
    run("vrtg", "provider-tls", f"default/{provider}", f"--kubeconfig={system.kubeconfig}")
    system.kubectl("create", "secret", "generic", f"{provider}-credentials")
    manifests = Template(MANIFESTS.read_text()).substitute(provider=provider)
    run("kubectl", f"--kubeconfig={system.kubeconfig}", "apply", "--filename=-", text=manifests)
    deadline = time.monotonic() + READY_SECONDS
    while system.kubectl("get", "provider", provider, "-o", "jsonpath={.status.healthy}") != "true":
        if time.monotonic() > deadline:
            raise TimeoutError(system.kubectl("get", "provider", provider, "-o", "yaml"))
        time.sleep(0.2)
