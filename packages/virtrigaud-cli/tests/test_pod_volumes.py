"""The files of a pod."""

import stat
from pathlib import Path
from typing import Any

import pytest
from podrunner_specimens import deployment_document, secret_document, view
from virtrigaud_cli.podrunner.cluster_view import ClusterView, NotYet
from virtrigaud_cli.podrunner.deployment_reading import read_deployment
from virtrigaud_cli.podrunner.volumes import mount_volumes, publish_files

TLS_PATH = "/etc/virtrigaud/tls"


def mount(root: Path, seen: ClusterView, path: str = TLS_PATH, **source: Any) -> Path:
    document = deployment_document(
        {"volumeMounts": [{"name": "v", "mountPath": path}]}, volumes=[{"name": "v", **source}]
    )
    mount_volumes(read_deployment(document), seen, root / "root", root / "claims")
    return root / "root" / path.lstrip("/")


def contents(folder: Path) -> dict[str, str]:
    return {entry.name: entry.read_text() for entry in folder.iterdir() if not entry.name.startswith("..")}


def test_a_secret_becomes_files_that_only_the_owner_reads(tmp_path: Path) -> None:
    seen = view({"tls": secret_document(**{"tls.crt": "C", "tls.key": "K"})})

    place = mount(tmp_path, seen, secret={"secretName": "tls"})

    assert contents(place) == {"tls.crt": "C", "tls.key": "K"}
    modes = {stat.S_IMODE((place / name).stat().st_mode) for name in ("tls.crt", "tls.key")}
    assert modes == {0o600}
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert stat.S_IMODE((place / "..data").stat().st_mode) == 0o700


def test_l14_a_changed_secret_changes_all_files_at_once(tmp_path: Path) -> None:
    place = mount(tmp_path, view({"tls": secret_document(a="1", b="1")}), secret={"secretName": "tls"})
    former = (place / "..data").resolve()

    mount(tmp_path, view({"tls": secret_document(a="2", c="2")}), secret={"secretName": "tls"})

    assert contents(place) == {"a": "2", "c": "2"}
    versions = [entry.name for entry in place.iterdir() if entry.is_dir() and not entry.is_symlink()]
    assert versions == [(place / "..data").readlink().name]
    assert not former.exists()


def test_an_unchanged_secret_touches_nothing(tmp_path: Path) -> None:
    assert publish_files(tmp_path / "place", {"a": b"1"}) is True
    before = (tmp_path / "place" / "..data").readlink()

    assert publish_files(tmp_path / "place", {"a": b"1"}) is False
    assert (tmp_path / "place" / "..data").readlink() == before


def test_items_choose_keys_and_file_names(tmp_path: Path) -> None:
    items = [{"key": "ssh-privatekey", "path": "keys/id"}]
    seen = view({"creds": secret_document(**{"ssh-privatekey": "K", "password": "P"})})

    place = mount(tmp_path, seen, secret={"secretName": "creds", "items": items})

    assert (place / "keys" / "id").read_text() == "K"
    assert sorted(entry.name for entry in place.iterdir() if not entry.name.startswith("..")) == ["keys"]


def test_a_config_map_becomes_files(tmp_path: Path) -> None:
    place = mount(tmp_path, view(config_maps={"c": {"data": {"a": "text"}}}), configMap={"name": "c"})

    assert contents(place) == {"a": "text"}


def test_an_empty_directory_and_a_claim_can_be_written(tmp_path: Path) -> None:
    empty = mount(tmp_path, view(), path="/scratch", emptyDir={})
    claim = mount(tmp_path, view(), path="/mnt/data", persistentVolumeClaim={"claimName": "data"})
    (empty / "x").write_text("1")
    (claim / "y").write_text("2")

    assert (tmp_path / "root/scratch/x").read_text() == "1"
    assert (tmp_path / "claims/default/data/y").read_text() == "2"


@pytest.mark.parametrize(
    ("secrets", "source", "message"),
    [
        ({}, {"secret": {"secretName": "tls"}}, "Secret default/tls does not exist"),
        (
            {"tls": secret_document(a="1")},
            {"secret": {"secretName": "tls", "items": [{"key": "b", "path": "b"}]}},
            "Secret default/tls has no key b",
        ),
        ({}, {"hostPath": {"path": "/"}}, "volume v: hostPath is not to be had locally"),
        ({}, {"configMap": {"name": "c"}}, "ConfigMap default/c does not exist"),
    ],
)
def test_l15_what_is_missing_is_named_exactly(
    tmp_path: Path, secrets: dict[str, Any], source: dict[str, Any], message: str
) -> None:
    with pytest.raises(NotYet) as missing:
        mount(tmp_path, view(secrets), **source)

    assert (missing.value.reason, missing.value.message) == ("FailedMount", message)


@pytest.mark.parametrize("path", ["/../../outside", "/a/../../outside"])
def test_a_mount_never_leaves_the_pod(tmp_path: Path, path: str) -> None:
    with pytest.raises(NotYet, match="leads out of the pod"):
        mount(tmp_path, view(), path=path, emptyDir={})


def test_the_name_of_a_key_never_leaves_the_pod(tmp_path: Path) -> None:
    with pytest.raises(NotYet, match="leads out of the pod"):
        publish_files(tmp_path / "place", {"../outside": b""})
    assert not (tmp_path / "outside").exists()
