"""From a kind to its CustomResourceDefinition, as a document and as YAML.

The document is deterministic: the same models give the same bytes.
"""

from typing import Any, Final

import yaml

from virtrigaud_api.crd.printer_columns import PRINTER_COLUMNS
from virtrigaud_api.crd.structural_schema import object_schema
from virtrigaud_api.v1beta1 import VMSet
from virtrigaud_api.v1beta1.keys import CATEGORY, GROUP, VERSION
from virtrigaud_api.v1beta1.kube_object import KubeObject

_HEADER: Final = "# Generated from virtrigaud_api.v1beta1 by `make crds`; changes belong there.\n---\n"


def custom_resource_definition(kind: type[KubeObject]) -> dict[str, Any]:
    """Return the CustomResourceDefinition of a kind."""
    names = kind.names
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": names.crd_name},
        "spec": {
            "group": GROUP,
            "names": {
                "kind": names.kind,
                "listKind": names.list_kind,
                "plural": names.plural,
                "singular": names.singular,
                "shortNames": [names.short],
                "categories": [CATEGORY],
            },
            "scope": "Namespaced",
            "versions": [
                {
                    "name": VERSION,
                    "served": True,
                    "storage": True,
                    "subresources": {"status": {}} | _scale(kind),
                    "additionalPrinterColumns": [column.to_schema() for column in PRINTER_COLUMNS[kind]],
                    "schema": {"openAPIV3Schema": _root_schema(kind)},
                }
            ],
        },
    }


def custom_resource_yaml(kind: type[KubeObject]) -> str:
    """Return the CustomResourceDefinition of a kind as the text of a file."""
    document = custom_resource_definition(kind)
    return _HEADER + yaml.dump(document, Dumper=_PlainDumper, sort_keys=False, allow_unicode=True, width=110)


def file_name(kind: type[KubeObject]) -> str:
    """Return the name of the file that holds the CustomResourceDefinition of a kind."""
    return f"{GROUP}_{kind.names.plural}.yaml"


def _scale(kind: type[KubeObject]) -> dict[str, Any]:
    """Let `kubectl scale` and autoscalers set the number of replicas, where a kind has replicas."""
    if kind is not VMSet:
        return {}
    return {
        "scale": {
            "specReplicasPath": ".spec.replicas",
            "statusReplicasPath": ".status.replicas",
            "labelSelectorPath": ".status.selector",
        }
    }


def _root_schema(kind: type[KubeObject]) -> dict[str, Any]:
    """Leave to the API server what it checks itself, and refuses to see here: apiVersion, kind and metadata."""
    schema = object_schema(kind)
    for name in ("apiVersion", "kind"):
        schema["properties"][name] = {"description": schema["properties"][name]["description"], "type": "string"}
    schema["properties"]["metadata"] = {"type": "object"}
    return schema


class _PlainDumper(yaml.SafeDumper):
    """Writes the same part twice instead of an anchor, which the reader of a manifest would have to follow."""

    def ignore_aliases(self, data: object) -> bool:
        return True
