from localkube_client import Client
from virtrigaud_localkube import LocalKubeProcess


def namespaces(server: LocalKubeProcess) -> list[str]:
    return Client.from_kubeconfig(server.kubeconfig).get("/api/v1/namespaces").names


def test_a_fresh_server_has_the_namespaces_of_every_cluster(localkube: LocalKubeProcess) -> None:
    assert namespaces(localkube) == ["default", "kube-node-lease", "kube-public", "kube-system"]


def test_a_restart_keeps_address_and_credentials(localkube: LocalKubeProcess) -> None:
    before = (localkube.url, localkube.token, localkube.kubeconfig.read_text())
    localkube.kill()
    localkube.restart()
    assert (localkube.url, localkube.token, localkube.kubeconfig.read_text()) == before
    assert "default" in namespaces(localkube)


def test_nothing_of_the_state_can_be_read_by_others(localkube: LocalKubeProcess) -> None:
    directory = localkube.kubeconfig.parent
    assert directory.stat().st_mode & 0o777 == 0o700
    secrets = ("kubeconfig", "token", "server.key", "ca.crt")
    assert {name: (directory / name).stat().st_mode & 0o777 for name in secrets} == dict.fromkeys(secrets, 0o600)
