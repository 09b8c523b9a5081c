"""The project of a new provider: complete, clean, and never written over anything."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from virtrigaud_api.v1beta1.provider import Provider
from virtrigaud_api.v1beta1.virtual_machine import VirtualMachine
from virtrigaud_api.v1beta1.vm_class import VMClass
from virtrigaud_api.v1beta1.vm_image import VMImage
from virtrigaud_provider_sdk.scaffold.__main__ import main
from virtrigaud_provider_sdk.scaffold.project import ProjectExists, write_project
from virtrigaud_provider_sdk.scaffold.provider_name import BadName, ProviderName

BIN = Path(sys.executable).parent
MODELS = {"Provider": Provider, "VMClass": VMClass, "VMImage": VMImage, "VirtualMachine": VirtualMachine}
NAMES = ["a", "my-cloud", "x1", "a" * 63]


@pytest.mark.parametrize("text", NAMES)
def test_a_dns_label_is_a_name(text: str) -> None:
    assert ProviderName.parse(text).type == text


@pytest.mark.parametrize(
    "text", ["", "My-Cloud", "my_cloud", "-cloud", "cloud-", "3par", "a" * 64, "../up", "a b", "a\n", "ünder", "$(id)"]
)
def test_what_is_no_dns_label_is_refused(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadName, match="can't be the name of a provider: it must be at most 63 lower-case letters"):
        ProviderName.parse(text)
    assert main(["init", "--directory", str(tmp_path), "--", text]) == 2
    assert "can't be the name of a provider" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["libvirt", "memory", "proxmox", "vsphere"])
def test_a_name_that_virtrigaud_has_itself_is_not_given_to_a_new_provider(text: str, tmp_path: Path) -> None:
    assert main(["init", text, "--directory", str(tmp_path)]) == 2
    with pytest.raises(BadName, match="VirtRigaud has one of that name"):
        ProviderName.parse_new(text)


def test_the_memory_provider_is_well_packaged(capfd: pytest.CaptureFixture[str]) -> None:
    status = main(["verify", "--name", "memory", "-k", "test_list", "-p", "no:cacheprovider"])
    assert (status, "virtrigaud-provider-memory: packaging is well, and it keeps" in capfd.readouterr().out) == (
        0,
        True,
    )


@pytest.fixture(params=NAMES, ids=lambda name: name[:10])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return write_project(ProviderName.parse(request.param), tmp_path)


def test_nothing_is_left_to_fill_in_and_all_python_parses(project: Path) -> None:
    files = [path for path in project.rglob("*") if path.is_file()]
    assert len(files) == 22
    for path in files:
        text = path.read_text()
        assert "@{" not in text, path
        assert not path.name.endswith(".template")
        if path.suffix == ".py":
            ast.parse(text)
    assert tomllib.loads((project / "pyproject.toml").read_text())["project"]["name"] == project.name


def test_its_manifests_are_objects_of_the_api(project: Path) -> None:
    kinds = []
    for path in sorted((project / "deploy").glob("*.yaml")):
        for document in yaml.safe_load_all(path.read_text()):
            kinds.append(document["kind"])
            if model := MODELS.get(document["kind"]):
                model.model_validate(document)
    assert kinds == ["VMClass", "VMImage", "VirtualMachine", "Secret", "Provider"]


def test_its_code_is_formatted_linted_and_strictly_typed(tmp_path: Path) -> None:
    project = write_project(ProviderName.parse("my-cloud"), tmp_path)
    for command in (
        ["ruff", "check", "--no-cache", "."],
        ["ruff", "format", "--no-cache", "--check", "."],
        ["mypy", "--no-incremental", "src"],
    ):
        checked = subprocess.run(
            [BIN / command[0], *command[1:]], cwd=project, capture_output=True, text=True, timeout=170, check=False
        )
        assert checked.returncode == 0, checked.stdout + checked.stderr


def test_nothing_that_exists_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "virtrigaud-provider-my-cloud/src/mine.py"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    with pytest.raises(ProjectExists, match="exists and is not an empty folder; nothing was written"):
        write_project(ProviderName.parse("my-cloud"), tmp_path)
    assert main(["init", "my-cloud", "--directory", str(tmp_path)]) == 2
    assert "exists and is not an empty folder; nothing was written" in capsys.readouterr().err
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [mine]
    assert mine.read_text() == "mine"


def test_a_link_to_elsewhere_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "virtrigaud-provider-my-cloud").symlink_to(elsewhere)
    with pytest.raises(ProjectExists):
        write_project(ProviderName.parse("my-cloud"), tmp_path)
    assert list(elsewhere.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["init", "my-cloud", "--directory", str(tmp_path / "file")]) == 2
    assert f"{tmp_path}/file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["verify"], "has no pyproject.toml that tells a provider's name: give it with --name"),
        (["verify", "--name", "not-there"], "virtrigaud-provider-not-there is not installed beside"),
        (["init", "my-cloud", "--verbose"], "init does not know --verbose"),
    ],
    ids=["no-project", "not-installed", "unknown-option"],
)
def test_what_cannot_be_done_is_said(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert said in capsys.readouterr().err
