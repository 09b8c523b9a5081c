import http.client
import os
import ssl
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from localkube_client import Client
from virtrigaud_localkube import LocalKube, LocalKubeProcess, SettingsError
from virtrigaud_localkube.certificates import make_authority, make_client_certificate


def status(server: LocalKubeProcess, path: str, **headers: str) -> int:
    host = server.url.split("://", 1)[1]
    context = ssl.create_default_context(cafile=str(server.ca_path))
    connection = http.client.HTTPSConnection(host, context=context, timeout=10)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse().status
    connection.close()
    return answer


def test_without_the_token_there_is_only_health_and_version(localkube: LocalKubeProcess) -> None:
    assert [status(localkube, path) for path in ("/healthz", "/version")] == [200, 200]
    for path in ("/", "/api", "/apis", "/openapi/v2", "/api/v1/secrets", "/nowhere"):
        assert status(localkube, path) == 401, path
    for header in ("Bearer wrong", "Bearer ", "Basic " + localkube.token, localkube.token, "Bearer \xe9"):
        assert status(localkube, "/api", Authorization=header) == 401, header
    assert status(localkube, "/api", Authorization=f"Bearer {localkube.token}") == 200


def test_the_certificate_is_verified_by_name_and_authority(localkube: LocalKubeProcess) -> None:
    host, port = localkube.url.split("://", 1)[1].split(":")
    with pytest.raises(ssl.SSLCertVerificationError):
        http.client.HTTPSConnection(host, int(port), timeout=10).request("GET", "/healthz")
    context = ssl.create_default_context(cafile=str(localkube.ca_path))
    connection = http.client.HTTPSConnection("localhost", int(port), context=context, timeout=10)
    connection.request("GET", "/healthz")
    assert connection.getresponse().status == 200
    connection.close()


def test_a_data_directory_that_others_can_read_is_refused(tmp_path: Path) -> None:
    directory = tmp_path / "open"
    directory.mkdir(mode=0o755)
    command = [sys.executable, "-m", "virtrigaud_localkube", "--data-dir", str(directory), "--listen", "127.0.0.1:0"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert f"run chmod 700 {directory}" in ended.stderr
    assert list(directory.iterdir()) == []


def test_everything_in_the_data_directory_is_private(localkube: LocalKubeProcess) -> None:
    files = [file for file in localkube.kubeconfig.parent.iterdir() if stat.S_IMODE(file.stat().st_mode) & 0o077]
    assert files == []


async def test_a_server_listens_on_loopback_unless_told_otherwise(tmp_path: Path) -> None:
    async with LocalKube(tmp_path / "state") as kube:
        assert kube.url.startswith("https://127.0.0.1:")


def test_the_program_listens_on_loopback_unless_told_otherwise() -> None:
    command = [sys.executable, "-m", "virtrigaud_localkube", "--help"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "(default: 127.0.0.1:6443)" in " ".join(said.split())


async def test_a_second_server_on_the_same_state_is_refused(tmp_path: Path) -> None:
    async with LocalKube(tmp_path / "state"):
        with pytest.raises(SettingsError, match="another server works on"):
            await LocalKube(tmp_path / "state").start()


async def test_an_address_that_is_taken_is_named(tmp_path: Path) -> None:
    async with LocalKube(tmp_path / "one") as first:
        taken = first.url.removeprefix("https://")
        with pytest.raises(SettingsError, match=f"can't listen on {taken}"):
            await LocalKube(tmp_path / "two", listen=taken).start()


@pytest.mark.parametrize("listen", ["0.0.0.0:0", "192.0.2.1:0"])
def test_plain_http_is_for_loopback_only(tmp_path: Path, listen: str) -> None:
    with pytest.raises(SettingsError, match="loopback only"):
        LocalKube(tmp_path, listen=listen, uses_tls=False)


@pytest.mark.parametrize("listen", ["localhost", "127.0.0.1:http", "127.0.0.1:99999"])
def test_an_address_that_is_none_is_refused(tmp_path: Path, listen: str) -> None:
    with pytest.raises(SettingsError, match="HOST:PORT"):
        LocalKube(tmp_path, listen=listen)


async def test_plain_http_is_offered_on_demand(tmp_path: Path) -> None:
    server = LocalKubeProcess(tmp_path / "state", uses_tls=False)
    server.start()
    try:
        assert server.url.startswith("http://127.0.0.1:")
        api = Client(server.url, None, token="")
        assert api.get("/api/v1/namespaces").status == 200
        for headers in ({"Origin": "https://example.com"}, {"Host": "rebound.example.com"}):
            assert api.request("GET", "/api/v1/namespaces", headers=headers).status == 401, headers
    finally:
        server.stop()


def test_the_token_is_in_no_argument_and_in_no_log(localkube: LocalKubeProcess) -> None:
    assert status(localkube, "/api", Authorization="Bearer canary-token") == 401
    arguments = Path(f"/proc/{localkube.pid}/cmdline").read_bytes()
    environment = Path(f"/proc/{localkube.pid}/environ").read_bytes()
    for place in (arguments, environment, localkube.log().encode()):
        assert localkube.token.encode() not in place
        assert b"canary-token" not in place
    assert os.getpid() != localkube.pid


def test_a_client_certificate_names_user_and_groups(localkube: LocalKubeProcess) -> None:
    jane = Client.from_kubeconfig(localkube.kubeconfig_for("jane", "developers", "testers"))
    review = jane.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", {})
    groups = ["developers", "testers", "system:authenticated"]
    assert review.body["status"]["userInfo"] == {"username": "jane", "groups": groups}
    assert jane.get("/api/v1/secrets").status == 403
    assert (
        Client.from_kubeconfig(localkube.kubeconfig_for("root", "system:masters")).get("/api/v1/secrets").status == 200
    )


def test_a_certificate_of_another_authority_opens_nothing(localkube: LocalKubeProcess, tmp_path: Path) -> None:
    other = make_authority()
    pair = make_client_certificate(other, "root", ["system:masters"])
    files = [tmp_path / "certificate", tmp_path / "key"]
    for file, text in zip(files, (pair.certificate, pair.key), strict=True):
        file.write_text(text)
    context = ssl.create_default_context(cafile=str(localkube.ca_path))
    context.load_cert_chain(files[0], files[1])
    connection = http.client.HTTPSConnection(localkube.url.removeprefix("https://"), context=context, timeout=10)

    def ask() -> None:
        connection.request("GET", "/api/v1/secrets")
        connection.getresponse()

    with pytest.raises((ssl.SSLError, ConnectionError, http.client.RemoteDisconnected)):
        ask()
    connection.close()


def test_a_kubeconfig_for_a_user_is_printed(localkube: LocalKubeProcess) -> None:
    command = [sys.executable, "-m", "virtrigaud_localkube", "--data-dir", str(localkube.kubeconfig.parent)]
    printed = subprocess.run([*command, "--user", "joe: {", "--group", "a"], capture_output=True, text=True, check=True)
    file = localkube.kubeconfig.with_name("joe")
    file.write_text(printed.stdout)
    review = Client.from_kubeconfig(file).post("/apis/authentication.k8s.io/v1/selfsubjectreviews", {})
    assert review.body["status"]["userInfo"]["username"] == "joe: {"


def test_tokens_and_certificates_outlive_a_restart(localkube: LocalKubeProcess) -> None:
    jane = localkube.kubeconfig_for("jane")
    path = "/api/v1/namespaces/default/serviceaccounts/default/token"
    token = Client.from_kubeconfig(localkube.kubeconfig).post(path, {}).body["status"]["token"]
    localkube.restart()
    for client in (Client.from_kubeconfig(jane), Client.from_kubeconfig(localkube.kubeconfig).with_token(token)):
        assert client.get("/apis").status == 200


def test_state_that_others_can_read_is_refused(tmp_path: Path) -> None:
    server = LocalKubeProcess(tmp_path / "state")
    server.start()
    server.stop()
    (tmp_path / "state" / "state.db").chmod(0o644)
    with pytest.raises(RuntimeError, match=f"chmod 600 {tmp_path}/state/state.db"):
        server.start()
