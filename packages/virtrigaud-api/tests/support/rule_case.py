"""A case of a rule across fields, and the valid specs that cases change one thing of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Spec = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """An object that is created, or one that is changed, and what the server says about it."""

    kind: str
    spec: Spec
    refused: tuple[tuple[str, str], ...] = ()
    before: Mapping[str, Any] | None = None


LAB, OTHER = {"name": "lab"}, {"name": "other"}
MACHINE = {"providerRef": LAB, "classRef": {"name": "small"}, "imageRef": {"name": "debian-12"}}
ON_A_DISK = {"providerRef": LAB, "classRef": {"name": "small"}, "importedDisk": {"diskID": "d"}}
PROVIDER = {
    "type": "libvirt",
    "endpoint": "qemu:///system",
    "credentialSecretRef": {"name": "lab"},
    "runtime": {"image": "example.com/provider:1"},
}
CLASS = {"cpu": 1, "memory": "1Gi"}
LABELS = {"app": "web"}
SET = {
    "replicas": 2,
    "selector": {"matchLabels": LABELS},
    "template": {"metadata": {"labels": LABELS}, "spec": MACHINE},
}
CLONE = {"source": {"vmRef": {"name": "web"}}, "target": {"name": "web-2"}}
MIGRATION = {"source": {"vmRef": {"name": "web"}}, "target": {"name": "web-2", "providerRef": OTHER}}
SNAPSHOT = {"vmRef": {"name": "web"}}
NIGHTLY = {"enabled": True, "cronSpec": "0 2 * * *"}
SECRET = {"secretRef": {"name": "s"}}
MADE = {"id": "vm-1"}


def machine(**changes: Any) -> Spec:
    return {**MACHINE, **changes}


def vm_class(**changes: Any) -> Spec:
    return {**CLASS, **changes}


def network(**changes: Any) -> Spec:
    return {"network": {"libvirt": {"networkName": "lan"}}, **changes}


def vsphere_network(**changes: Any) -> Spec:
    return {"network": {"vsphere": {"portgroup": "lan", **changes}}}


def vm_set(*, template: Spec = MACHINE, **changes: Any) -> Spec:
    return {**SET, "template": {"metadata": {"labels": LABELS}, "spec": template}, **changes}


def hosts(strictness: str, **more: Any) -> Spec:
    return {
        "affinity": {"hostAffinity": {"enabled": True, "scope": "strict"}},
        "antiAffinity": {"hostAntiAffinity": {"enabled": True, "scope": strictness, **more}},
    }


def apart_and_together(what: str) -> Spec:
    strict = {"enabled": True, "scope": "strict"}
    return {"affinity": {f"{what}Affinity": strict}, "antiAffinity": {f"{what}AntiAffinity": strict}}


def label(operator: str, *values: str) -> Spec:
    expression = {"key": "app", "operator": operator} | ({"values": list(values)} if values else {})
    term = {"topologyKey": "host", "matchExpressions": [expression]}
    return {"affinity": {"vmAffinity": {"requiredDuringScheduling": [term]}}}


def tolerated(**toleration: Any) -> Spec:
    return {"hard": {"tolerations": [toleration]}}


def customized(**customization: Any) -> Spec:
    return {**CLONE, "customization": customization}


def stored(**storage: Any) -> Spec:
    return {**MIGRATION, "storage": storage}


NFS = {"server": "nfs.example.com", "export": "/staging"}
S3 = {"bucket": "staging", "credentialsSecretRef": {"name": "s3"}}
WINDOW = {"schedule": "0 2 * * SUN", "duration": "2h"}
