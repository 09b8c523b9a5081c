"""Everything that the documentation tells a reader to type works, and every manifest in it is accepted.

Commands run in order, document by document, against a fresh local system, in a copy of the examples.
`make` targets are only resolved (`make -n`): the targets themselves are what CI runs.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.docs.document import Fence, fences

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent
GROUP = "infra.virtrigaud.io"
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/*.md", "docs/*/*.md", "packages/*/README.md", "tools/*/README.md")
    for path in ROOT.glob(pattern)
    if "adr" not in path.parts
)
COMMAND_SECONDS = 60


@pytest.fixture(scope="module")
def kubeconfig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A local system for the time of this module."""
    state = tmp_path_factory.mktemp("docs") / "state"
    environment = {**os.environ, "VRTG_STATE": str(state)}
    subprocess.run([BIN / "vrtg", "up"], check=True, env=environment, timeout=COMMAND_SECONDS)
    yield state / "kubeconfig"
    subprocess.run([BIN / "vrtg", "down"], check=True, env=environment, timeout=COMMAND_SECONDS)


def shell(command: str, folder: Path, kubeconfig: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as a reader would type it."""
    command = re.sub(r"^make\b", f"make --dry-run --directory={ROOT}", command)
    environment = {
        **os.environ,
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "KUBECONFIG": str(kubeconfig),
        "VRTG_STATE": str(kubeconfig.parent),
    }
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )


def place(fence: Fence) -> str:
    return f"{fence.path.relative_to(ROOT)}:{fence.line}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_of_a_document_works(path: Path, kubeconfig: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    shutil.copytree(ROOT / "charts", tmp_path / "charts")
    failures = []
    for fence in fences(path):
        for command in fence.commands:
            done = shell(command, tmp_path, kubeconfig)
            if done.returncode != 0:
                failures.append(f"{place(fence)}: {command}\n{done.stdout}{done.stderr}")
    assert not failures, "\n".join(failures)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_manifest_of_a_document_is_accepted(path: Path, kubeconfig: Path, tmp_path: Path) -> None:
    failures = []
    for fence in fences(path):
        if fence.language != "yaml":
            continue
        documents = [document for document in yaml.safe_load_all(fence.body) if isinstance(document, dict)]
        if not any(str(document.get("apiVersion", "")).startswith(GROUP) for document in documents):
            continue
        (tmp_path / "manifest.yaml").write_text(fence.body)
        done = shell("kubectl apply --dry-run=server --validate=strict -f manifest.yaml", tmp_path, kubeconfig)
        if done.returncode != 0:
            failures.append(f"{place(fence)}:\n{done.stderr}")
    assert not failures, "\n".join(failures)
