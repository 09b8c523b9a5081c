"""A stranger's way: wheels, a clean environment outside the workspace, a new provider, and its proof."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from virtrigaud_provider_sdk.scaffold.project import write_project
from virtrigaud_provider_sdk.scaffold.provider_name import ProviderName

WORKSPACE = Path(__file__).parents[4]
WHEELS = ("virtrigaud-api", "virtrigaud-provider-sdk", "virtrigaud-cli")
NAME = "my-cloud"
PROJECT = f"virtrigaud-provider-{NAME}"

Ran = subprocess.CompletedProcess[str]


def run(*command: str | Path, folder: Path) -> Ran:
    """Run a program as outside of any environment."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST", "VIRTUAL_ENV"))
    }
    environment = {
        name: value for name, value in kept.items() if not name.startswith(("VIRTRIGAUD_", "PROVIDER_", "LOG_"))
    }
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=170, check=False
    )


def must(*command: str | Path, folder: Path) -> Ran:
    ran = run(*command, folder=folder)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran


class Elsewhere:
    """A folder outside the workspace with wheels, an environment that has them, and a new provider in it."""

    def __init__(self, folder: Path, uv: str) -> None:
        self.folder = folder
        self.project = folder / PROJECT
        self.vrtg = folder / "env/bin/vrtg"
        self.python = folder / "env/bin/python"
        self._uv = uv

    def prepare(self) -> None:
        """Build the wheels, and install what a stranger would."""
        for package in WHEELS:
            options = ("--wheel", "--package", package, "--out-dir", str(self.folder / "dist"))
            must(self._uv, "build", "--quiet", *options, folder=WORKSPACE)
        versions = must(
            self._uv, "export", "--frozen", "--quiet", "--no-hashes", "--no-emit-workspace", folder=WORKSPACE
        )
        (self.folder / "versions.txt").write_text(re.sub(r"^(-e|\./).*$", "", versions.stdout, flags=re.MULTILINE))
        must(self._uv, "venv", "--quiet", "--python", "3.11", "env", folder=self.folder)
        self.install("virtrigaud-cli[provider]")

    def install(self, *what: str) -> None:
        options = ("--find-links", "dist", "--constraints", "versions.txt", "--python", str(self.python))
        must(self._uv, "pip", "install", "--quiet", "--reinstall-package", PROJECT, *options, *what, folder=self.folder)

    def build_and_install_the_provider(self) -> None:
        must(self._uv, "build", "--quiet", "--wheel", "--out-dir", str(self.folder / "dist"), folder=self.project)
        self.install(PROJECT)

    def verify(self, *options: str) -> Ran:
        return run(self.vrtg, "provider", "verify", *options, folder=self.project)


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Elsewhere:
    uv = shutil.which("uv") or shutil.which("uv", path=str(WORKSPACE / ".tools/uv/bin"))
    if uv is None:
        pytest.skip("uv is not installed: wheels can't be built")
    place = Elsewhere(tmp_path_factory.mktemp("elsewhere"), uv)
    place.prepare()
    must(place.vrtg, "provider", "init", NAME, folder=place.folder)
    place.build_and_install_the_provider()
    return place


def test_nothing_of_the_manager_or_of_other_providers_comes_along(elsewhere: Elsewhere) -> None:
    code = "from importlib.metadata import distributions as d; print(*sorted(x.name for x in d()))"
    installed = must(elsewhere.python, "-c", code, folder=elsewhere.folder).stdout.split()
    ours = [name for name in installed if name.startswith("virtrigaud")]
    assert ours == ["virtrigaud-api", "virtrigaud-cli", PROJECT, "virtrigaud-provider-sdk"]
    assert not {"kopf", "kubernetes", "libvirt-python"} & set(installed)


def test_the_wheel_brings_every_file_of_a_project(elsewhere: Elsewhere, tmp_path: Path) -> None:
    here, there = write_project(ProviderName.parse(NAME), tmp_path), elsewhere.project
    files = [path for path in here.rglob("*") if path.is_file()]
    assert {path: path.read_bytes() for path in files if path.name != "README.md"} == {
        path: (there / path.relative_to(here)).read_bytes() for path in files if path.name != "README.md"
    }


def test_the_tests_of_a_new_project_pass(elsewhere: Elsewhere) -> None:
    tests = must(elsewhere.python, "-m", "pytest", folder=elsewhere.project).stdout
    assert re.search(r"=+ 1[0-9] passed in .* =+", tests), tests


def test_a_new_provider_is_verified_over_mutual_tls(elsewhere: Elsewhere) -> None:
    verified = elsewhere.verify("--provider-report", "README.md", "--junitxml", "conformance.xml")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "packaging is well, and it keeps the promises of the port" in verified.stdout
    assert re.findall("^FAILED.*", verified.stdout, re.MULTILINE) == []
    for look in ("describe", "list", "validate"):
        assert f"hypervisor calls of {look} at 1, 50, 500 machines: 1, 1, 1\n" in verified.stdout
    badge = r"\*\*Conformance: ✅ every promise kept\*\* \(\d{3} "
    assert re.search(badge, (elsewhere.project / "README.md").read_text()) is not None
    cases = list(ET.parse(elsewhere.project / "conformance.xml").iter("testcase"))  # noqa: S314 - our own file
    properties = [case.find("properties/property[@name='calls']") for case in cases]
    assert len(cases) > 250
    assert [found.get("value") for found in properties if found is not None][:1] == [
        "of describe at 1, 50, 500 machines: 1, 1, 1"
    ]


def test_a_provider_that_is_badly_packaged_is_told_everything(elsewhere: Elsewhere) -> None:
    pyproject, types = elsewhere.project / "pyproject.toml", next(elsewhere.project.glob("src/*/py.typed"))
    good = pyproject.read_text()
    changes: list[Callable[[str], str]] = [
        lambda text: re.sub(r"description = .*\n", "", text),
        lambda text: text.replace('license = "Apache-2.0"\n', "").replace("requires-python", "#"),
        lambda text: re.sub(r'"virtrigaud-provider-sdk>=.*",', '"virtrigaud-provider-sdk", "pyyaml",', text),
        lambda text: text.replace(f'\n{NAME} = "virtrigaud_provider_my_cloud.', f'\n{NAME} = "virtrigaud_absent.'),
    ]
    bad = good
    for change in changes:
        bad = change(bad)
    pyproject.write_text(bad)
    types.unlink()
    try:
        elsewhere.build_and_install_the_provider()
        verified = elsewhere.verify("--name", NAME, "-k", "test_list")
    finally:
        pyproject.write_text(good)
        types.touch()
        elsewhere.build_and_install_the_provider()
    assert verified.returncode == 1
    subjects = re.findall("^FAILED +(.*?): ", verified.stdout, re.MULTILINE)
    assert subjects == [
        f"entry point {NAME} of group virtrigaud.providers",
        "types of virtrigaud_provider_my_cloud (py.typed)",
        "metadata description",
        "metadata license",
        "metadata requires-python",
        "dependency virtrigaud-provider-sdk",
    ]
    assert "packaging is not well, and it keeps the promises of the port" in verified.stdout


def test_a_provider_that_breaks_a_promise_is_not_verified(elsewhere: Elsewhere) -> None:
    provider = next(elsewhere.project.glob("src/*/provider.py"))
    good = provider.read_text()
    provider.write_text(good.replace("await self._session.start(machine)", "pass"))
    try:
        elsewhere.build_and_install_the_provider()
        verified = elsewhere.verify("-k", "test_power")
    finally:
        provider.write_text(good)
        elsewhere.build_and_install_the_provider()
    assert verified.returncode == 1
    assert "packaging is well, and it does not keep the promises of the port" in verified.stdout


def test_a_name_that_cannot_be_is_refused_by_vrtg(elsewhere: Elsewhere, tmp_path: Path) -> None:
    refused = run(elsewhere.vrtg, "provider", "init", "My_Cloud", folder=tmp_path)
    assert (refused.returncode, list(tmp_path.iterdir())) == (2, [])
    assert "'My_Cloud' can't be the name of a provider" in refused.stderr


def test_vrtg_without_an_sdk_says_what_to_install(elsewhere: Elsewhere, tmp_path: Path) -> None:
    must(elsewhere.python, "-m", "venv", "--without-pip", str(tmp_path / "bare"), folder=tmp_path)
    bare = tmp_path / "bare/bin/python"
    refused = run(elsewhere.vrtg, "provider", "verify", "--python", bare, folder=elsewhere.project)
    assert refused.returncode == 1
    assert f"vrtg: {bare} has no provider SDK\n      pip install 'virtrigaud-cli[provider]'" in refused.stderr
