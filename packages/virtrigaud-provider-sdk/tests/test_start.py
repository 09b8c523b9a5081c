"""A provider starts safely or not at all."""

import socket
from itertools import product
from typing import Any

import pytest
from virtrigaud_provider_sdk import ProviderServer, StartRefused, Unavailable

FILES = ("tls.crt", "tls.key", "ca.crt")
COMBINATIONS = [
    tuple(name for name, there in zip(FILES, choice, strict=True) if there)
    for choice in product((True, False), repeat=3)
]


@pytest.fixture
def identity_files(authority: Any) -> dict[str, bytes]:
    """The content of a usable TLS Secret."""
    ca = authority("the CA")
    identity = ca.issue("provider")
    return dict(zip(FILES, (identity.certificate, identity.key, ca.certificate), strict=True))


@pytest.fixture(params=[False, True], ids=["strict", "plaintext allowed"])
def maybe_insecure(request: pytest.FixtureRequest, settings: Any) -> Any:
    """Settings without and with the switch."""
    return settings(insecure=request.param)


@pytest.mark.parametrize("there", COMBINATIONS, ids=lambda there: "+".join(there) or "none")
async def test_only_a_complete_secret_or_an_explicit_switch_without_any_file_starts(
    there: tuple[str, ...], identity_files: Any, tls_secret: Any, tiny: Any, maybe_insecure: Any
) -> None:
    tls_secret.write(**{name: identity_files[name] for name in there})
    if there == FILES or (not there and maybe_insecure.insecure):
        async with ProviderServer(tiny, maybe_insecure) as server:
            assert server.port > 0
        return
    with pytest.raises(StartRefused) as refusal:
        ProviderServer(tiny, maybe_insecure)
    missing = ", ".join(name for name in FILES if name not in there)
    directory = tls_secret.directory
    expected = (
        f"no TLS files in {directory}; mount a Secret with tls.crt, tls.key and ca.crt, "
        "or set VIRTRIGAUD_PROVIDER_INSECURE=true to serve everybody in plaintext"
        if not there
        else f"incomplete TLS files in {directory}: {missing} missing or empty; "
        "mount a Secret with tls.crt, tls.key and ca.crt"
    )
    assert str(refusal.value) == expected


async def test_an_empty_file_counts_as_missing(identity_files: Any, tls_secret: Any, tiny: Any, settings: Any) -> None:
    tls_secret.write(**(identity_files | {"ca.crt": b"\n"}))
    with pytest.raises(StartRefused, match=r"incomplete TLS files in .*: ca\.crt missing or empty"):
        ProviderServer(tiny, settings(insecure=True))


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("tls.crt", r"tls\.crt and tls\.key are no matching pair"),
        ("tls.key", r"tls\.crt and tls\.key are no matching pair"),
        ("ca.crt", r"ca\.crt holds no CA certificate"),
    ],
)
async def test_files_that_can_not_be_used_refuse_the_start_and_are_named(
    broken: str, reason: str, identity_files: Any, tls_secret: Any, tiny: Any, settings: Any
) -> None:
    tls_secret.write(**(identity_files | {broken: b"nonsense"}))
    with pytest.raises(StartRefused, match=reason):
        async with ProviderServer(tiny, settings()):
            pass


async def test_a_complete_secret_is_served_by_tls_even_where_plaintext_is_allowed(
    identity_files: Any, tls_secret: Any, tiny: Any, settings: Any
) -> None:
    tls_secret.write(**identity_files)
    async with ProviderServer(tiny, settings(insecure=True)) as server:
        with socket.create_connection(("127.0.0.1", server.port)) as plain:
            plain.settimeout(20)
            plain.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
            # A server in plaintext would answer with its HTTP/2 settings frame, of type 4.
            answer = plain.recv(64)
    assert answer[3:4] != b"\x04"


async def test_a_port_that_is_taken_refuses_the_start_and_leaves_nothing_behind(tiny: Any, settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartRefused, match=f"cannot listen on 127.0.0.1:{port}"):
            async with ProviderServer(tiny, settings(insecure=True, port=port)):
                pass
        with pytest.raises(StartRefused, match=f"cannot listen on 127.0.0.1:{port}"):
            async with ProviderServer(tiny, settings(insecure=True, health_port=port)):
                pass
    async with ProviderServer(tiny, settings(insecure=True, port=port)) as server:
        assert server.port == port


async def test_a_provider_that_can_not_be_entered_leaves_nothing_behind(tiny: Any, settings: Any) -> None:
    class Broken(type(tiny)):  # type: ignore[misc]  # the class of a fixture
        async def __aenter__(self) -> None:
            raise Unavailable("no hypervisor")

        async def __aexit__(self, *_: object) -> None: ...

    server = ProviderServer(Broken(), settings(insecure=True))
    with pytest.raises(Unavailable, match="no hypervisor"):
        await server.__aenter__()
    async with ProviderServer(tiny, settings(insecure=True, health_port=server.health_port)) as next_one:
        assert next_one.health_port == server.health_port
