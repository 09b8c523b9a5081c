"""How the API server is reached: from a kubeconfig, or from the service account of the pod.

`open_session` makes the HTTP sessions of the store and of the watch. Certificates and tokens never show
in a repr or a message; a token that lies in a file is read again, because Kubernetes renews it there.
"""

import base64
import os
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp
import yaml
from virtrigaud_api.tls_secret import TLS_AUTHORITY

from virtrigaud_manager.cluster.private_file import PrivateFile

SERVICE_ACCOUNT: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_DEFAULT_KUBECONFIG: Final = Path("~/.kube/config")
_TOKEN_LIFETIME_SECONDS: Final = 60.0


class ConnectionSettingsError(Exception):
    """It can't be told from the environment how to reach the API server."""


@dataclass(frozen=True, slots=True)
class Connection:
    """Where the API server is and who we are."""

    server: str
    tls: ssl.SSLContext | None = field(repr=False)
    token: str | None = field(default=None, repr=False)
    token_file: Path | None = None
    basic: str | None = field(default=None, repr=False)

    def open_session(self, connections: int) -> aiohttp.ClientSession:
        """Open a session with at most so many connections at a time; 0 means any number."""
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=connections, ssl=self.tls if self.tls is not None else True),
            middlewares=(_Identity(self),),
            headers={"User-Agent": "virtrigaud-manager"},
        )


class _Identity:
    """Puts our credentials on each request."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._token = connection.token
        self._read_at = 0.0

    async def __call__(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        if self._connection.token_file is not None and time.monotonic() - self._read_at > _TOKEN_LIFETIME_SECONDS:
            self._token = self._connection.token_file.read_text().strip()
            self._read_at = time.monotonic()
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token}"
        elif self._connection.basic is not None:
            request.headers["Authorization"] = f"Basic {self._connection.basic}"
        return await handler(request)


def find_connection(kubeconfig: Path | None) -> Connection:
    """Find the API server: the file that is named, else KUBECONFIG, else the service account, else ~/.kube/config.

    Raises:
        ConnectionSettingsError: There is none of these, or it can't be used.
    """
    if kubeconfig is not None:
        return _from_kubeconfig((kubeconfig,))
    named = os.environ.get("KUBECONFIG")
    if named:
        return _from_kubeconfig(tuple(Path(part).expanduser() for part in named.split(os.pathsep) if part))
    if (SERVICE_ACCOUNT / "token").exists():
        return _from_service_account(SERVICE_ACCOUNT)
    default = _DEFAULT_KUBECONFIG.expanduser()
    if default.exists():
        return _from_kubeconfig((default,))
    raise ConnectionSettingsError(
        "no API server is known: name a kubeconfig with --kubeconfig or KUBECONFIG, or run in a cluster"
    )


def _from_service_account(directory: Path) -> Connection:
    host, port = os.environ.get("KUBERNETES_SERVICE_HOST"), os.environ.get("KUBERNETES_SERVICE_PORT", "443")
    server = "https://kubernetes.default.svc"
    if host:
        server = f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"
    tls = ssl.create_default_context(cafile=str(directory / TLS_AUTHORITY))
    return Connection(server, tls, token_file=directory / "token")


def _from_kubeconfig(paths: Sequence[Path]) -> Connection:
    """Merge the files, the first one that says something wins, and take the current context."""
    documents = [_load(path) for path in paths]
    current = next((name for document in documents if (name := document.get("current-context"))), None)
    if current is None:
        raise ConnectionSettingsError(
            f"{_names(paths)} has no current-context; set one with kubectl config use-context"
        )
    context = _entry(documents, paths, "context", current)
    cluster = _entry(documents, paths, "cluster", context.get("cluster", ""))
    user = _entry(documents, paths, "user", context.get("user", "")) if context.get("user") else {}
    if "exec" in user or "auth-provider" in user:
        raise ConnectionSettingsError(f"user {context['user']} of {_names(paths)} logs in by a plugin; use a token")
    server = cluster.get("server")
    if not server:
        raise ConnectionSettingsError(f"cluster {context.get('cluster')} of {_names(paths)} has no server")
    token_file = user.get("tokenFile")
    return Connection(
        server=server.rstrip("/"),
        tls=_tls(cluster, user, paths[0].parent) if server.startswith("https://") else None,
        token=user.get("token"),
        token_file=paths[0].parent / token_file if token_file else None,
        basic=_basic(user, paths),
    )


def _load(path: Path) -> Mapping[str, Any]:
    try:
        document = yaml.safe_load(path.read_text())
    except (OSError, yaml.YAMLError) as error:
        raise ConnectionSettingsError(f"kubeconfig {path} can't be read: {error}") from error
    return document if isinstance(document, dict) else {}


def _entry(documents: Sequence[Mapping[str, Any]], paths: Sequence[Path], kind: str, name: str) -> Mapping[str, Any]:
    for document in documents:
        for item in document.get(f"{kind}s") or ():
            if item.get("name") == name:
                return item.get(kind) or {}
    raise ConnectionSettingsError(f"{_names(paths)} has no {kind} {name!r}")


def _basic(user: Mapping[str, Any], paths: Sequence[Path]) -> str | None:
    """Return user name and password as basic authentication sends them, where the user logs in so (RFC 7617)."""
    if not user.get("username"):
        return None
    username, password = str(user["username"]), str(user.get("password") or "")
    if ":" in username:
        raise ConnectionSettingsError(
            f"a username of {_names(paths)} has a colon, which basic authentication can't send; use a token"
        )
    return base64.b64encode(f"{username}:{password}".encode()).decode()


def _tls(cluster: Mapping[str, Any], user: Mapping[str, Any], directory: Path) -> ssl.SSLContext:
    authority = cluster.get("certificate-authority")
    data = cluster.get("certificate-authority-data")
    context = ssl.create_default_context(
        cafile=str(directory / authority) if authority and not data else None,
        cadata=base64.b64decode(data).decode() if data else None,
    )
    if cluster.get("tls-server-name"):
        raise ConnectionSettingsError("tls-server-name of a kubeconfig is not supported; dial the server by its name")
    if cluster.get("insecure-skip-tls-verify"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    _load_identity(context, user, directory)
    return context


def _load_identity(context: ssl.SSLContext, user: Mapping[str, Any], directory: Path) -> None:
    """Load the client certificate; Python's TLS takes it from files only."""
    certificate, key = user.get("client-certificate"), user.get("client-key")
    if certificate and key:
        context.load_cert_chain(directory / certificate, directory / key)
        return
    certificate_data, key_data = user.get("client-certificate-data"), user.get("client-key-data")
    if not certificate_data or not key_data:
        return
    with PrivateFile(base64.b64decode(certificate_data) + b"\n" + base64.b64decode(key_data)) as path:
        context.load_cert_chain(path)


def _names(paths: Sequence[Path]) -> str:
    return ", ".join(map(str, paths))
