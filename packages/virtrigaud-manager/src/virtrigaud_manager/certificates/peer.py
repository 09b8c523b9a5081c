"""The certificate of one side of a connection: what it holds, and why it has to be issued anew. Pure but for keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from virtrigaud_api.issuing import CertificateAndKey, Purpose, Validity, new_peer_certificate
from virtrigaud_api.tls_secret import TLS_AUTHORITY, TLS_CERTIFICATE, TLS_PRIVATE_KEY

from virtrigaud_manager.certificates.authority import Authority, Rule, renewal_of

CLIENT_SECRET: Final = "virtrigaud-manager-client"  # noqa: S105 - a name


@dataclass(frozen=True, slots=True)
class Peer:
    """A certificate with its key, and whom its holder trusts."""

    pair: CertificateAndKey
    bundle: bytes

    @property
    def renewal(self) -> datetime:
        """Return when it is renewed."""
        return renewal_of(self.pair)


@dataclass(frozen=True, slots=True)
class Identities:
    """What was issued so far for one Provider; None stands for nothing that can be used."""

    authority: Authority | None
    client: Peer | None
    server: Peer | None


def manager_dns_name(namespace: str) -> str:
    """Return the name that the manager shows to providers."""
    return f"virtrigaud-manager.{namespace}.svc"


def peer_from(values: Mapping[str, bytes] | None) -> Peer | None:
    """Read a certificate from its Secret; None when it is missing, or nothing that can be used."""
    values = values or {}
    pair = CertificateAndKey(values.get(TLS_CERTIFICATE, b""), values.get(TLS_PRIVATE_KEY, b""))
    return Peer(pair, values.get(TLS_AUTHORITY, b"")) if pair.is_whole else None


def why_issue(peer: Peer | None, authority: Authority, names: tuple[str, ...], now: datetime) -> str | None:
    """Say why a certificate has to be issued; None while the present one is good."""
    if peer is None:
        return "there is none that can be used"
    if peer.pair.dns_names != names:
        return "it is for other names"
    if peer.bundle != authority.bundle:
        return "whom to trust has changed"
    if not authority.has_signed(peer.pair):
        return "it is of another authority"
    return "two thirds of its life are over" if now >= peer.renewal else None


def issued(authority: Authority, names: tuple[str, ...], purpose: Purpose, rule: Rule, now: datetime) -> Peer:
    """Issue a certificate; none outlives its authority."""
    lifetime = min(rule.lifetime, authority.current.expires - now)
    return Peer(new_peer_certificate(authority.current, names, (purpose,), Validity(now, lifetime)), authority.bundle)


def values_of(peer: Peer) -> dict[str, bytes]:
    """Return what the Secret of a certificate holds."""
    return {TLS_CERTIFICATE: peer.pair.certificate, TLS_PRIVATE_KEY: peer.pair.key, TLS_AUTHORITY: peer.bundle}
