"""The authority that signs the certificates of providers, and how it is followed by the next. Pure but for keys.

A new authority is trusted before it signs, and the former one is trusted until it ends, so that no peer ever meets a
certificate that it can't verify.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from virtrigaud_api.issuing import CertificateAndKey, Validity, certificates_of, new_authority
from virtrigaud_api.tls_secret import TLS_AUTHORITY, TLS_CERTIFICATE, TLS_PRIVATE_KEY

AUTHORITY_SECRET: Final = "virtrigaud-provider-authority"  # noqa: S105 - a name
FOLLOWING_CERTIFICATE: Final = "next.crt"
FOLLOWING_KEY: Final = "next.key"

_LONGEST_OVERLAP: Final = timedelta(hours=1)
_NAME: Final = "VirtRigaud providers"


@dataclass(frozen=True, slots=True)
class Rule:
    """How long certificates live; each is renewed when two thirds of its life are over.

    Attributes:
        lifetime: Of the certificates of both sides.
    """

    lifetime: timedelta

    @property
    def authority_lifetime(self) -> timedelta:
        """Return how long an authority lives."""
        return self.lifetime * 40

    @property
    def overlap(self) -> timedelta:
        """Return how long a new authority is trusted before it signs."""
        return min(_LONGEST_OVERLAP, self.lifetime / 12)


@dataclass(frozen=True, slots=True)
class Authority:
    """Who signs now, who signs next, and who is trusted.

    Attributes:
        following: The next one, while it is only trusted.
        trusted: Certificates as PEM, the present one first.
    """

    current: CertificateAndKey
    following: CertificateAndKey | None
    trusted: tuple[bytes, ...]

    @property
    def bundle(self) -> bytes:
        """Return all trusted certificates as one PEM."""
        return b"".join(self.trusted)

    def due(self, rule: Rule) -> datetime:
        """Return when it has to be followed on."""
        if self.following is not None:
            return self.following.issued + rule.overlap
        return renewal_of(self.current)

    def has_signed(self, pair: CertificateAndKey) -> bool:
        """Tell whether a certificate is of a trusted authority."""
        return any(pair.is_signed_by(CertificateAndKey(certificate, b"")) for certificate in self.trusted)


def renewal_of(pair: CertificateAndKey) -> datetime:
    """Return when two thirds of the life of a certificate are over."""
    return pair.issued + (pair.expires - pair.issued) * 2 / 3


def why_due(authority: Authority | None, rule: Rule, now: datetime) -> str | None:
    """Say why an authority has to be made or followed on; None while it has not."""
    if authority is None or now >= authority.current.expires:
        return "there is none that can be used"
    if now < authority.due(rule):
        return None
    return "two thirds of its life are over" if authority.following is None else "the next one is trusted everywhere"


def followed(authority: Authority | None, rule: Rule, now: datetime) -> Authority:
    """Return the authority after the step that is due."""
    if authority is None or now >= authority.current.expires:
        first = _new(rule, now)
        return Authority(first, None, (first.certificate,))
    if authority.following is None:
        following = _new(rule, now)
        return replace(authority, following=following, trusted=(*_unexpired(authority, now), following.certificate))
    rest = tuple(it for it in _unexpired(authority, now) if it != authority.following.certificate)
    return Authority(authority.following, None, (authority.following.certificate, *rest))


def authority_from(values: Mapping[str, bytes] | None) -> Authority | None:
    """Read an authority from its Secret; None when it is missing, or nothing that can be used."""
    values = values or {}
    current = CertificateAndKey(values.get(TLS_CERTIFICATE, b""), values.get(TLS_PRIVATE_KEY, b""))
    following = CertificateAndKey(values.get(FOLLOWING_CERTIFICATE, b""), values.get(FOLLOWING_KEY, b""))
    if not current.is_whole:
        return None
    try:
        trusted = certificates_of(values.get(TLS_AUTHORITY, b""))
    except ValueError:
        return None
    return Authority(current, following if following.is_whole else None, trusted)


def values_of(authority: Authority) -> dict[str, bytes]:
    """Return what the Secret of an authority holds."""
    values = {
        TLS_CERTIFICATE: authority.current.certificate,
        TLS_PRIVATE_KEY: authority.current.key,
        TLS_AUTHORITY: authority.bundle,
    }
    if authority.following is not None:
        values |= {
            FOLLOWING_CERTIFICATE: authority.following.certificate,
            FOLLOWING_KEY: authority.following.key,
        }
    return values


def _new(rule: Rule, now: datetime) -> CertificateAndKey:
    return new_authority(_NAME, Validity(now, rule.authority_lifetime))


def _unexpired(authority: Authority, now: datetime) -> tuple[bytes, ...]:
    return tuple(it for it in authority.trusted if CertificateAndKey(it, b"").expires > now)
