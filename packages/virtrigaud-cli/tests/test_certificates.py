"""The private authority and what it signs."""

import ssl
import tempfile
from datetime import UTC, datetime, timedelta

import pytest
from virtrigaud_api.issuing import CertificateAndKey, new_authority, new_peer_certificate
from virtrigaud_cli.certificates.provider_secret import Issued, TlsSecret, ensure_provider_tls, split_name
from virtrigaud_cli.failure import CommandFailed
from virtrigaud_cli.kube.blocking import BlockingApi
from virtrigaud_cli.kube.resources import PROVIDER, SECRET
from virtrigaud_cli.local.system_crds import apply_crds

NAMES = ("web.prod.svc.cluster.local", "web.prod.svc")


def handshake(server: CertificateAndKey, client: CertificateAndKey, trust: CertificateAndKey, name: str) -> str:
    """Run mutual TLS in memory and return the protocol; raises what a real peer would raise."""
    from_server, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    server_side = context(server, trust, ssl.PROTOCOL_TLS_SERVER).wrap_bio(to_server, from_server, server_side=True)
    client_side = context(client, trust, ssl.PROTOCOL_TLS_CLIENT).wrap_bio(from_server, to_server, server_hostname=name)
    waiting = [client_side, server_side]
    for _ in range(10):
        for side in list(waiting):
            try:
                side.do_handshake()
                waiting.remove(side)
            except ssl.SSLWantReadError:
                continue
    assert not waiting
    return str(client_side.version())


def context(own: CertificateAndKey, trust: CertificateAndKey, protocol: int) -> ssl.SSLContext:
    tls = ssl.SSLContext(protocol)
    tls.load_verify_locations(cadata=trust.certificate.decode())
    tls.verify_mode = ssl.CERT_REQUIRED
    with tempfile.NamedTemporaryFile() as file:
        file.write(own.certificate + own.key)
        file.flush()
        tls.load_cert_chain(file.name)
    return tls


def test_two_peers_of_one_authority_trust_each_other_over_tls_1_3() -> None:
    authority = new_authority("test")
    server, client = new_peer_certificate(authority, NAMES), new_peer_certificate(authority, ("client",))

    assert handshake(server, client, authority, NAMES[0]) == "TLSv1.3"


def test_a_server_of_another_name_is_refused() -> None:
    authority = new_authority("test")
    server = new_peer_certificate(authority, NAMES)

    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        handshake(server, server, authority, "another.prod.svc")


def test_a_server_of_another_authority_is_refused() -> None:
    authority, stranger = new_authority("test"), new_authority("test")
    server = new_peer_certificate(stranger, NAMES)

    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(server, new_peer_certificate(authority, ("client",)), authority, NAMES[0])


def test_a_certificate_knows_its_names_its_issuer_and_its_end() -> None:
    authority, stranger = new_authority("test"), new_authority("test")
    issued = new_peer_certificate(authority, NAMES)

    assert issued.dns_names == NAMES
    assert issued.is_signed_by(authority)
    assert not issued.is_signed_by(stranger)
    assert timedelta(days=364) < issued.expires - datetime.now(UTC) <= timedelta(days=365)


def test_l31_a_private_key_is_not_in_the_words_of_a_certificate() -> None:
    authority = new_authority("test")

    assert "PRIVATE KEY" not in repr(authority)


def test_the_secret_of_a_provider_is_created_once_and_then_left_alone(api: BlockingApi) -> None:
    first = ensure_provider_tls(api, "default", "lab", secret="lab-tls")
    before = api.get(SECRET, "default", "lab-tls")
    second = ensure_provider_tls(api, "default", "lab", secret="lab-tls")

    assert first.issued is Issued.CREATED
    assert second == TlsSecret("default", "lab-tls", first.expires, Issued.UNCHANGED)
    assert api.get(SECRET, "default", "lab-tls") == before
    assert sorted(before["data"]) == ["ca.crt", "tls.crt", "tls.key"]
    assert before["type"] == "kubernetes.io/tls"


def test_a_secret_with_a_foreign_certificate_is_renewed_by_the_same_authority(api: BlockingApi) -> None:
    ensure_provider_tls(api, "default", "lab", secret="lab-tls")
    authority = api.get(SECRET, "default", "virtrigaud-provider-ca")
    foreign = api.get(SECRET, "default", "lab-tls") | {"data": dict(authority["data"])}
    foreign["metadata"] = {"namespace": "default", "name": "lab-tls"}
    api.apply(SECRET, foreign)

    renewed = ensure_provider_tls(api, "default", "lab", secret="lab-tls")

    assert renewed.issued is Issued.RENEWED
    assert api.get(SECRET, "default", "virtrigaud-provider-ca")["data"] == authority["data"]


def test_the_name_of_the_secret_comes_from_the_provider(api: BlockingApi) -> None:
    list(apply_crds(api))
    api.apply(
        PROVIDER,
        {
            "apiVersion": PROVIDER.api_version,
            "kind": PROVIDER.kind,
            "metadata": {"namespace": "default", "name": "lab"},
            "spec": {
                "type": "memory",
                "endpoint": "memory://lab",
                "credentialSecretRef": {"name": "c"},
                "runtime": {"image": "x", "service": {"tls": {"secretRef": {"name": "from-provider"}}}},
            },
        },
    )

    assert ensure_provider_tls(api, "default", "lab").name == "from-provider"
    assert ensure_provider_tls(api, "default", "not-there-yet").name == "not-there-yet-tls"


def test_a_provider_is_named_with_its_namespace() -> None:
    assert split_name("prod/lab") == ("prod", "lab")
    with pytest.raises(CommandFailed, match="'lab' is not NAMESPACE/NAME"):
        split_name("lab")
