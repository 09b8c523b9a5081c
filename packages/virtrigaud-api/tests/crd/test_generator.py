"""The generator writes what the API server accepts, the same each time, and notices when it was not run."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from virtrigaud_api.crd.__main__ import main
from virtrigaud_api.crd.custom_resource import custom_resource_definition
from virtrigaud_api.crd.structural_schema import object_schema
from virtrigaud_api.v1beta1 import KINDS, KubeObject
from virtrigaud_api.v1beta1.network_ref import NetworkRef

CHART = Path(__file__).parents[4] / "charts" / "virtrigaud" / "crds"
PASSED_ON = {
    "affinity",
    "env",
    "livenessProbe",
    "readinessProbe",
    "resources",
    "securityContext",
    "tolerations",
    "topologySpreadConstraints",
}


def test_the_definitions_in_the_chart_are_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check", "--output", str(CHART)]) == 0
    assert capsys.readouterr().out == "10 CustomResourceDefinitions are up to date\n"


def test_a_definition_that_is_not_up_to_date_is_shown_as_a_difference(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--output", str(tmp_path)]) == 0
    changed = tmp_path / "infra.virtrigaud.io_vmclasses.yaml"
    changed.write_text(changed.read_text().replace("maximum: 128\n", "maximum: 64\n", 1))
    (tmp_path / "infra.virtrigaud.io_vmimages.yaml").unlink()
    capsys.readouterr()

    assert main(["--check", "--output", str(tmp_path)]) == 1
    shown = capsys.readouterr()
    assert "-                maximum: 64\n+                maximum: 128\n" in shown.out
    assert "+  name: vmimages.infra.virtrigaud.io\n" in shown.out
    assert shown.err == "the CustomResourceDefinitions are not up to date; run `make crds`\n"


def test_a_model_becomes_a_structural_schema() -> None:
    schema = object_schema(NetworkRef)
    assert schema["required"] == ["name"]
    assert schema["properties"]["name"] == {
        "description": "Name of the interface, unique in the machine; the interface keeps its identity by it.",
        "type": "string",
        "maxLength": 63,
        "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
    }
    assert schema["properties"]["prefix"] == {
        "description": "Length of the network prefix of the static address, in bits.",
        "type": "integer",
        "format": "int32",
        "minimum": 1,
        "maximum": 32,
    }
    assert schema["x-kubernetes-validations"] == [
        {
            "rule": "!has(self.ipAddress) || has(self.prefix)",
            "message": "a static ipAddress needs prefix, the length of the network prefix in bits, for example 24",
            "fieldPath": ".prefix",
        }
    ]


def nodes(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, child in schema.get("properties", {}).items():
        yield name, child
        if name == "volumeClaimTemplates":
            yield from nodes(child["items"]["properties"]["metadata"])
        elif name not in PASSED_ON:
            yield from nodes(child)
    for inner in {"items", "additionalProperties"} & schema.keys():
        yield from nodes(schema[inner])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.names.kind)
def test_every_field_is_explained(kind: type[KubeObject]) -> None:
    [version] = custom_resource_definition(kind)["spec"]["versions"]
    found = list(nodes(version["schema"]["openAPIV3Schema"]))
    assert len(found) > 40
    assert [name for name, schema in found if not schema.get("description", "")] == ["metadata"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.names.kind)
def test_metadata_is_left_to_the_api_server(kind: type[KubeObject]) -> None:
    [version] = custom_resource_definition(kind)["spec"]["versions"]
    assert version["schema"]["openAPIV3Schema"]["properties"]["metadata"] == {"type": "object"}
