"""Writes `registry/fields.tsv`: the fields of the built-in kinds, read from the official Kubernetes client.

Run it after an upgrade of the `kubernetes` package; a test compares its output with the committed file.
Only names and types are taken: no descriptions.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from kubernetes.client import models
from pydantic import BaseModel

TABLE = Path(__file__).parent.parent / "src/virtrigaud_localkube/registry/fields.tsv"
ROOTS = (
    "V1Namespace", "V1ConfigMap", "V1Secret", "CoreV1Event", "EventsV1Event", "V1ServiceAccount", "V1Service",
    "V1Pod", "V1Node", "V1PersistentVolumeClaim", "V1PersistentVolume", "V1Lease", "V1Deployment",
    "V1ReplicaSet", "V1Role", "V1ClusterRole", "V1RoleBinding", "V1ClusterRoleBinding",
    "V1CustomResourceDefinition", "V1ValidatingWebhookConfiguration", "V1MutatingWebhookConfiguration",
    "V1ValidatingAdmissionPolicy", "V1ValidatingAdmissionPolicyBinding", "V1SelfSubjectReview",
    "V1SelfSubjectAccessReview", "V1SubjectAccessReview", "V1LocalSubjectAccessReview",
    "AuthenticationV1TokenRequest", "V1SelfSubjectRulesReview", "V1TokenReview",
    "V1PodDisruptionBudget", "V1NetworkPolicy", "V1DeleteOptions", "V1Scale", "V1Endpoints", "V1EndpointSlice",
    "V1ResourceQuota", "V1LimitRange", "V1StatefulSet", "V1DaemonSet", "V1Job", "V1CronJob", "V1Ingress",
    "V1IngressClass", "V1StorageClass", "V1PriorityClass",
)  # fmt: skip
OPAQUE = {"V1JSONSchemaProps": "any", "object": "any", "datetime": "time"}
SCALARS = {"str": "string", "int": "integer", "float": "number", "bool": "boolean", "bytes": "bytes"}


def type_expression(spelled: str) -> str:
    """Translates a type of the client into the notation of the table."""
    if match := re.fullmatch(r"[Ll]ist\[(.+)\]", spelled):
        return f"list<{type_expression(match[1])}>"
    if match := re.fullmatch(r"[Dd]ict[\[(]str, (.+)[\])]", spelled):
        return f"map<{type_expression(match[1])}>"
    return OPAQUE.get(spelled) or SCALARS.get(spelled) or type_name(spelled)


def type_name(model: str) -> str:
    """The Kubernetes name of a model: `V1Container` is `Container`; the two Event kinds stay apart."""
    special = {"CoreV1Event": "Event", "EventsV1Event": "EventOfEvents", "CoreV1EventSeries": "EventSeries"}
    special["AuthenticationV1TokenRequest"] = "TokenRequest"
    return special.get(model) or re.sub(r"^V\d+(beta\d+|alpha\d+)?(?=[A-Z])", "", model)


def is_required(model: type[BaseModel], json_name: str) -> bool:
    """Tells whether an object without the field is refused."""
    return any(field.is_required() and (field.alias or name) == json_name for name, field in model.model_fields.items())


def rows() -> Iterator[tuple[str, str, str, str]]:
    """Walks all types that the roots reach, in a stable order."""
    waiting, seen = list(ROOTS), set(ROOTS)
    found: list[tuple[str, str, str, str]] = []
    while waiting:
        name = waiting.pop()
        model = getattr(models, name)
        for attribute, spelled in model.openapi_types.items():
            required = "required" if is_required(model, model.attribute_map[attribute]) else ""
            found.append((type_name(name), model.attribute_map[attribute], type_expression(spelled), required))
            for inner in re.findall(r"\b[A-Z]\w*\b", spelled):
                if hasattr(models, inner) and inner not in seen and inner not in OPAQUE:
                    seen.add(inner)
                    waiting.append(inner)
    yield from sorted(found)


def table() -> str:
    """The whole table as text."""
    return "type\tfield\tof\trequired\n" + "".join("\t".join(row) + "\n" for row in rows())


if __name__ == "__main__":
    TABLE.write_text(table())
    sys.stdout.write(f"{TABLE.name}: {len(table().splitlines()) - 1} fields\n")
