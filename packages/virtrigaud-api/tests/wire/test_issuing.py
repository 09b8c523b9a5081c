"""Certificates that are issued here, judged by whoever meets them: a gRPC server and client that verify each other."""

from datetime import UTC, datetime, timedelta

import pytest
from served_provider import asked, failure, served
from virtrigaud_api.contract import Capabilities, Refused, Unavailable
from virtrigaud_api.issuing import (
    CertificateAndKey,
    Purpose,
    Validity,
    certificates_of,
    new_authority,
    new_peer_certificate,
)
from virtrigaud_api.wire.certificates import ChannelPatience, TlsMaterial, secure_channel

SERVER, CLIENT = "provider.default.svc", "manager.system.svc"
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="module")
def authority() -> CertificateAndKey:
    return new_authority("ours")


def material(pair: CertificateAndKey, *trusted: CertificateAndKey) -> TlsMaterial:
    return TlsMaterial(pair.certificate, pair.key, b"".join(it.certificate for it in trusted))


async def test_a_server_and_a_client_with_one_purpose_each_verify_each_other(authority: CertificateAndKey) -> None:
    server = new_peer_certificate(authority, (SERVER,), (Purpose.SERVER,))
    client = new_peer_certificate(authority, (CLIENT,), (Purpose.CLIENT,))
    async with served(material(server, authority)) as port:
        patience = ChannelPatience(connecting=timedelta(seconds=5), idle=timedelta(minutes=1))
        channel = secure_channel(f"127.0.0.1:{port}", material(client, authority), SERVER, patience)
        assert await asked(channel) == Capabilities()


async def test_a_certificate_of_a_server_is_no_good_as_a_clients(authority: CertificateAndKey) -> None:
    server = new_peer_certificate(authority, (SERVER,), (Purpose.SERVER,))
    async with served(material(server, authority)) as port:
        error = await failure(secure_channel(f"127.0.0.1:{port}", material(server, authority), SERVER))
    assert type(error) is Unavailable


async def test_a_certificate_of_a_client_is_no_good_as_a_servers(authority: CertificateAndKey) -> None:
    client = new_peer_certificate(authority, (SERVER,), (Purpose.CLIENT,))
    async with served(material(client, authority)) as port:
        error = await failure(secure_channel(f"127.0.0.1:{port}", material(client, authority), SERVER))
    assert type(error) is Refused


async def test_who_trusts_two_authorities_meets_certificates_of_both(authority: CertificateAndKey) -> None:
    other = new_authority("the next one")
    client = material(new_peer_certificate(authority, (CLIENT,), (Purpose.CLIENT,)), authority, other)
    for issuer in (authority, other):
        server = new_peer_certificate(issuer, (SERVER,), (Purpose.SERVER,))
        async with served(material(server, authority, other)) as port:
            assert await asked(secure_channel(f"127.0.0.1:{port}", client, SERVER)) == Capabilities()


async def test_a_certificate_that_has_ended_is_refused(authority: CertificateAndKey) -> None:
    ended = Validity(NOW - timedelta(days=2), timedelta(days=1))
    server = new_peer_certificate(authority, (SERVER,), validity=ended)
    client = new_peer_certificate(authority, (CLIENT,))
    async with served(material(server, authority)) as port:
        error = await failure(secure_channel(f"127.0.0.1:{port}", material(client, authority), SERVER))
    assert type(error) is Refused


def test_a_certificate_says_when_it_was_issued_when_it_ends_and_whether_it_is_whole(
    authority: CertificateAndKey,
) -> None:
    one, other = (
        new_peer_certificate(authority, (SERVER,), validity=Validity(NOW, timedelta(hours=1))) for _ in range(2)
    )
    assert (one.issued, one.expires, one.is_whole) == (NOW, NOW + timedelta(hours=1), True)
    for certificate, key in ((one.certificate, other.key), (b"", one.key), (one.certificate, b"nonsense")):
        assert not CertificateAndKey(certificate, key).is_whole


def test_a_bundle_is_read_one_certificate_at_a_time(authority: CertificateAndKey) -> None:
    other = new_authority("the next one")
    bundle = authority.certificate + b"\n" + other.certificate
    assert certificates_of(bundle) == (authority.certificate, other.certificate)
    with pytest.raises(ValueError, match="PEM"):
        certificates_of(b"nonsense")


@pytest.mark.parametrize(
    ("patience", "options"),
    [
        (ChannelPatience(), ()),
        (
            ChannelPatience(timedelta(seconds=30), timedelta(minutes=5)),
            (("grpc.min_reconnect_backoff_ms", 30_000), ("grpc.client_idle_timeout_ms", 300_000)),
        ),
        (ChannelPatience(idle=timedelta(0)), (("grpc.client_idle_timeout_ms", 1),)),
    ],
)
def test_how_long_a_channel_waits_is_said_in_milliseconds(
    patience: ChannelPatience, options: tuple[tuple[str, int], ...]
) -> None:
    assert patience.options == options
