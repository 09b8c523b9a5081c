"""The secrets of one server: its certificate authority, its certificate, the administrator's token, the kubeconfig.

They are made once and kept in the data directory, so that a kubeconfig stays good over restarts. Everything is
readable by its owner only.
"""

import base64
import os
import secrets
import ssl
from pathlib import Path
from typing import Final

from virtrigaud_localkube.settings import Settings, SettingsError

_AUTHORITY: Final = "ca.crt"
_CERTIFICATE: Final = "server.crt"
_KEY: Final = "server.key"
_TOKEN: Final = "token"  # noqa: S105 - a file name
_NAMES: Final = "server.names"
_ALWAYS_NAMED: Final = ("localhost", "127.0.0.1", "::1")


def prepare_directory(directory: Path) -> None:
    """Makes the data directory, closed to everybody else.

    Raises:
        SettingsError: It is there and others can look into it.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    mode = directory.stat().st_mode & 0o777
    if mode & 0o077:
        raise SettingsError(
            f"{directory} is for keys and tokens, but others may read it (mode {mode:04o}): "
            f"choose a directory of its own, or run chmod 700 {directory}"
        )


def write_private(path: Path, text: str) -> None:
    """Writes a file that only its owner may read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(path)


def private_file(path: Path) -> Path:
    """Makes sure that a file is there and that only its owner may read it."""
    path.touch(mode=0o600)
    return path


def load_token(directory: Path) -> str:
    """The administrator's token, made on the first start."""
    path = token_file(directory)
    if not path.exists():
        write_private(path, secrets.token_urlsafe(32))
    return path.read_text().strip()


def load_tls(settings: Settings) -> ssl.SSLContext:
    """The server's side of TLS, with a certificate for the address that it listens on."""
    directory = settings.data_dir
    names = sorted({*_ALWAYS_NAMED, settings.host})
    recorded = directory / _NAMES
    if not recorded.exists() or recorded.read_text().split() != names:
        # A restart has its certificates and does not load the library that makes them.
        from virtrigaud_localkube.certificates import make_certificates  # noqa: PLC0415

        made = make_certificates(names)
        write_private(directory / _KEY, made.server_key)
        write_private(directory / _CERTIFICATE, made.server)
        write_private(directory / _AUTHORITY, made.authority)
        write_private(recorded, "\n".join(names))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(directory / _CERTIFICATE, directory / _KEY)
    return context


def token_file(directory: Path) -> Path:
    """Where the administrator's token is kept."""
    return directory / _TOKEN


def authority_file(directory: Path) -> Path:
    """The certificate that clients verify the server with."""
    return directory / _AUTHORITY


def write_kubeconfig(settings: Settings, url: str, token: str) -> None:
    """Writes the file that clients find the server with."""
    trust = ""
    if settings.uses_tls:
        authority = base64.b64encode(authority_file(settings.data_dir).read_bytes()).decode()
        trust = f"    certificate-authority-data: {authority}\n"
    write_private(
        settings.kubeconfig_path,
        "apiVersion: v1\n"
        "kind: Config\n"
        "clusters:\n"
        "- name: localkube\n"
        "  cluster:\n"
        f"    server: {url}\n"
        f"{trust}"
        "users:\n"
        "- name: localkube\n"
        "  user:\n"
        f"    token: {token}\n"
        "contexts:\n"
        "- name: localkube\n"
        "  context:\n"
        "    cluster: localkube\n"
        "    user: localkube\n"
        "    namespace: default\n"
        "current-context: localkube\n",
    )
