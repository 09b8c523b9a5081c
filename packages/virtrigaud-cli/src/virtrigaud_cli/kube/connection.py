"""Where an API server is and who we are there, read from a kubeconfig file.

Both transports (`blocking` for the commands, `streaming` for the pod runner) take a Connection. Which file
to read is decided in `kubeconfig_choice`, not here.
"""

import base64
import binascii
import ssl
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from virtrigaud_cli.failure import CommandFailed
from virtrigaud_cli.kube.exec_credential import ExecCredential, credential_from_plugin

DEFAULT_NAMESPACE: Final = "default"


@dataclass(frozen=True, slots=True)
class Connection:
    """An API server, the trust in it and the identity used there."""

    server: str
    namespace: str
    tls: ssl.SSLContext | None = field(repr=False)
    token: str = field(default="", repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """The headers of every request."""
        identity = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return {"Accept": "application/json", "User-Agent": "vrtg", **identity}


@dataclass(frozen=True, slots=True)
class _Kubeconfig:
    """A kubeconfig file and the folder that its relative paths start from."""

    path: Path
    document: Mapping[str, Any]

    def entry(self, plural: str, singular: str, name: str) -> Mapping[str, Any]:
        """The named cluster, user or context."""
        for candidate in self.document.get(plural) or ():
            if candidate.get("name") == name:
                entry: Mapping[str, Any] = candidate.get(singular) or {}
                return entry
        raise CommandFailed(
            f"kubeconfig {self.path} names the {singular} {name!r} and does not contain it",
            advice=f"repair the file, or choose another one with --kubeconfig (its {plural} are listed in it)",
        )

    def material(self, entry: Mapping[str, Any], key: str) -> bytes:
        """Certificate or key bytes, given inline as `<key>-data` or as a file."""
        inline = entry.get(f"{key}-data")
        try:
            if inline:
                return base64.b64decode(inline)
            if entry.get(key):
                return (self.path.parent / str(entry[key])).read_bytes()
        except (binascii.Error, OSError) as error:
            raise CommandFailed(f"kubeconfig {self.path}: cannot read {key}: {error}") from error
        return b""


def read_connection(path: Path, *, context: str = "") -> Connection:
    """Read the current (or the named) context of a kubeconfig file.

    Raises:
        CommandFailed: the file is missing, unreadable or incomplete.
    """
    config = _Kubeconfig(path, _read_document(path))
    context_name = context or str(config.document.get("current-context") or "")
    chosen = config.entry("contexts", "context", context_name)
    cluster = config.entry("clusters", "cluster", str(chosen.get("cluster") or ""))
    user = config.entry("users", "user", str(chosen.get("user"))) if chosen.get("user") else {}
    identity = _identity(config, user)
    server = str(cluster.get("server") or "")
    return Connection(
        server=server.rstrip("/"),
        namespace=str(chosen.get("namespace") or DEFAULT_NAMESPACE),
        tls=_tls_context(config, cluster, identity) if server.startswith("https://") else None,
        token=identity.token,
    )


def _read_document(path: Path) -> Mapping[str, Any]:
    try:
        document = yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except OSError as error:
        raise CommandFailed(f"cannot read kubeconfig {path}: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise CommandFailed(f"kubeconfig {path} is not YAML") from error
    if not isinstance(document, Mapping):
        raise CommandFailed(f"kubeconfig {path} is empty")
    return document


def _identity(config: _Kubeconfig, user: Mapping[str, Any]) -> ExecCredential:
    if "exec" in user:
        return credential_from_plugin(user["exec"], folder=config.path.parent)
    token = str(user.get("token") or "")
    if not token and user.get("tokenFile"):
        token = config.material({"token": user["tokenFile"]}, "token").decode().strip()
    return ExecCredential(
        token=token,
        certificate=config.material(user, "client-certificate"),
        key=config.material(user, "client-key"),
    )


def _tls_context(config: _Kubeconfig, cluster: Mapping[str, Any], identity: ExecCredential) -> ssl.SSLContext:
    authority = config.material(cluster, "certificate-authority")
    try:
        tls = ssl.create_default_context(cadata=authority.decode() if authority else None)
    except ssl.SSLError as error:
        message = f"kubeconfig {config.path}: the certificate-authority of the cluster is no certificate"
        raise CommandFailed(message) from error
    if cluster.get("insecure-skip-tls-verify"):
        tls.check_hostname = False
        tls.verify_mode = ssl.CERT_NONE
    if identity.certificate and identity.key:
        _load_client_certificate(tls, identity)
    return tls


def _load_client_certificate(tls: ssl.SSLContext, identity: ExecCredential) -> None:
    # OpenSSL reads a client certificate from a file only; the folder is private and gone at once.
    with tempfile.TemporaryDirectory(prefix="vrtg-") as folder:
        bundle = Path(folder, "client.pem")
        bundle.touch(mode=0o600)
        bundle.write_bytes(identity.certificate + b"\n" + identity.key)
        tls.load_cert_chain(bundle)
