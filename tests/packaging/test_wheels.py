"""Each wheel installs alone, from the built wheels and an index, and its programs answer."""

import os
import re
import shutil
import subprocess
import tomllib
import zipfile
from dataclasses import dataclass
from email.message import Message
from email.parser import Parser
from pathlib import Path
from typing import Any, Final

import pytest

WORKSPACE: Final = Path(__file__).parents[2]
PACKAGES: Final = sorted(path.parent for path in WORKSPACE.glob("packages/*/pyproject.toml"))
NEEDS_LIBVIRT: Final = "virtrigaud-provider-libvirt"
ONLY_ELSEWHERE: Final = {
    "virtrigaud-api": {"kopf", "kubernetes", "aiohttp", "structlog"},
    "virtrigaud-provider-sdk": {"kopf", "kubernetes", "aiohttp", "cryptography", "pytest", "opentelemetry-sdk"},
    "virtrigaud-provider-memory": {"kopf", "kubernetes", "aiohttp", "libvirt-python"},
    "virtrigaud-localkube": {"kopf", "grpcio", "virtrigaud-api"},
    "virtrigaud-manager": {"pytest", "virtrigaud-provider-sdk", "virtrigaud-localkube"},
}
"""What a package must not bring along."""

pytestmark = pytest.mark.slow


def must(*command: str | Path, folder: Path) -> str:
    """Run a program as outside of any environment, and return what it prints."""
    foreign = ("PYTHON", "PYTEST", "VIRTUAL_ENV", "VIRTRIGAUD_", "PROVIDER_", "LOG_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=170, check=False)
    assert ran.returncode == 0, f"{command}: {ran.stdout}{ran.stderr}"
    return ran.stdout


@dataclass(frozen=True, slots=True)
class Package:
    """One package of the workspace, by what its pyproject.toml says."""

    name: str
    version: str
    scripts: tuple[str, ...]

    @property
    def module(self) -> str:
        return self.name.replace("-", "_")

    @classmethod
    def at(cls, folder: Path) -> "Package":
        project: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
        return cls(project["name"], project["version"], tuple(project.get("scripts", ())))


class Shelf:
    """The wheels of all packages, and an index of everything else in the versions of the lock."""

    def __init__(self, folder: Path, uv: str) -> None:
        self.folder = folder
        self._uv = uv
        must(uv, "build", "--all-packages", "--wheel", "--quiet", "--out-dir", folder / "dist", folder=WORKSPACE)
        options = ("--frozen", "--quiet", "--no-hashes", "--no-emit-workspace", "--all-packages", "--all-extras")
        locked = must(uv, "export", *options, folder=WORKSPACE)
        (folder / "versions.txt").write_text(re.sub(r"^(-e|\./).*$", "", locked, flags=re.MULTILINE))

    def wheel(self, package: Package) -> zipfile.ZipFile:
        return zipfile.ZipFile(self.folder / "dist" / f"{package.module}-{package.version}-py3-none-any.whl")

    def install_alone(self, package: Package) -> Path:
        """Return a clean environment that has the package and what it declares."""
        environment = self.folder / package.name
        must(self._uv, "venv", "--quiet", environment, folder=self.folder)
        options = ("--quiet", "--find-links", "dist", "--constraints", "versions.txt", "--python", environment)
        must(self._uv, "pip", "install", *options, f"{package.name}=={package.version}", folder=self.folder)
        return environment


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    uv = shutil.which("uv") or shutil.which("uv", path=str(WORKSPACE / ".tools/uv/bin"))
    if uv is None:
        pytest.skip("uv is not installed: wheels can't be built")
    return Shelf(tmp_path_factory.mktemp("wheels"), uv)


@pytest.fixture(params=PACKAGES, ids=lambda folder: folder.name)
def package(request: pytest.FixtureRequest) -> Package:
    return Package.at(request.param)


def test_a_wheel_carries_its_readme_its_licence_and_its_types(shelf: Shelf, package: Package) -> None:
    with shelf.wheel(package) as wheel:
        info = f"{package.module}-{package.version}.dist-info"
        metadata: Message = Parser().parsestr(wheel.read(f"{info}/METADATA").decode())
        names = set(wheel.namelist())
        licence = wheel.read(f"{info}/licenses/LICENSE").decode()
    assert (metadata["Name"], metadata["License-Expression"]) == (package.name, "Apache-2.0")
    assert str(metadata.get_payload()).strip().startswith(f"# {package.name}")
    assert "Apache License" in licence
    assert f"{package.module}/py.typed" in names
    assert {name.partition("/")[0] for name in names} == {package.module, info}


def test_a_wheel_installs_alone_and_its_programs_answer(shelf: Shelf, package: Package, tmp_path: Path) -> None:
    if package.name == NEEDS_LIBVIRT and not has_libvirt():
        pytest.skip("libvirt-dev is not installed: libvirt-python can't be built")
    environment = shelf.install_alone(package)
    python = environment / "bin/python"
    must(python, "-c", f"import {package.module}", folder=tmp_path)
    for script in package.scripts:
        program = environment / "bin" / script
        assert must(program, "--version", folder=tmp_path) == f"{script} {package.version}\n"
        assert script in must(program, "--help", folder=tmp_path)
    code = "from importlib.metadata import distributions as all; print(*(each.name.lower() for each in all()))"
    installed = set(must(python, "-c", code, folder=tmp_path).split())
    assert package.name in installed
    assert installed & ONLY_ELSEWHERE.get(package.name, set()) == set()


def has_libvirt() -> bool:
    """Tell whether libvirt's headers and what finds them are here."""
    tool = shutil.which("pkg-config")
    return tool is not None and subprocess.run([tool, "--exists", "libvirt"], check=False).returncode == 0
