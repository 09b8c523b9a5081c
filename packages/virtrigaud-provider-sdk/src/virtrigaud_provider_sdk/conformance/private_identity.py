"""One TLS identity for both sides of a run, of an authority whose key nobody keeps.

`served_program` uses it. It needs the package cryptography, which the extra `conformance` brings.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from virtrigaud_api.wire.certificates import TlsMaterial

_AUTHORITY: Final = "conformance"
_LIFETIME: Final = timedelta(days=1)
# A clock a little behind ours must not refuse a certificate that is seconds old.
_CLOCK_TOLERANCE: Final = timedelta(minutes=5)


def new_identity(dns_name: str) -> TlsMaterial:
    """Make an authority and a certificate for the DNS name, good as a server and as a client."""
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _certificate(_AUTHORITY, authority_key, x509.BasicConstraints(ca=True, path_length=0))
    leaf = _certificate(dns_name, key, x509.BasicConstraints(ca=False, path_length=None)).add_extension(
        x509.SubjectAlternativeName([x509.DNSName(dns_name)]), critical=False
    )
    pem = serialization.Encoding.PEM
    return TlsMaterial(
        certificate=leaf.sign(authority_key, hashes.SHA256()).public_bytes(pem),
        key=key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
        ca=authority.sign(authority_key, hashes.SHA256()).public_bytes(pem),
    )


def _certificate(
    name: str, key: ec.EllipticCurvePrivateKey, constraints: x509.BasicConstraints
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(_AUTHORITY))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_TOLERANCE)
        .not_valid_after(now + _LIFETIME)
        .add_extension(constraints, critical=True)
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
