"""Which cluster is meant and who we are there."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from virtrigaud_cli.failure import CommandFailed
from virtrigaud_cli.kube.connection import read_connection
from virtrigaud_cli.kube.kubeconfig_choice import chosen_kubeconfig


def write(path: Path, user: dict[str, Any], cluster: dict[str, Any] | None = None, namespace: str = "") -> Path:
    context = {"cluster": "c", "user": "u"} | ({"namespace": namespace} if namespace else {})
    document = {
        "current-context": "x",
        "contexts": [{"name": "x", "context": context}],
        "clusters": [{"name": "c", "cluster": cluster or {"server": "http://127.0.0.1:1/"}}],
        "users": [{"name": "u", "user": user}],
    }
    path.write_text(yaml.safe_dump(document))
    return path


def test_a_token_and_a_namespace_are_read(tmp_path: Path) -> None:
    connection = read_connection(write(tmp_path / "k", {"token": "canary"}, namespace="prod"))

    assert (connection.server, connection.namespace) == ("http://127.0.0.1:1", "prod")
    assert connection.headers["Authorization"] == "Bearer canary"


def test_l31_a_token_is_not_in_the_words_of_a_connection(tmp_path: Path) -> None:
    assert "canary" not in repr(read_connection(write(tmp_path / "k", {"token": "canary"})))


def test_a_token_file_is_found_beside_the_kubeconfig(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-file\n")

    connection = read_connection(write(tmp_path / "k", {"tokenFile": "token"}))

    assert connection.headers["Authorization"] == "Bearer from-file"


def test_a_plugin_gives_a_token(tmp_path: Path) -> None:
    plugin = tmp_path / "plugin"
    answer = json.dumps({"kind": "ExecCredential", "status": {"token": "from-plugin"}})
    plugin.write_text(f"#!/bin/sh\nprintf '%s' '{answer}'\n")
    plugin.chmod(0o700)
    user = {"exec": {"command": "./plugin", "apiVersion": "client.authentication.k8s.io/v1"}}

    connection = read_connection(write(tmp_path / "k", user))

    assert connection.headers["Authorization"] == "Bearer from-plugin"


def test_a_plugin_that_is_not_installed_is_named_with_its_hint(tmp_path: Path) -> None:
    user = {"exec": {"command": "absent-plugin", "installHint": "get it from the shop"}}

    with pytest.raises(
        CommandFailed, match="credential plugin absent-plugin of the kubeconfig is not installed"
    ) as failure:
        read_connection(write(tmp_path / "k", user))

    assert failure.value.advice == "get it from the shop"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("{", "is not YAML"),
        ("current-context: gone\n", "names the context 'gone' and does not contain it"),
    ],
)
def test_a_kubeconfig_that_cannot_be_used_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "k").write_text(text)

    with pytest.raises(CommandFailed, match=message):
        read_connection(tmp_path / "k")


def test_a_certificate_that_is_no_base64_is_named(tmp_path: Path) -> None:
    cluster = {"server": "https://127.0.0.1:1", "certificate-authority-data": "a"}

    with pytest.raises(CommandFailed, match="cannot read certificate-authority"):
        read_connection(write(tmp_path / "k", {}, cluster))


def test_verification_is_on_unless_the_kubeconfig_turns_it_off(tmp_path: Path) -> None:
    strict = read_connection(write(tmp_path / "a", {}, {"server": "https://127.0.0.1:1"})).tls
    loose = read_connection(
        write(tmp_path / "b", {}, {"server": "https://127.0.0.1:1", "insecure-skip-tls-verify": True})
    ).tls

    assert strict is not None
    assert loose is not None
    assert (strict.check_hostname, loose.check_hostname) == (True, False)


def test_the_environment_comes_before_the_local_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    local, named = tmp_path / "local", tmp_path / "named"
    local.touch()
    monkeypatch.setenv("KUBECONFIG", f"{tmp_path / 'absent'}:{named}")

    assert chosen_kubeconfig(None, local) == local
    named.touch()
    assert chosen_kubeconfig(None, local) == named
    assert chosen_kubeconfig(tmp_path / "given", local) == tmp_path / "given"


def test_where_there_is_no_cluster_the_way_to_one_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("KUBECONFIG", raising=False)

    with pytest.raises(CommandFailed, match="no cluster to ask") as failure:
        chosen_kubeconfig(None, tmp_path / "local")

    assert "vrtg up" in failure.value.advice


def test_inline_material_is_decoded(tmp_path: Path) -> None:
    broken = base64.b64encode(b"no certificate").decode()
    cluster = {"server": "https://127.0.0.1:1", "certificate-authority-data": broken}

    with pytest.raises(CommandFailed, match="certificate-authority of the cluster is no certificate"):
        read_connection(write(tmp_path / "k", {}, cluster))
