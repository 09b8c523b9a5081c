"""Channels to a provider over mutual TLS, against a gRPC server with certificates of a private CA."""

import os
import re
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from served_provider import asked, failure, served
from virtrigaud_api.contract import Capabilities, Refused, Unavailable
from virtrigaud_api.wire import tls_floor
from virtrigaud_api.wire.certificates import TlsMaterial, plaintext_channel, secure_channel

SERVICE = "virtrigaud-provider-prod-lab.prod.svc.cluster.local"
NO_CERTIFICATE = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
TLS_VERSIONS = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)


class Authority:
    """A private CA."""

    def __init__(self, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        constraints = x509.BasicConstraints(ca=True, path_length=0)
        self.certificate = self._signed(self._name, self._key.public_key(), constraints)

    def issue(self, dns_name: str) -> TlsMaterial:
        """Issue a certificate for a DNS name; its holder trusts this CA."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, dns_name[:64])])
        names = x509.SubjectAlternativeName([x509.DNSName(dns_name)])
        return TlsMaterial(
            certificate=pem(self._signed(subject, key.public_key(), names)),
            key=key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
            ca=pem(self.certificate),
        )

    def _signed(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, extension: x509.ExtensionType
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder(issuer_name=self._name, subject_name=subject, public_key=key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(extension, critical=False)
            .sign(self._key, hashes.SHA256())
        )


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority("ours")


@pytest.fixture(scope="module")
def stranger() -> Authority:
    return Authority("somebody else's")


async def test_l35_an_address_is_dialled_and_the_name_of_the_service_is_verified(authority: Authority) -> None:
    ours = authority.issue("manager")
    async with served(authority.issue(SERVICE)) as port:
        assert await asked(secure_channel(f"127.0.0.1:{port}", ours, SERVICE)) == Capabilities()


@pytest.mark.parametrize("name", ["virtrigaud-provider-dev-lab.dev.svc.cluster.local", None])
async def test_l35_a_server_with_another_name_is_refused(authority: Authority, name: str | None) -> None:
    ours = authority.issue("manager")
    async with served(authority.issue(SERVICE)) as port:
        error = await failure(secure_channel(f"127.0.0.1:{port}", ours, name))
    assert type(error) is Refused
    assert str(error).startswith(
        "cannot read the provider's capabilities: the TLS handshake with the provider failed: "
    )


async def test_l35_a_server_of_another_ca_is_refused(authority: Authority, stranger: Authority) -> None:
    ours = authority.issue("manager")
    async with served(stranger.issue(SERVICE)) as port:
        error = await failure(secure_channel(f"127.0.0.1:{port}", ours, SERVICE))
    assert type(error) is Refused
    assert "CERTIFICATE_VERIFY_FAILED" in str(error)


async def test_a_client_of_another_ca_gets_nothing_and_is_told_that_its_certificate_may_be_why(
    authority: Authority, stranger: Authority
) -> None:
    ours = replace(stranger.issue("manager"), ca=pem(authority.certificate))
    async with served(authority.issue(SERVICE)) as port:
        error = await failure(secure_channel(f"127.0.0.1:{port}", ours, SERVICE))
    assert type(error) is Unavailable
    assert "does not accept our certificate" in str(error)


async def test_a_client_without_tls_gets_nothing(authority: Authority) -> None:
    async with served(authority.issue(SERVICE)) as port:
        error = await failure(plaintext_channel(f"127.0.0.1:{port}"))
    assert type(error) is Unavailable


async def test_a_key_of_another_certificate_is_refused(authority: Authority) -> None:
    ours = replace(authority.issue("manager"), key=authority.issue("other").key)
    async with served(authority.issue(SERVICE)) as port:
        error = await failure(secure_channel(f"127.0.0.1:{port}", ours, SERVICE))
    assert type(error) is Refused


def test_l31_material_never_shows_its_key(authority: Authority) -> None:
    material = authority.issue("manager")
    assert "PRIVATE" not in repr(material)


@pytest.mark.parametrize(
    ("part", "content", "why"),
    [
        ("certificate", b"", "tls.crt holds no PEM certificate"),
        (
            "certificate",
            b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "tls.crt holds no PEM certificate",
        ),
        ("ca", b"\xff", "ca.crt holds no PEM certificate"),
        ("key", b"canary", "tls.key holds no unencrypted PEM private key"),
        ("key", b"-----BEGIN ENCRYPTED PRIVATE KEY-----", "tls.key holds no unencrypted PEM private key"),
    ],
)
def test_material_that_is_no_pem_is_refused_by_the_name_of_its_part(
    authority: Authority, part: str, content: bytes, why: str
) -> None:
    changes: dict[str, Any] = {part: content}
    with pytest.raises(ValueError, match=rf"^{re.escape(why)}$"):
        replace(authority.issue("manager"), **changes)


PROGRAM = """
import asyncio, sys
{first_import}
import grpc
from virtrigaud_api.contract import ProviderError
from virtrigaud_api.wire import tls_floor
from virtrigaud_api.wire.certificates import TlsMaterial, secure_channel
from virtrigaud_api.wire.client import GrpcProvider

async def main():
    certificate, key, ca, port = (open(path, "rb").read() for path in sys.argv[1:])
    server = grpc.aio.server()
    served = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([(key, certificate)]))
    await server.start()
    print(served, tls_floor.in_force, flush=True)
    async with secure_channel(f"127.0.0.1:{{int(port)}}", TlsMaterial(certificate, key, ca), "{service}") as channel:
        try:
            await GrpcProvider(channel).capabilities()
        except ProviderError as error:
            print(type(error).__name__, flush=True)
    sys.stdin.read()
    await server.stop(None)

asyncio.run(main())
"""


@pytest.fixture
def files(authority: Authority, tmp_path: Path) -> Path:
    material = authority.issue(SERVICE)
    for name in ("certificate", "key", "ca"):
        (tmp_path / name).write_bytes(getattr(material, name))
    return tmp_path


def spoken(files: Path, port: int, version: ssl.TLSVersion) -> str | None:
    """Return what a client that speaks one TLS version gets from a server, None when it is refused."""
    context = ssl.create_default_context(cafile=files / "ca")
    context.minimum_version = context.maximum_version = version
    context.set_alpn_protocols(["h2"])
    try:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=30) as connection,
            context.wrap_socket(connection, server_hostname=SERVICE) as session,
        ):
            return session.version()
    except ssl.SSLError:
        return None


@contextmanager
def listening(files: Path, heard: list[str | None]) -> Iterator[int]:
    """Serve one handshake of a server that speaks TLS 1.2 only, and note what comes of it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files / "certificate", files / "key")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["h2"])

    def answer() -> None:
        connection, _ = listener.accept()
        connection.settimeout(30)
        try:
            with context.wrap_socket(connection, server_side=True) as session:
                heard.append(session.version())
        except OSError:
            heard.append(None)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(30)
        thread = threading.Thread(target=answer)
        thread.start()
        yield int(listener.getsockname()[1])
        thread.join()


@pytest.mark.parametrize(
    ("first_import", "tls_1_2"), [("import virtrigaud_api.wire", None), ("import grpc", "TLSv1.2")]
)
def test_l35_a_process_that_imports_the_wire_before_grpc_speaks_nothing_older_than_tls_1_3(
    files: Path, first_import: str, tls_1_2: str | None
) -> None:
    environment = {name: value for name, value in os.environ.items() if name != tls_floor.CIPHER_SUITES_VARIABLE}
    program = PROGRAM.format(first_import=first_import, service=SERVICE)
    heard: list[str | None] = []
    with listening(files, heard) as port:
        (files / "port").write_text(str(port))
        paths = [files / name for name in ("certificate", "key", "ca", "port")]
        with subprocess.Popen(
            [sys.executable, "-c", program, *paths],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            text=True,
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            served_port, in_force = process.stdout.readline().split()
            versions = [spoken(files, int(served_port), version) for version in TLS_VERSIONS]
            outcome = process.stdout.readline().strip()
            process.stdin.close()
    assert (versions, heard, in_force) == ([tls_1_2, "TLSv1.3"], [tls_1_2], str(tls_1_2 is None))
    assert outcome in {"Refused", "Unavailable"}
