"""Connection URIs."""

from pathlib import Path

import pytest
from virtrigaud_api.contract import InvalidSpec, Refused
from virtrigaud_provider_libvirt.endpoint import connection_uri


def uri(endpoint: str, credentials: Path, *, username: str | None = None, verify: bool = True) -> str:
    return connection_uri(endpoint, credentials, username=username, verify=verify)


@pytest.mark.parametrize(
    "endpoint",
    ["qemu:///system", "qemu:///system?socket=/run/x/libvirt-sock", "qemu+tls://host:16514/system", "test:///default"],
)
def test_an_address_without_ssh_is_taken_as_it_is(endpoint: str, tmp_path: Path) -> None:
    assert uri(endpoint, tmp_path, username="root") == endpoint


def test_l35_the_key_of_an_ssh_host_is_verified(tmp_path: Path) -> None:
    (tmp_path / "known_hosts").touch()
    (tmp_path / "ssh-privatekey").touch()
    assert uri("qemu+ssh://host/system", tmp_path, username="me@home") == (
        f"qemu+libssh2://me%40home@host/system?sshauth=privkey&keyfile={tmp_path}/ssh-privatekey"
        f"&known_hosts={tmp_path}/known_hosts&known_hosts_verify=normal"
    )


def test_l35_an_ssh_host_without_a_known_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no key known_hosts"):
        uri("qemu+ssh://root@host/system", tmp_path)


def test_l35_opting_out_is_explicit(tmp_path: Path) -> None:
    assert uri("qemu+ssh://root@host/system", tmp_path, verify=False) == (
        "qemu+libssh2://root@host/system?sshauth=password&known_hosts_verify=ignore"
    )
    assert uri("qemu+tls://host/system", tmp_path, verify=False) == "qemu+tls://host/system?no_verify=1"


def test_what_is_no_address_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSpec, match="no libvirt URI"):
        uri("/var/run/libvirt", tmp_path)
