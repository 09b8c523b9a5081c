"""Issues private certificate authorities and the certificates that they sign; pure but for randomness and time.

The manager and `vrtg` call it; it needs the package cryptography, which the extra `issuing` brings. Elliptic
curve P-256, signed with SHA-256: small, fast, and what TLS 1.3 speaks.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Final, Self

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_LIFETIME: Final = timedelta(days=3650)
CERTIFICATE_LIFETIME: Final = timedelta(days=365)
# A clock a little behind ours must not refuse a certificate that is seconds old.
CLOCK_TOLERANCE: Final = timedelta(minutes=5)
LONGEST_COMMON_NAME: Final = 64


@dataclass(frozen=True, slots=True)
class CertificateAndKey:
    """A certificate and its private key, both PEM."""

    certificate: bytes
    key: bytes = field(repr=False)

    @property
    def expires(self) -> datetime:
        """The moment after which it is refused."""
        return self._parsed.not_valid_after_utc

    @property
    def issued(self) -> datetime:
        """The moment at which it was made."""
        return self._parsed.not_valid_before_utc + CLOCK_TOLERANCE

    @property
    def is_whole(self) -> bool:
        """Whether both parts can be read and belong together."""
        try:
            private = serialization.load_pem_private_key(self.key, password=None)
            return private.public_key() == self._parsed.public_key()
        except (ValueError, TypeError, UnsupportedAlgorithm):
            return False

    @property
    def dns_names(self) -> tuple[str, ...]:
        """The DNS names that it vouches for."""
        names = self._alternative_names
        return () if names is None else tuple(names.get_values_for_type(x509.DNSName))

    @property
    def names(self) -> tuple[str, ...]:
        """The DNS names and the IP addresses that it vouches for."""
        names = self._alternative_names
        addresses = () if names is None else names.get_values_for_type(x509.IPAddress)
        return (*self.dns_names, *map(str, addresses))

    def is_signed_by(self, authority: Self) -> bool:
        """Whether that authority issued it."""
        try:
            self._parsed.verify_directly_issued_by(x509.load_pem_x509_certificate(authority.certificate))
        except Exception:  # noqa: BLE001 - the library has no common error for "not by this one"
            return False
        return True

    @property
    def _alternative_names(self) -> x509.SubjectAlternativeName | None:
        try:
            return self._parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        except x509.ExtensionNotFound:
            return None

    @property
    def _parsed(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.certificate)


class Purpose(Enum):
    """What a peer of mutual TLS may be."""

    SERVER = ExtendedKeyUsageOID.SERVER_AUTH
    CLIENT = ExtendedKeyUsageOID.CLIENT_AUTH


@dataclass(frozen=True, slots=True)
class Validity:
    """From when on a certificate holds, and for how long."""

    issued: datetime
    lifetime: timedelta


def certificates_of(pem: bytes) -> tuple[bytes, ...]:
    """The certificates of a bundle, each by itself.

    Raises:
        ValueError: There is none, or one that can't be read.
    """
    return tuple(map(_pem, x509.load_pem_x509_certificates(pem)))


def new_authority(name: str, validity: Validity | None = None) -> CertificateAndKey:
    """A certificate authority of its own, for nobody but those who are given its certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _subject(name)
    certificate = (
        _certificate(subject, subject, key.public_key(), validity or _from_now(AUTHORITY_LIFETIME))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return CertificateAndKey(_pem(certificate), _key_pem(key))


def new_peer_certificate(
    authority: CertificateAndKey,
    names: Sequence[str],
    purposes: Sequence[Purpose] = tuple(Purpose),
    validity: Validity | None = None,
) -> CertificateAndKey:
    """A certificate for one peer of mutual TLS.

    Args:
        authority: Who vouches for it.
        names: DNS names and IP addresses that it is good for, DNS names first.
        purposes: What the peer may be; both by default.
        validity: How long it holds, `CERTIFICATE_LIFETIME` from now on by default.
    """
    issuer = x509.load_pem_x509_certificate(authority.certificate)
    issuer_key = serialization.load_pem_private_key(authority.key, password=None)
    if not isinstance(issuer_key, ec.EllipticCurvePrivateKey):
        raise TypeError("the authority has no elliptic curve key")
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _certificate(_subject(names[0]), issuer.subject, key.public_key(), validity or _from_now(CERTIFICATE_LIFETIME))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose.value for purpose in purposes]), critical=False)
        .add_extension(x509.SubjectAlternativeName(list(map(_general_name, names))), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
    return CertificateAndKey(_pem(certificate), _key_pem(key))


def _certificate(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, validity: Validity
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(validity.issued - CLOCK_TOLERANCE)
        .not_valid_after(validity.issued + validity.lifetime)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _from_now(lifetime: timedelta) -> Validity:
    return Validity(datetime.now(UTC), lifetime)


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:LONGEST_COMMON_NAME])])


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
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


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
