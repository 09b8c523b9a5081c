"""The secrets of one server: its certificate authority, its certificate, the administrator's token, the kubeconfig.

They are made once and kept in the data directory, so that a kubeconfig stays good over restarts. Everything is
readable by its owner only.
"""

import ipaddress
import os
import secrets
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from virtrigaud_localkube.settings import Settings, SettingsError

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec

_AUTHORITY: Final = "ca.crt"
_CERTIFICATE: Final = "server.crt"
_KEY: Final = "server.key"
_TOKEN: Final = "token"  # noqa: S105 - a file name
_NAMES: Final = "server.names"
_LIFETIME: Final = timedelta(days=3650)
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
            f"{directory} holds keys and tokens, but others may read it (mode {mode:04o}): run chmod 700 {directory}"
        )


def write_private(path: Path, text: str) -> None:
    """Writes a file that only its owner may read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(path)


def load_token(directory: Path) -> str:
    """The administrator's token, made on the first start."""
    path = directory / _TOKEN
    if not path.exists():
        write_private(path, secrets.token_urlsafe(32))
    return path.read_text().strip()


def load_tls(settings: Settings) -> ssl.SSLContext:
    """The server's side of TLS, with a certificate for the address that it listens on."""
    directory = settings.data_dir
    names = sorted({*_ALWAYS_NAMED, settings.host})
    recorded = directory / _NAMES
    if not recorded.exists() or recorded.read_text().split() != names:
        _make_certificates(directory, names)
        write_private(recorded, "\n".join(names))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(directory / _CERTIFICATE, directory / _KEY)
    return context


def authority_file(directory: Path) -> Path:
    """The certificate that clients verify the server with."""
    return directory / _AUTHORITY


def write_kubeconfig(settings: Settings, url: str, token: str) -> None:
    """Writes the file that clients find the server with."""
    trust = ""
    if settings.uses_tls:
        import base64

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


def _make_certificates(directory: Path, names: list[str]) -> None:
    """Makes an authority and a server certificate; the authority's key is used once and not kept."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID

    authority_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority_name, server_name = _common_name("localkube-ca"), _common_name("localkube")
    key_identifier = x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key())
    authority = (
        _builder(authority_name, authority_name, authority_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(key_identifier, critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    server = (
        _builder(server_name, authority_name, server_key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(key_identifier), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = server_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    write_private(directory / _KEY, private.decode())
    write_private(directory / _CERTIFICATE, server.public_bytes(pem).decode())
    write_private(directory / _AUTHORITY, authority.public_bytes(pem).decode())


def _builder(subject: "x509.Name", issuer: "x509.Name", key: "ec.EllipticCurvePrivateKey") -> "x509.CertificateBuilder":
    from cryptography import x509

    start = datetime.now(UTC) - timedelta(hours=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + _LIFETIME)
    )


def _common_name(text: str) -> "x509.Name":
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _key_usage(*, signs_certificates: bool) -> "x509.KeyUsage":
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(name: str) -> "x509.GeneralName":
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
