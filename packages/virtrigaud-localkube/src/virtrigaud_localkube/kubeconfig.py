"""Kubeconfigs: the administrator's, with the token, and those of other users, with a client certificate."""

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from virtrigaud_localkube.credentials import Pair, authority_file, authority_key_file, write_private
from virtrigaud_localkube.settings import Settings, SettingsError

_TEMPLATE: Final = """\
apiVersion: v1
kind: Config
clusters:
- name: localkube
  cluster:
    server: {url}
{trust}users:
- name: {user}
  user:
{proof}contexts:
- name: localkube
  context:
    cluster: localkube
    user: {user}
    namespace: default
current-context: localkube
"""
_SERVER: Final = "    server: "


def write_kubeconfig(settings: Settings, url: str, token: str) -> None:
    """Writes the file that the administrator's clients find the server with."""
    trust = _trust(settings.data_dir) if settings.uses_tls else ""
    text = _TEMPLATE.format(url=url, trust=trust, user="localkube", proof=f"    token: {token}\n")
    write_private(settings.kubeconfig_path, text)


def user_kubeconfig(data_dir: Path, kubeconfig: Path, user: str, groups: Sequence[str]) -> str:
    """A kubeconfig for any user, with a certificate that names the user and the groups.

    The address of the server is taken from the administrator's kubeconfig.

    Raises:
        SettingsError: The directory holds no server that speaks TLS.
    """
    # Only who issues certificates loads the library for it.
    from virtrigaud_localkube.certificates import make_client_certificate  # noqa: PLC0415

    try:
        authority = Pair(authority_file(data_dir).read_text(), authority_key_file(data_dir).read_text())
        lines = kubeconfig.read_text().splitlines()
    except FileNotFoundError as error:
        raise SettingsError(
            f"{error.filename} is missing: start the server on {data_dir} first, with TLS (certificates need it)"
        ) from error
    url = next(line.removeprefix(_SERVER) for line in lines if line.startswith(_SERVER))
    pair = make_client_certificate(authority, user, groups)
    proof = f"    client-certificate-data: {_encoded(pair.certificate)}\n    client-key-data: {_encoded(pair.key)}\n"
    return _TEMPLATE.format(url=url, trust=_trust(data_dir), user=json.dumps(user), proof=proof)


def _trust(data_dir: Path) -> str:
    return f"    certificate-authority-data: {_encoded(authority_file(data_dir).read_text())}\n"


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
