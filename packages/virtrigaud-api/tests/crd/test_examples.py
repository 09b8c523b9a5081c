"""The examples are valid for the models and for the definitions, and show every field that there is."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from virtrigaud_api.crd.custom_resource import custom_resource_definition
from virtrigaud_api.crd.schema_rows import schema_rows
from virtrigaud_api.v1beta1 import KINDS, KubeObject

ROOT = Path(__file__).parents[4] / "examples"
FILES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.yaml"))
KIND_OF = {kind.names.kind: kind for kind in KINDS}
SCHEMA_OF = {
    name: custom_resource_definition(kind)["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    for name, kind in KIND_OF.items()
}
SHOWN_ELSEWHERE = re.compile(
    r"^\.spec\.(template\.spec|volumeClaimTemplates\[\]\.spec)\.|^\.spec\.runtime\.(affinity|env\[\]|livenessProbe|readinessProbe|resources|securityContext|tolerations\[\]|topologySpreadConstraints\[\])\."
)
TYPES: Mapping[str, type] = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}


def manifests(file: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((ROOT / file).read_text(encoding="utf-8")))


def violations(schema: Mapping[str, Any], value: Any, path: str = "") -> Iterator[str]:
    """What the API server would refuse, apart from rules across fields."""
    if not has_type(schema, value):
        yield f"{path}: {value!r} is not of the type {schema.get('type', 'int-or-string')}"
    elif isinstance(value, dict):
        yield from violations_of_object(schema, value, path)
    elif isinstance(value, list):
        yield from violations_of_array(schema, value, path)
    elif not within_bounds(schema, value):
        yield f"{path}: {value!r} is not allowed"


def within_bounds(schema: Mapping[str, Any], value: str | int) -> bool:
    if value not in schema.get("enum", [value]):
        return False
    if isinstance(value, str):
        fits = re.search(schema.get("pattern", ""), value) is not None
        return fits and schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
    return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))


def violations_of_array(schema: Mapping[str, Any], value: list[Any], path: str) -> Iterator[str]:
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
        yield f"{path}: {len(value)} items"
    for index, item in enumerate(value):
        yield from violations(schema["items"], item, f"{path}[{index}]")


def violations_of_object(schema: Mapping[str, Any], value: Mapping[str, Any], path: str) -> Iterator[str]:
    yield from (f"{path}.{name} is required" for name in schema.get("required", []) if name not in value)
    for name, part in value.items():
        inner = schema.get("properties", {}).get(name) or schema.get("additionalProperties")
        if inner is None:
            yield f"{path}.{name} is not known"
        else:
            yield from violations(inner, part, f"{path}.{name}")


def has_type(schema: Mapping[str, Any], value: Any) -> bool:
    if schema.get("x-kubernetes-int-or-string"):
        return isinstance(value, str | int) and not isinstance(value, bool)
    is_boolean = schema["type"] == "boolean"
    return isinstance(value, TYPES[schema["type"]]) and isinstance(value, bool) is is_boolean


def test_the_check_of_this_module_finds_mistakes() -> None:
    wrong = {
        "cpu": 200,
        "memory": "4 Gi",
        "firmware": "Bios",
        "securityProfile": {"secureBoot": "yes", "tpmVersion": 2},
        "diskDefault": {},
    }
    schema = SCHEMA_OF["VMClass"]["properties"]["spec"]
    assert list(violations(schema, wrong, ".spec")) == [
        ".spec.cpu: 200 is not allowed",
        ".spec.memory: '4 Gi' is not allowed",
        ".spec.firmware: 'Bios' is not allowed",
        ".spec.securityProfile.secureBoot: 'yes' is not of the type boolean",
        ".spec.securityProfile.tpmVersion: 2 is not of the type string",
        ".spec.diskDefault is not known",
    ]
    assert list(violations(schema, {"cpu": 1}, ".spec")) == [".spec.memory is required"]


@pytest.mark.parametrize("file", FILES)
def test_an_example_is_valid_for_the_definitions(file: str) -> None:
    for manifest in manifests(file):
        schema = SCHEMA_OF[manifest["kind"]]["properties"]
        assert list(violations(schema["spec"], manifest["spec"], f"{manifest['kind']}.spec")) == []
        assert sorted(manifest) == ["apiVersion", "kind", "metadata", "spec"]


@pytest.mark.parametrize("file", FILES)
def test_a_model_reads_an_example_and_knows_all_of_it(file: str) -> None:
    for manifest in manifests(file):
        model = KIND_OF[manifest["kind"]].from_manifest(manifest)
        assert model.to_manifest() == manifest
        assert model.model_extra == {}


def paths(value: Any, schema: Mapping[str, Any], path: str) -> Iterator[str]:
    """The paths of a value in the form of schema rows."""
    yield path
    match value:
        case dict() if "additionalProperties" in schema:
            for part in value.values():
                yield from paths(part, schema["additionalProperties"], f"{path}{{}}")
        case dict():
            for name, part in value.items():
                yield from paths(part, schema["properties"][name], f"{path}.{name}")
        case list():
            for item in value:
                yield from paths(item, schema["items"], f"{path}[]")
        case _:
            pass


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.names.kind)
def test_the_examples_together_show_every_field(kind: type[KubeObject]) -> None:
    schema = SCHEMA_OF[kind.names.kind]["properties"]["spec"]
    shown = {
        path
        for file in FILES
        for manifest in manifests(file)
        if manifest["kind"] == kind.names.kind
        for path in paths(manifest["spec"], schema, ".spec")
    }
    wanted = {row.path for row in schema_rows(schema, ".spec") if not SHOWN_ELSEWHERE.match(row.path)}
    wanted = {path for path in wanted if not re.search(r"(limits|requests)\{\}$", path)}
    assert wanted - shown == set()


FOLDERS = {
    "Provider": "connect-a-hypervisor",
    "VirtualMachine": "run-a-machine",
    "VMImage": "provide-an-image",
    "VMNetworkAttachment": "connect-to-a-network",
    "VMPlacementPolicy": "place-machines",
    "VMSet": "run-a-set-of-machines",
    "VMSnapshot": "take-a-snapshot",
    "VMClone": "clone-a-machine",
    "VMMigration": "move-a-machine",
}
"""The kind VMClass is the same for all providers; its folder choose-a-size has one minimal and one complete file."""

PROVIDERS = ("memory", "libvirt", "vsphere", "proxmox")


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("kind", FOLDERS)
def test_every_kind_has_a_minimal_and_a_complete_example_for_every_provider(kind: str, provider: str) -> None:
    names = {Path(file).name.removeprefix("to-") for file in FILES if Path(file).parent.name == FOLDERS[kind]}
    assert names >= {f"{provider}-minimal.yaml", f"{provider}-complete.yaml"}
    for size in ("minimal", "complete"):
        [path] = (ROOT / FOLDERS[kind]).glob(f"*{provider}-{size}.yaml")
        kinds = [manifest["kind"] for manifest in manifests(path.relative_to(ROOT).as_posix())]
        assert kind in kinds


def test_a_class_has_a_minimal_and_a_complete_example() -> None:
    assert {f"choose-a-size/{size}.yaml" for size in ("minimal", "complete")} <= set(FILES)


def test_the_readme_leads_to_every_folder() -> None:
    linked = set(re.findall(r"\]\(([^)]+)\)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert linked == {Path(file).parent.as_posix() for file in FILES}
