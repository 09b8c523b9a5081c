"""The TLS identity of the server: read from mounted files, and read again whenever they have changed.

Certificate, key and CA change together and without a restart: before each TLS handshake the files are
looked at, as gRPC asks for them there. A Secret that the kubelet or a local pod runner swaps by symlink
is therefore in force for the next connection. Connections that are open keep their identity.
"""

import ssl
import threading
from dataclasses import dataclass
from pathlib import Path

import grpc
import structlog

from virtrigaud_provider_sdk.metrics import CERTIFICATE_RELOADS
from virtrigaud_provider_sdk.settings import ProviderSettings

CERTIFICATE_FILE = "tls.crt"
KEY_FILE = "tls.key"
CA_FILE = "ca.crt"

_log = structlog.get_logger("virtrigaud.tls")

_Stamp = tuple[tuple[int, int, int, int], ...]


class StartRefused(Exception):
    """The process must not start serving; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Plaintext:
    """Serve without TLS, as the settings explicitly allow."""


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Where the server's certificate chain, its key and the CA of its clients are."""

    directory: Path

    @property
    def paths(self) -> tuple[Path, Path, Path]:
        """Certificate, key and CA."""
        return self.directory / CERTIFICATE_FILE, self.directory / KEY_FILE, self.directory / CA_FILE

    def stamp(self) -> _Stamp:
        """Return a value that changes when one of the files does, symlinks followed."""
        stats = [path.stat() for path in self.paths]
        return tuple((stat.st_dev, stat.st_ino, stat.st_mtime_ns, stat.st_size) for stat in stats)


def tls_posture(settings: ProviderSettings) -> TlsFiles | Plaintext:
    """Decide how to serve: with all three files by mutual TLS, without any of them only where that is allowed.

    Raises:
        StartRefused: Some files are missing or empty, or all are and plaintext is not allowed.
    """
    files = TlsFiles(settings.tls_directory)
    missing = [path.name for path in files.paths if not _has_content(path)]
    if not missing:
        return files
    if len(missing) < len(files.paths):
        raise StartRefused(
            f"incomplete TLS files in {files.directory}: {', '.join(missing)} missing or empty; "
            f"mount a Secret with {CERTIFICATE_FILE}, {KEY_FILE} and {CA_FILE}"
        )
    if settings.insecure:
        return Plaintext()
    raise StartRefused(
        f"no TLS files in {files.directory}; mount a Secret with {CERTIFICATE_FILE}, {KEY_FILE} and {CA_FILE}, "
        "or set VIRTRIGAUD_PROVIDER_INSECURE=true to serve everybody in plaintext"
    )


class CertificateReload:
    """The newest usable TLS identity in the files."""

    def __init__(self, files: TlsFiles) -> None:
        """Read the files.

        Raises:
            StartRefused: They can't be used.
        """
        self._files = files
        self._lock = threading.Lock()
        self._refused = ""
        try:
            self._stamp = files.stamp()
            self._configuration = _read(files)
        except (OSError, ValueError) as error:
            raise StartRefused(f"cannot use the TLS files in {files.directory}: {error}") from error

    def credentials(self) -> grpc.ServerCredentials:
        """Return credentials that ask for the newest identity at each handshake and require a client certificate."""
        return grpc.dynamic_ssl_server_credentials(
            self._configuration,
            self.changed,  # type: ignore[arg-type]  # the stubs do not know None: unchanged
            require_client_authentication=True,
        )

    def changed(self) -> grpc.ServerCertificateConfiguration | None:
        """Return the new identity when the files have changed and can be used, otherwise None.

        gRPC calls this from its own threads. Files that can't be used leave the identity as it is; they are looked
        at again for the next handshake.
        """
        with self._lock:
            try:
                stamp = self._files.stamp()
                if stamp == self._stamp:
                    return None
                configuration = _read(self._files)
                if self._files.stamp() != stamp:
                    return None
            except (OSError, ValueError) as error:
                self._refuse(error)
                return None
            self._stamp, self._configuration, self._refused = stamp, configuration, ""
        CERTIFICATE_RELOADS.labels("success").inc()
        _log.info("TLS certificate, key and CA reloaded", directory=str(self._files.directory))
        return configuration

    def _refuse(self, error: Exception) -> None:
        """Count and log a reason once, not at every handshake."""
        if str(error) == self._refused:
            return
        self._refused = str(error)
        CERTIFICATE_RELOADS.labels("error").inc()
        _log.error(
            "changed TLS files can't be used; the identity stays as it was",
            directory=str(self._files.directory),
            error=str(error),
        )


def _read(files: TlsFiles) -> grpc.ServerCertificateConfiguration:
    """Read the files and check that they belong together.

    Raises:
        OSError: A file can't be read.
        ValueError: A file holds no certificate or key, or the key is another certificate's.
    """
    certificate, key, ca = files.paths
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except ssl.SSLError as error:
        raise ValueError(f"{certificate.name} and {key.name} are no matching pair: {error.reason or error}") from error
    try:
        context.load_verify_locations(ca)
    except ssl.SSLError as error:
        raise ValueError(f"{ca.name} holds no CA certificate: {error.reason or error}") from error
    return grpc.ssl_server_certificate_configuration([(key.read_bytes(), certificate.read_bytes())], ca.read_bytes())


def _no_password() -> str:
    raise ValueError(f"{KEY_FILE} is encrypted; it must be a plain PEM key")


def _has_content(path: Path) -> bool:
    try:
        return bool(path.read_bytes().strip())
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StartRefused(f"cannot read {path}: {error.strerror}") from error
