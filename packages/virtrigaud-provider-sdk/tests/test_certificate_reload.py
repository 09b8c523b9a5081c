"""A rotated TLS Secret is in force for the next connection, and open connections go on."""

from typing import Any

import pytest
from virtrigaud_api.wire.client import GrpcProvider
from virtrigaud_provider_sdk import Capabilities, ProviderError, Refused, Unavailable

SERVER_NAME = "provider.test.svc.cluster.local"


async def ask(channel: Any) -> Capabilities | ProviderError:
    try:
        return await GrpcProvider(channel).capabilities()
    except ProviderError as error:
        return error


async def test_l14_certificate_key_and_ca_change_on_a_live_server(
    authority: Any, tls_secret: Any, tls_server: Any, dial: Any
) -> None:
    old, new = authority("old CA"), authority("new CA")
    tls_secret.write_identity(old.issue(SERVER_NAME), old.certificate)
    async with (
        tls_server() as server,
        dial(server, old.certificate, old.issue("early client")) as early,
    ):
        assert isinstance(await ask(early), Capabilities)
        tls_secret.write_identity(new.issue(SERVER_NAME), new.certificate)

        async with dial(server, new.certificate, new.issue("late client")) as late:
            assert isinstance(await ask(late), Capabilities)
        async with dial(server, old.certificate, old.issue("client of the old CA")) as forlorn:
            assert isinstance(await ask(forlorn), Unavailable | Refused)
        async with dial(server, new.certificate, old.issue("client of the old CA")) as half:
            assert isinstance(await ask(half), Unavailable | Refused)
        assert isinstance(await ask(early), Capabilities)


async def test_a_renewed_certificate_of_the_same_ca_is_shown_to_the_next_client(
    authority: Any, tls_secret: Any, tls_server: Any, dial: Any
) -> None:
    ca = authority("the CA")
    client = ca.issue("client")
    tls_secret.write_identity(ca.issue("another name"), ca.certificate)
    async with tls_server() as server:
        async with dial(server, ca.certificate, client) as channel:
            assert isinstance(await ask(channel), Unavailable | Refused)
        tls_secret.write_identity(ca.issue(SERVER_NAME), ca.certificate)
        async with dial(server, ca.certificate, client) as channel:
            assert isinstance(await ask(channel), Capabilities)


@pytest.mark.parametrize("broken", ["no certificate", "key of another certificate", "empty CA"])
async def test_files_that_can_not_be_used_leave_the_identity_as_it_was_until_they_can(
    broken: str, authority: Any, tls_secret: Any, tls_server: Any, dial: Any, logs: Any
) -> None:
    ca = authority("the CA")
    good, other, client = ca.issue(SERVER_NAME), ca.issue(SERVER_NAME), ca.issue("client")
    tls_secret.write_identity(good, ca.certificate)
    files = {
        "no certificate": {"tls_crt": b"nonsense", "tls_key": good.key, "ca_crt": ca.certificate},
        "key of another certificate": {"tls_crt": good.certificate, "tls_key": other.key, "ca_crt": ca.certificate},
        "empty CA": {"tls_crt": good.certificate, "tls_key": good.key, "ca_crt": b""},
    }[broken]
    async with tls_server() as server:
        tls_secret.write(**files)
        async with dial(server, ca.certificate, client) as channel:
            assert isinstance(await ask(channel), Capabilities)
        assert "changed TLS files can't be used" in logs.getvalue()

        new = authority("new CA")
        tls_secret.write_identity(new.issue(SERVER_NAME), new.certificate)
        async with dial(server, new.certificate, new.issue("client")) as channel:
            assert isinstance(await ask(channel), Capabilities)
    assert "PRIVATE KEY" not in logs.getvalue()


async def test_vanished_files_leave_the_identity_as_it_was(
    authority: Any, tls_secret: Any, tls_server: Any, dial: Any
) -> None:
    ca = authority("the CA")
    tls_secret.write_identity(ca.issue(SERVER_NAME), ca.certificate)
    async with tls_server() as server:
        tls_secret.write(unrelated=b"")
        async with dial(server, ca.certificate, ca.issue("client")) as channel:
            assert isinstance(await ask(channel), Capabilities)
