"""The secrets of one server: its certificate authority, its certificate, the administrator's token, the signing key.

They are made once and kept in the data directory, so that a kubeconfig stays good over restarts. Everything is
readable by its owner only.
"""

import os
import secrets
import ssl
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from virtrigaud_localkube.settings import Settings, SettingsError

_AUTHORITY: Final = "ca.crt"
_AUTHORITY_KEY: Final = "ca.key"
_CERTIFICATE: Final = "server.crt"
_KEY: Final = "server.key"
_TOKEN: Final = "token"  # noqa: S105 - a file name
_ACCOUNT_KEY: Final = "sa.key"
_NAMES: Final = "server.names"
_ALWAYS_NAMED: Final = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its private key, as PEM."""

    certificate: str
    key: str


def prepare_directory(directory: Path) -> None:
    """Makes the data directory, closed to everybody else.

    Raises:
        SettingsError: It is there and others can look into it or into what is in it.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    mode = directory.stat().st_mode & 0o777
    if mode & 0o077:
        raise SettingsError(
            f"{directory} is for keys and tokens, but others may read it (mode {mode:04o}): "
            f"choose a directory of its own, or run chmod 700 {directory}"
        )
    open_files = sorted(str(file) for file in directory.iterdir() if file.is_file() and file.stat().st_mode & 0o077)
    if open_files:
        listed = " ".join(open_files)
        raise SettingsError(f"others may read the state of this server: run chmod 600 {listed}")


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


class Making:
    """Certificates that are being made by a process of their own: the server never loads the library that signs."""

    def __init__(self, directory: Path, names: Sequence[str]) -> None:
        command = [sys.executable, "-m", "virtrigaud_localkube.certificates", str(directory), *names]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE)  # noqa: S603 - our own module

    def finish(self) -> None:
        """Waits until the certificates are there.

        Raises:
            SettingsError: They can't be made.
        """
        _, said = self._process.communicate()
        if self._process.returncode:
            raise SettingsError(f"the certificates can't be made: {said.decode().strip().splitlines()[-1]}")


def begin_certificates(settings: Settings) -> Making | None:
    """Begins to make the certificates for the address that the server listens on, if they are not there."""
    directory = settings.data_dir
    names = sorted({*_ALWAYS_NAMED, settings.host})
    recorded = directory / _NAMES
    is_there = recorded.exists() and recorded.read_text().split() == names and authority_key_file(directory).exists()
    return None if is_there else Making(directory, names)


def write_certificates(directory: Path, authority: Pair, server: Pair, names: Sequence[str]) -> None:
    """Keeps certificates; what is written last says that all are there."""
    for name, text in (
        (_KEY, server.key),
        (_CERTIFICATE, server.certificate),
        (_AUTHORITY_KEY, authority.key),
        (_AUTHORITY, authority.certificate),
        (_NAMES, "\n".join(names)),
    ):
        write_private(directory / name, text)


def load_tls(settings: Settings) -> ssl.SSLContext:
    """The server's side of TLS.

    Clients may bring a certificate; one that the authority did not sign ends the connection.
    """
    directory = settings.data_dir
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(directory / _CERTIFICATE, directory / _KEY)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_verify_locations(directory / _AUTHORITY)
    return context


def token_file(directory: Path) -> Path:
    """Where the administrator's token is kept."""
    return directory / _TOKEN


def account_key_file(directory: Path) -> Path:
    """The key that signs the tokens of service accounts."""
    return directory / _ACCOUNT_KEY


def authority_file(directory: Path) -> Path:
    """The certificate that clients verify the server with."""
    return directory / _AUTHORITY


def authority_key_file(directory: Path) -> Path:
    """The key that signs the certificates of clients."""
    return directory / _AUTHORITY_KEY
