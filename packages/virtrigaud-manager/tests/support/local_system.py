"""The real thing in a test: API server, manager and memory provider, each a process of its own, talking mTLS.

What a kubelet would do (start the provider of a Deployment, say that it is ready) the test does.
"""

import asyncio
import base64
import os
import signal
import socket
import ssl
import sys
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Self

import aiohttp
from certificates import Authority
from manifests import Manifest, provider, vm_class, vm_image
from virtrigaud_api.crd.custom_resource import custom_resource_definition
from virtrigaud_api.v1beta1 import KINDS
from virtrigaud_api.v1beta1.provider_names import provider_dns_name, provider_service_name
from virtrigaud_localkube import LocalKubeProcess

DEADLINE_SECONDS = 30.0
PLURALS = {
    "Provider": "providers",
    "VirtualMachine": "virtualmachines",
    "VMClass": "vmclasses",
    "VMImage": "vmimages",
    "VMNetworkAttachment": "vmnetworkattachments",
}
CORE = "/api/v1/namespaces/default"
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
OURS = "/apis/infra.virtrigaud.io/v1beta1/namespaces/default"
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
MERGE = {"Content-Type": "application/merge-patch+json"}
APPLY = {"Content-Type": "application/apply-patch+yaml"}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class LocalSystem:
    """Starts and ends the processes."""

    def __init__(self, kube: LocalKubeProcess, directory: Path) -> None:
        self.kube = kube
        self.directory = directory
        self.authority = Authority("test")
        self.health_port, self.metrics_port = free_port(), free_port()
        self.manager: Process | None = None
        self._managers: list[Process] = []
        self.provider: Process | None = None
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        context = ssl.create_default_context(cafile=str(self.kube.ca_path))
        self._session = aiohttp.ClientSession(
            self.kube.url,
            headers={"Authorization": f"Bearer {self.kube.token}"},
            connector=aiohttp.TCPConnector(ssl=context),
        )
        for kind in KINDS:
            await self.ask("POST", CRDS, custom_resource_definition(kind))
        return self

    async def __aexit__(self, *error: object) -> None:
        for process in (*self._managers, self.provider):
            if process is not None and process.returncode is None:
                process.terminate()
                await asyncio.wait_for(process.wait(), DEADLINE_SECONDS)
        assert self._session is not None
        await self._session.close()

    async def ask(self, method: str, path: str, body: object = None, **headers: Any) -> dict[str, Any]:
        assert self._session is not None
        async with self._session.request(method, path, json=body, headers=headers.get("headers")) as response:
            answer: dict[str, Any] = await response.json()
            assert response.status < 400 or response.status == 404, answer
            return answer

    async def apply(self, *manifests: Manifest) -> None:
        for manifest in manifests:
            path = f"{OURS}/{PLURALS[manifest['kind']]}/{manifest['metadata']['name']}"
            await self.ask("PATCH", f"{path}?fieldManager=test&force=true", manifest, headers=APPLY)

    async def put_secret(self, name: str, **values: bytes) -> None:
        body = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": name},
            "data": {key: base64.b64encode(value).decode() for key, value in values.items()},
        }
        await self.ask("PATCH", f"{CORE}/secrets/{name}?fieldManager=test&force=true", body, headers=APPLY)

    async def furnish(self, name: str = "lab", secret: Mapping[str, bytes] | None = None) -> None:
        await self.put_secret(f"{name}-credentials")
        await self.put_secret(f"{name}-tls", **(secret or self.identity(name)))
        runtime = {"image": "memory:1", "service": {"tls": {"secretRef": {"name": f"{name}-tls"}}}}
        credentials = {"name": f"{name}-credentials"}
        await self.apply(provider(name, runtime=runtime, credentialSecretRef=credentials), vm_class(), vm_image())

    def identity(self, name: str = "lab") -> dict[str, bytes]:
        return self.authority.secret(provider_dns_name("default", name))

    # Objects.

    async def get(self, kind: str, name: str) -> dict[str, Any]:
        return await self.ask("GET", f"{OURS}/{PLURALS[kind]}/{name}")

    async def delete(self, kind: str, name: str) -> None:
        await self.ask("DELETE", f"{OURS}/{PLURALS[kind]}/{name}")

    async def condition(self, kind: str, name: str, type_: str) -> tuple[str, str, str]:
        found = (await self.get(kind, name)).get("status", {}).get("conditions", [])
        return next(((it["status"], it["reason"], it["message"]) for it in found if it["type"] == type_), ("", "", ""))

    async def until(self, reached: Callable[[], Awaitable[bool]]) -> None:
        async with asyncio.timeout(DEADLINE_SECONDS):
            while not await reached():  # noqa: ASYNC110 - the condition is in another process
                await asyncio.sleep(0.02)

    async def until_condition(self, kind: str, name: str, type_: str, status: str, reason: str) -> str:
        """Wait for a condition, and return its message."""
        message = ""

        async def reached() -> bool:
            nonlocal message
            *seen, message = await self.condition(kind, name, type_)
            return seen == [status, reason]

        await self.until(reached)
        return message

    async def until_ready(self, name: str = "web") -> None:
        await self.until_condition("VirtualMachine", name, "Ready", "True", "ReconcileSuccess")

    async def until_gone(self, kind: str, name: str) -> None:
        async def gone() -> bool:
            return (await self.get(kind, name)).get("code") == 404

        await self.until(gone)

    # Processes.

    async def start_manager(self, *flags: str) -> None:
        ports = (
            f"--health-probe-bind-address=127.0.0.1:{self.health_port}",
            f"--metrics-bind-address=127.0.0.1:{self.metrics_port}",
        )
        self.manager = await self.spawn_manager("manager", *ports, *flags)

    async def spawn_manager(self, name: str, *flags: str) -> Process:
        """Start one more manager, with a log of its own."""
        with (self.directory / f"{name}.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "virtrigaud_manager",
                f"--kubeconfig={self.kube.kubeconfig}",
                *flags,
                stderr=log,
            )
        self._managers.append(process)
        return process

    async def start_provider(
        self, name: str = "lab", identity: Mapping[str, bytes] | None = None, **environment: str
    ) -> None:
        service = provider_service_name("default", name)
        address = await self._cluster_ip(service)
        self.mount_identity(identity or await self.secret(f"{name}-tls"), name)
        with (self.directory / "provider.log").open("ab") as log:
            self.provider = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "virtrigaud_provider_memory",
                f"--bind-address={address}",
                f"--mount-root={self.directory / name}",
                f"--state={self.directory / name / 'state.db'}",
                stderr=log,
                env={**os.environ, "PROVIDER_ENDPOINT": "memory://lab", **environment},
            )
        await self.until(lambda: self._listens(address))
        await self.set_ready_replicas(1, name)

    def mount_identity(self, identity: Mapping[str, bytes], name: str = "lab") -> None:
        """Put the files of a TLS Secret where the provider reads them, as a kubelet does."""
        tls = self.directory / name / "etc/virtrigaud/tls"
        tls.mkdir(parents=True, exist_ok=True)
        for file, content in identity.items():
            (tls / file).write_bytes(content)

    async def stop_provider(self, sent: signal.Signals = signal.SIGKILL) -> None:
        assert self.provider is not None
        self.provider.send_signal(sent)
        await self.provider.wait()

    async def set_ready_replicas(self, number: int, name: str = "lab") -> None:
        path = f"{DEPLOYMENTS}/{provider_service_name('default', name)}"

        async def made() -> bool:
            return (await self.ask("GET", path)).get("code") != 404

        await self.until(made)
        await self.ask("PATCH", f"{path}/status", {"status": {"readyReplicas": number}}, headers=MERGE)

    def log_of(self, process: str) -> str:
        return (self.directory / f"{process}.log").read_text()

    async def secret(self, name: str) -> dict[str, bytes]:
        """Read a Secret of the namespace."""
        data = (await self.ask("GET", f"{CORE}/secrets/{name}"))["data"]
        return {key: base64.b64decode(value) for key, value in data.items()}

    async def _cluster_ip(self, service: str) -> str:
        address = ""

        async def known() -> bool:
            nonlocal address
            address = (await self.ask("GET", f"{CORE}/services/{service}")).get("spec", {}).get("clusterIP", "")
            return bool(address)

        await self.until(known)
        return address

    @staticmethod
    async def _listens(address: str) -> bool:
        try:
            _, writer = await asyncio.open_connection(address, 9443)
        except OSError:
            return False
        writer.close()
        return True
