"""Who gets in over mutual TLS, on real sockets."""

import asyncio
import ssl
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from virtrigaud_api.wire.client import GrpcProvider
from virtrigaud_provider_sdk import Capabilities, ProviderError, Refused, Unavailable
from virtrigaud_provider_sdk.interceptors.call import Method
from virtrigaud_provider_sdk.interceptors.peers import Peers

SERVER_NAME = "provider.test.svc.cluster.local"
CLIENT_NAME = "manager.test.svc.cluster.local"


@pytest.fixture
def ca(authority: Any, tls_secret: Any) -> Any:
    """The CA of server and clients; the server has its identity."""
    authority = authority("the CA")
    tls_secret.write_identity(authority.issue(SERVER_NAME), authority.certificate)
    return authority


async def ask(channel: Any) -> Capabilities | ProviderError:
    try:
        return await GrpcProvider(channel).capabilities()
    except ProviderError as error:
        return error


async def test_a_client_with_a_certificate_of_the_ca_is_served(ca: Any, tls_server: Any, dial: Any) -> None:
    async with tls_server() as server, dial(server, ca.certificate, ca.issue("any")) as channel:
        assert isinstance(await ask(channel), Capabilities)


async def test_a_client_without_a_certificate_is_refused(ca: Any, tls_server: Any, dial: Any) -> None:
    async with tls_server() as server, dial(server, ca.certificate, None) as channel:
        assert isinstance(await ask(channel), Unavailable | Refused)


async def test_a_client_of_another_ca_is_refused(ca: Any, authority: Any, tls_server: Any, dial: Any) -> None:
    stranger = authority("another CA").issue(CLIENT_NAME)
    async with tls_server() as server, dial(server, ca.certificate, stranger) as channel:
        assert isinstance(await ask(channel), Unavailable | Refused)


async def test_an_expired_client_certificate_is_refused(ca: Any, tls_server: Any, dial: Any) -> None:
    expired = ca.issue(CLIENT_NAME, valid_for=timedelta(hours=-1))
    async with tls_server() as server, dial(server, ca.certificate, expired) as channel:
        assert isinstance(await ask(channel), Unavailable | Refused)


async def test_a_client_that_trusts_another_ca_does_not_talk_to_the_server(
    ca: Any, authority: Any, tls_server: Any, dial: Any
) -> None:
    elsewhere = authority("another CA").certificate
    async with tls_server() as server, dial(server, elsewhere, ca.issue(CLIENT_NAME)) as channel:
        assert isinstance(await ask(channel), Unavailable | Refused)


@pytest.mark.parametrize(
    "issued",
    [
        pytest.param({"name": CLIENT_NAME}, id="DNS SAN"),
        pytest.param({"name": "x", "dns": (), "uris": ("spiffe://cluster/manager",)}, id="URI SAN"),
        pytest.param({"name": "the manager", "dns": ()}, id="common name"),
        pytest.param({"name": "x", "dns": ("other", CLIENT_NAME)}, id="one of several"),
    ],
)
async def test_a_listed_name_is_served(issued: Any, ca: Any, tls_server: Any, dial: Any) -> None:
    allowed = f"{CLIENT_NAME}, spiffe://cluster/manager,the manager"
    async with tls_server(allowed_sans=allowed) as server, dial(server, ca.certificate, ca.issue(**issued)) as channel:
        assert isinstance(await ask(channel), Capabilities)


async def test_a_name_that_is_not_listed_is_refused_and_named(ca: Any, tls_server: Any, dial: Any) -> None:
    intruder = ca.issue("intruder", dns=("intruder.example", f"{CLIENT_NAME}.example"))
    async with tls_server(allowed_sans=CLIENT_NAME) as server, dial(server, ca.certificate, intruder) as channel:
        error = await ask(channel)
    assert isinstance(error, Refused)
    assert error.message == (
        "cannot read the provider's capabilities: the client certificate's names "
        f"(intruder.example, {CLIENT_NAME}.example, intruder) are not among those that may call this provider"
    )


async def test_health_and_reflection_stand_behind_the_same_door(ca: Any, tls_server: Any, dial: Any) -> None:
    async with (
        tls_server(allowed_sans=CLIENT_NAME) as server,
        dial(server, ca.certificate, ca.issue("other")) as channel,
    ):
        for method in ("/grpc.health.v1.Health/Check", "/provider.v1.Provider/Describe"):
            with pytest.raises(Exception, match="may call this provider"):
                await channel.unary_unary(method)(b"")
        reflection = channel.stream_stream("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")
        with pytest.raises(Exception, match="may call this provider"):
            await anext(aiter(reflection(iter([b""]))))


async def test_tls_1_3_is_spoken_and_tls_1_2_is_not(ca: Any, tls_server: Any, tmp_path: Path) -> None:
    context = client_context(ca, tmp_path)
    async with tls_server() as server:
        _, writer = await asyncio.open_connection("127.0.0.1", server.port, ssl=context, server_hostname=SERVER_NAME)
        assert writer.get_extra_info("ssl_object").version() == "TLSv1.3"
        writer.close()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await asyncio.open_connection("127.0.0.1", server.port, ssl=context, server_hostname=SERVER_NAME)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"ssl_tls_version": [b"TLSv1.2"], "x509_pem_cert": [b"PEM"]}, "TLS 1.3 only, and the connection is TLSv1.2"),
        ({}, "TLS 1.3 only, and the connection is not TLS"),
        ({"ssl_tls_version": [b"TLSv1.3"]}, "needs a client certificate of its CA"),
    ],
)
def test_what_a_handshake_let_through_by_mistake_is_refused_at_the_call(facts: Any, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        Peers((), floor_in_force=False).check(facts)


async def answer(request: object, context: object) -> object:
    del context
    return request


def test_a_call_is_asked_only_what_its_handshake_could_not_be_told() -> None:
    method = Method("/provider.v1.Provider/Power", streams=False)
    too_early, listed = Peers((), floor_in_force=False), Peers((CLIENT_NAME,), floor_in_force=True)
    assert Peers((), floor_in_force=True).around(method, answer) is answer
    assert answer not in {peers.around(method, answer) for peers in (too_early, listed)}


def client_context(ca: Any, directory: Path) -> ssl.SSLContext:
    identity = ca.issue(CLIENT_NAME)
    certificate, key = directory / "client.crt", directory / "client.key"
    certificate.write_bytes(identity.certificate)
    key.write_bytes(identity.key)
    context = ssl.create_default_context(cadata=ca.certificate.decode())
    context.load_cert_chain(certificate, key)
    context.set_alpn_protocols(["h2"])
    return context
