"""Manifests that tests start from. Everything is a plain document, as it comes from the API server."""

from typing import Any

from virtrigaud_api.v1beta1.keys import QUOTA_CPUS, QUOTA_DISK, QUOTA_MACHINES, QUOTA_MEMORY

Manifest = dict[str, Any]

GROUP_VERSION = "infra.virtrigaud.io/v1beta1"


def _object(kind: str, name: str, spec: Manifest, namespace: str = "default") -> Manifest:
    return {
        "apiVersion": GROUP_VERSION,
        "kind": kind,
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    }


def provider(name: str = "lab", namespace: str = "default", **spec: Any) -> Manifest:
    return _object(
        "Provider",
        name,
        {
            "type": "memory",
            "endpoint": "memory://lab",
            "credentialSecretRef": {"name": "lab-credentials"},
            "runtime": {
                "image": "virtrigaud/provider-memory:0.1.0",
                "service": {"port": 9443, "tls": {"enabled": True, "secretRef": {"name": "lab-tls"}}},
            },
            **spec,
        },
        namespace,
    )


def vm_class(name: str = "small", cpu: int = 2, memory: str = "4Gi", **spec: Any) -> Manifest:
    return _object("VMClass", name, {"cpu": cpu, "memory": memory, **spec})


def vm_image(name: str = "debian", **source: Any) -> Manifest:
    return _object("VMImage", name, {"source": source or {"libvirt": {"path": "debian-12"}}})


def network(name: str = "lan", **network: Any) -> Manifest:
    return _object("VMNetworkAttachment", name, {"network": network or {"libvirt": {"networkName": "default"}}})


def vm(name: str = "web", **spec: Any) -> Manifest:
    return _object(
        "VirtualMachine",
        name,
        {
            "providerRef": {"name": "lab"},
            "classRef": {"name": "small"},
            "imageRef": {"name": "debian"},
            "powerState": "On",
            **spec,
        },
    )


def snapshot(name: str = "before", machine: str = "web", **spec: Any) -> Manifest:
    return _object("VMSnapshot", name, {"vmRef": {"name": machine}, **spec})


def secret(name: str, **data: bytes) -> Manifest:
    return {"kind": "Secret", "metadata": {"name": name, "namespace": "default"}, "data": data}


def quota(name: str = "team", namespace: str = "default", **hard: str) -> Manifest:
    """Limit machines, cpus, memory and disk of a namespace."""
    spelled = {"machines": QUOTA_MACHINES, "cpus": QUOTA_CPUS, "memory": QUOTA_MEMORY, "disk": QUOTA_DISK}
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"hard": {spelled.get(key, key): value for key, value in hard.items()}},
    }
