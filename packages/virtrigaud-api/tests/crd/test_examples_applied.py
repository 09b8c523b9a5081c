"""Every example is applied with kubectl to the embedded API server, which refuses what it does not know."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from embedded_api import EmbeddedApi
from virtrigaud_api.v1beta1 import KINDS
from virtrigaud_localkube import LocalKubeProcess

KUBECTL = str(Path(sys.executable).with_name("kubectl"))
ROOT = Path(__file__).parents[4] / "examples"
FILES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.yaml"))
PLURAL_OF = {kind.names.kind: kind.names.plural for kind in KINDS}


def manifests(file: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((ROOT / file).read_text(encoding="utf-8")))


def kubectl(server: LocalKubeProcess, *arguments: str) -> str:
    command = [KUBECTL, "--kubeconfig", str(server.kubeconfig), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture(scope="module")
def ready(api: EmbeddedApi, server: LocalKubeProcess) -> LocalKubeProcess:
    """The server with all namespaces that the examples live in."""
    for name in sorted({found["metadata"].get("namespace", "default") for file in FILES for found in manifests(file)}):
        api.request("POST", "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    return server


def missing(wanted: Any, found: Any, path: str = "") -> Iterator[str]:
    """Yield what was written and is not there."""
    match wanted, found:
        case dict(), dict():
            for key, value in wanted.items():
                yield from missing(value, found.get(key), f"{path}.{key}")
        case list(), list() if len(wanted) == len(found):
            for index, (value, there) in enumerate(zip(wanted, found, strict=True)):
                yield from missing(value, there, f"{path}[{index}]")
        case _ if wanted != found:
            yield f"{path}: {found!r} instead of {wanted!r}"
        case _:
            return


def path_of(manifest: Mapping[str, Any]) -> str:
    metadata = manifest["metadata"]
    namespace, plural = metadata.get("namespace", "default"), PLURAL_OF[manifest["kind"]]
    return f"/apis/infra.virtrigaud.io/v1beta1/namespaces/{namespace}/{plural}/{metadata['name']}"


@pytest.mark.parametrize("file", FILES)
def test_a_cluster_takes_an_example_and_keeps_every_field_of_it(
    api: EmbeddedApi, ready: LocalKubeProcess, file: str
) -> None:
    applied = kubectl(ready, "apply", "--server-side", "--validate=strict", "-f", str(ROOT / file))
    assert len(applied.splitlines()) == len(manifests(file))
    for manifest in manifests(file):
        _, found = api.request("GET", path_of(manifest))
        assert list(missing(manifest["spec"], found["spec"])) == []
        api.request("DELETE", path_of(manifest))


def test_kubectl_explains_every_field_of_a_machine(ready: LocalKubeProcess) -> None:
    explained = kubectl(ready, "explain", "virtualmachine.spec", "--recursive")
    for field in ("deletionPolicy\t<string>", "driftPolicy\t<Object>", "windows\t<[]Object>", "enum: Delete, Retain"):
        assert field in explained


def test_a_set_is_scaled_by_its_subresource(api: EmbeddedApi, ready: LocalKubeProcess) -> None:
    kubectl(ready, "apply", "--server-side", "-f", str(ROOT / "run-a-set-of-machines" / "memory-minimal.yaml"))
    assert (
        kubectl(ready, "scale", "vmset", "web-on-memory", "--replicas=7")
        == "vmset.infra.virtrigaud.io/web-on-memory scaled\n"
    )
    path = "/apis/infra.virtrigaud.io/v1beta1/namespaces/default/vmsets/web-on-memory"
    _, found = api.request("GET", path)
    _, changed = api.request("PUT", f"{path}/status", {**found, "status": {"replicas": 3, "selector": "app=web"}})
    _, scale = api.request("GET", f"{path}/scale")
    assert (scale["spec"], scale["status"]) == ({"replicas": 7}, {"replicas": 3, "selector": "app=web"})
    assert changed["status"]["replicas"] == 3


def test_a_mistake_in_a_name_is_refused_by_strict_validation(ready: LocalKubeProcess, tmp_path: Path) -> None:
    text = (ROOT / "run-a-machine" / "memory-minimal.yaml").read_text(encoding="utf-8")
    wrong = tmp_path / "wrong.yaml"
    text = text.replace("name: web-on-memory", "name: misspelt")
    wrong.write_text(text.replace("  classRef:", "  deletionPolice: Retain\n  classRef:"), encoding="utf-8")
    command = [KUBECTL, "--kubeconfig", str(ready.kubeconfig), "apply", "--server-side", "--validate=strict"]
    done = subprocess.run([*command, "-f", str(wrong)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "deletionPolice" in done.stderr
