"""One namespace with what a machine needs, for a test that shares the system with others."""

import asyncio
import base64
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import grpc
from virtrigaud_api.contract import MachineState
from virtrigaud_api.v1beta1.keys import ANNOTATION_FORCE_DELETE, ANNOTATION_TRUE
from virtrigaud_api.v1beta1.provider_names import provider_dns_name, provider_service_name
from virtrigaud_api.wire.certificates import TlsMaterial, channel_credentials, channel_options
from virtrigaud_api.wire.client import GrpcProvider
from virtrigaud_cli.certificates.provider_secret import ensure_provider_tls
from virtrigaud_cli.kube.api_refusal import ApiRefusal
from virtrigaud_cli.kube.blocking import BlockingApi
from virtrigaud_cli.kube.resources import (
    NAMESPACE,
    PROVIDER,
    SECRET,
    SERVICE,
    VIRTUAL_MACHINE,
    VM_CLASS,
    VM_IMAGE,
    Resource,
)

from tests.e2e.support.local_system import LocalSystem
from tests.e2e.support.polling import eventually

Document = dict[str, Any]
GRPC_PORT = 9443


@dataclass(frozen=True, slots=True)
class Tenant:
    """A namespace and how to speak to it."""

    system: LocalSystem
    namespace: str

    @classmethod
    def create(cls, system: LocalSystem, title: str) -> Self:
        readable = re.sub(r"[^a-z0-9]+", "-", title.lower())[:40].strip("-")
        namespace = f"{readable}-{secrets.token_hex(3)}"
        tenant = cls(system, namespace)
        document = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
        tenant.api.apply(NAMESPACE, document)
        return tenant

    @property
    def api(self) -> BlockingApi:
        return self.system.api

    def apply(self, resource: Resource, name: str, spec: Mapping[str, Any]) -> Document:
        return self.api.apply(
            resource,
            {
                **_kind(resource),
                "metadata": {"namespace": self.namespace, "name": name},
                "spec": dict(spec),
            },
        )

    def add_secret(self, name: str, **contents: str) -> None:
        data = {key: base64.b64encode(value.encode()).decode() for key, value in contents.items()}
        metadata = {"namespace": self.namespace, "name": name}
        self.api.apply(SECRET, {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data})

    def add_provider(
        self, name: str = "memory", *, wait: bool = True, with_tls_secret: bool = True, **environment: str
    ) -> None:
        """A provider with its Secrets; its machines outlive its process, as on a real hypervisor."""
        self.add_secret(f"{name}-credentials")
        if with_tls_secret:
            ensure_provider_tls(self.api, self.namespace, name)
        variables = {"VIRTRIGAUD_MEMORY_STATE": str(self.state_file(name))} | environment
        self.apply(
            PROVIDER,
            name,
            {
                "type": "memory",
                "endpoint": "memory://test",
                "credentialSecretRef": {"name": f"{name}-credentials"},
                "runtime": {
                    "image": "example/provider:1",
                    "service": {"tls": {"secretRef": {"name": f"{name}-tls"}}},
                    "env": [{"name": key, "value": value} for key, value in variables.items()],
                },
            },
        )
        if wait:
            self.wait_for_condition(PROVIDER, name, "ProviderAvailable", "True")

    def add_class(self, name: str, *, cpu: int, memory: str) -> None:
        self.apply(VM_CLASS, name, {"cpu": cpu, "memory": memory})

    def add_image(self, name: str) -> None:
        self.apply(VM_IMAGE, name, {"source": {"libvirt": {"path": f"{name}.qcow2"}}})

    def add_machine(self, name: str, **spec: Any) -> None:
        wanted = {
            "providerRef": {"name": "memory"},
            "classRef": {"name": "small"},
            "imageRef": {"name": "guest"},
            "networks": [{"name": "lan"}],
        }
        self.apply(VIRTUAL_MACHINE, name, wanted | spec)

    def state_file(self, provider: str) -> Path:
        return self.system.state.folder / f"{self.namespace}.{provider}.machines"

    def read(self, resource: Resource, name: str) -> Document | None:
        try:
            return self.api.get(resource, self.namespace, name)
        except ApiRefusal as refusal:
            if refusal.is_absent:
                return None
            raise

    def machine(self, name: str) -> Document:
        return self.api.get(VIRTUAL_MACHINE, self.namespace, name)

    def status(self, name: str) -> Document:
        return dict(self.machine(name).get("status") or {})

    def condition(self, resource: Resource, name: str, kind: str) -> Document:
        """One condition; empty while the object has none such."""
        document = self.read(resource, name) or {}
        conditions: Iterable[Document] = (document.get("status") or {}).get("conditions") or ()
        return next((dict(condition) for condition in conditions if condition["type"] == kind), {})

    def wait_for_condition(
        self, resource: Resource, name: str, kind: str, status: str, *, reason: str = "", seconds: float = 60
    ) -> Document:
        return eventually(
            lambda: self.condition(resource, name, kind),
            lambda seen: seen.get("status") == status and (not reason or seen.get("reason") == reason),
            seconds=seconds,
        )

    def wait_for_machine(self, name: str, *, seconds: float = 60, **wanted: Any) -> Document:
        """Wait until these fields of the machine's status are so."""
        return eventually(
            lambda: self.status(name),
            lambda seen: all(seen.get(key) == value for key, value in wanted.items()),
            seconds=seconds,
        )

    def ready_machines(self) -> set[str]:
        """The names of the machines that are ready."""
        return {str(item["metadata"]["name"]) for item in self.machines() if _is_ready(item)}

    def machines(self) -> list[Document]:
        return list(self.api.list(VIRTUAL_MACHINE, self.namespace)["items"])

    def wait_until_ready(self, name: str, *, seconds: float = 60) -> Document:
        self.wait_for_condition(VIRTUAL_MACHINE, name, "Ready", "True", seconds=seconds)
        return self.status(name)

    def wait_until_gone(self, resource: Resource, name: str, *, seconds: float = 60) -> None:
        eventually(lambda: self.read(resource, name) is None, seconds=seconds)

    def hypervisor_machines(self, provider: str = "memory") -> list[MachineState]:
        """What really exists, asked from the provider itself over mutual TLS."""
        return asyncio.run(self._machines(provider))

    async def _machines(self, provider: str) -> list[MachineState]:
        service = provider_service_name(self.namespace, provider)
        address = self.api.get(SERVICE, self.namespace, service)["spec"]["clusterIP"]
        data = self.api.get(SECRET, self.namespace, f"{provider}-tls")["data"]
        material = TlsMaterial(*(base64.b64decode(data[key]) for key in ("tls.crt", "tls.key", "ca.crt")))
        options = channel_options(provider_dns_name(self.namespace, provider))
        target = f"{address}:{GRPC_PORT}"
        async with grpc.aio.secure_channel(target, channel_credentials(material), options=options) as channel:
            return list(await GrpcProvider(channel).machines())

    def clear(self) -> None:
        """Delete everything of the namespace, machines first; those of a dead provider by force."""
        for item in self.api.list(VIRTUAL_MACHINE, self.namespace)["items"]:
            annotations = {ANNOTATION_FORCE_DELETE: ANNOTATION_TRUE}
            metadata = {"namespace": self.namespace, "name": item["metadata"]["name"], "annotations": annotations}
            self.api.apply(VIRTUAL_MACHINE, {**_kind(VIRTUAL_MACHINE), "metadata": metadata, "spec": item["spec"]})
        for resource in (VIRTUAL_MACHINE, PROVIDER, VM_CLASS, VM_IMAGE):
            for item in self.api.list(resource, self.namespace)["items"]:
                self.delete(resource, str(item["metadata"]["name"]))
            names = [str(item["metadata"]["name"]) for item in self.api.list(resource, self.namespace)["items"]]
            for name in names:
                self.wait_until_gone(resource, name)

    def delete(self, resource: Resource, name: str) -> None:
        try:
            self.api.delete(resource, self.namespace, name)
        except ApiRefusal as refusal:
            if not refusal.is_absent:
                raise


def _kind(resource: Resource) -> Document:
    return {"apiVersion": resource.api_version, "kind": resource.kind}


def _is_ready(machine: Document) -> bool:
    conditions = (machine.get("status") or {}).get("conditions") or ()
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)
