"""Ring 1: how the API server is found, and what is said when it can't be."""

import base64
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web
from aiohttp.test_utils import TestServer
from certificates import Authority
from virtrigaud_manager.cluster.connection import ConnectionSettingsError, find_connection


def kubeconfig(path: Path, **user: Any) -> Path:
    path.write_text(
        yaml.safe_dump(
            {
                "current-context": "here",
                "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u"}}],
                "clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:1/"}}],
                "users": [{"name": "u", "user": user}],
            }
        )
    )
    return path


def test_the_file_that_is_named_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig(tmp_path / "other", token="other")))
    found = find_connection(kubeconfig(tmp_path / "named", token="named"))
    assert (found.server, found.token) == ("http://127.0.0.1:1", "named")


def test_several_files_are_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = tmp_path / "first"
    first.write_text(yaml.safe_dump({"users": [{"name": "u", "user": {"token": "first"}}]}))
    second = kubeconfig(tmp_path / "second", token="second")
    monkeypatch.setenv("KUBECONFIG", f"{first}:{second}")
    assert find_connection(None).token == "first"


def test_a_client_certificate_is_taken_from_data(tmp_path: Path) -> None:
    identity = Authority("test").secret("manager")
    path = kubeconfig(
        tmp_path / "k",
        **{
            "client-certificate-data": base64.b64encode(identity["tls.crt"]).decode(),
            "client-key-data": base64.b64encode(identity["tls.key"]).decode(),
        },
    )
    document = yaml.safe_load(path.read_text())
    document["clusters"][0]["cluster"] = {
        "server": "https://127.0.0.1:1",
        "certificate-authority-data": base64.b64encode(identity["ca.crt"]).decode(),
    }
    path.write_text(yaml.safe_dump(document))
    found = find_connection(path)
    assert found.tls is not None
    assert [authority["subject"] for authority in found.tls.get_ca_certs()] == [((("commonName", "test"),),)]


def test_l31_credentials_never_show(tmp_path: Path) -> None:
    found = find_connection(kubeconfig(tmp_path / "k", token="canary", username="name", password="canary"))
    assert "canary" not in repr(found)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}", "has no current-context"),
        ("current-context: x", "has no context 'x'"),
        (": :", "can't be read"),
    ],
)
def test_a_file_that_can_not_be_used_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text(text)
    with pytest.raises(ConnectionSettingsError, match=message) as caught:
        find_connection(path)
    assert str(path) in str(caught.value)


def test_a_login_by_plugin_is_refused_with_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(ConnectionSettingsError, match="logs in by a plugin; use a token"):
        find_connection(kubeconfig(tmp_path / "k", exec={"command": "aws"}))


def test_l31_a_user_name_that_basic_authentication_can_not_send_is_refused_and_not_shown(tmp_path: Path) -> None:
    path = kubeconfig(tmp_path / "k", username="canary:name", password="canary")
    with pytest.raises(ConnectionSettingsError) as caught:
        find_connection(path)
    assert str(caught.value) == f"a username of {path} has a colon, which basic authentication can't send; use a token"


async def test_user_name_and_password_are_sent_in_utf_8(tmp_path: Path) -> None:
    heard: list[str | None] = []

    async def answer(request: web.Request) -> web.Response:
        heard.append(request.headers.get("Authorization"))
        return web.Response()

    application = web.Application()
    application.router.add_get("/", answer)
    found = find_connection(kubeconfig(tmp_path / "k", username="Jörg", password="10 €:"))
    async with TestServer(application) as server, found.open_session(1) as session:
        await session.get(server.make_url("/"))
    assert heard == ["Basic " + base64.b64encode("Jörg:10 €:".encode()).decode()]
