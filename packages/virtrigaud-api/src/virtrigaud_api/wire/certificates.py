"""Channels to providers: mutual TLS with a verified server name, keepalive and message limits.

The manager's connections and the command line open their channels here. The least TLS version is set in
`tls_floor`, because gRPC's Python API has no setting for it. Issuing certificates does not belong here.
"""

import ssl
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, TypeAlias

import grpc

from virtrigaud_api.tls_secret import TLS_AUTHORITY, TLS_CERTIFICATE

LARGEST_MESSAGE_BYTES: Final = 64 * 1024 * 1024
"""Room for a ListVMs answer of tens of thousands of machines; the Go default is 4 MiB."""

# Pings without a call, or more often than every 5 s, make the server end the connection.
_KEEPALIVE_MILLISECONDS: Final = 30_000
_KEEPALIVE_TIMEOUT_MILLISECONDS: Final = 10_000
_LONGEST_RECONNECT_MILLISECONDS: Final = 5_000

ChannelOptions: TypeAlias = tuple[tuple[str, str | int], ...]


@dataclass(frozen=True, slots=True)
class TlsMaterial:
    """One side's TLS identity and whom it trusts, as PEM.

    Attributes:
        certificate: The certificate chain, leaf first (`tls.crt`).
        key: Its unencrypted private key (`tls.key`).
        ca: The certificates that the other side's must lead to (`ca.crt`).
    """

    certificate: bytes
    key: bytes = field(repr=False)
    ca: bytes

    def __post_init__(self) -> None:
        """Refuse what gRPC would fail on without saying why.

        Raises:
            ValueError: A part is missing or is no PEM; the message names the part and never shows it.
        """
        _check_certificates(TLS_CERTIFICATE, self.certificate)
        _check_certificates(TLS_AUTHORITY, self.ca)
        if b"PRIVATE KEY-----" not in self.key or b"ENCRYPTED" in self.key:
            raise ValueError("tls.key holds no unencrypted PEM private key")


@dataclass(frozen=True, slots=True)
class ChannelPatience:
    """How long a channel waits; None leaves it to gRPC.

    Attributes:
        connecting: How long one attempt to connect may take.
        idle: How long the connection may rest without a call before it is closed.
    """

    connecting: timedelta | None = None
    idle: timedelta | None = None

    @property
    def options(self) -> ChannelOptions:
        """Return the options that say so."""
        named = {"grpc.min_reconnect_backoff_ms": self.connecting, "grpc.client_idle_timeout_ms": self.idle}
        return tuple(
            (name, max(int(time / timedelta(milliseconds=1)), 1)) for name, time in named.items() if time is not None
        )


_DEFAULT_PATIENCE: Final = ChannelPatience()


def channel_credentials(material: TlsMaterial) -> grpc.ChannelCredentials:
    """Return credentials that show our certificate and verify the other side's against the CA."""
    return grpc.ssl_channel_credentials(
        root_certificates=material.ca, private_key=material.key, certificate_chain=material.certificate
    )


def channel_options(server_name: str | None = None) -> ChannelOptions:
    """Return the options of every channel to a provider.

    Args:
        server_name: DNS name that the server's certificate must have, where the address that is dialled
            is another one, such as a ClusterIP. It replaces the name to verify and never skips the check.
    """
    options: ChannelOptions = (
        ("grpc.max_receive_message_length", LARGEST_MESSAGE_BYTES),
        ("grpc.max_send_message_length", LARGEST_MESSAGE_BYTES),
        ("grpc.keepalive_time_ms", _KEEPALIVE_MILLISECONDS),
        ("grpc.keepalive_timeout_ms", _KEEPALIVE_TIMEOUT_MILLISECONDS),
        ("grpc.keepalive_permit_without_calls", 0),
        ("grpc.max_reconnect_backoff_ms", _LONGEST_RECONNECT_MILLISECONDS),
        # Retries are the caller's: a repeated call must be seen by its breaker and its backoff.
        ("grpc.enable_retries", 0),
        # A proxy of the environment is for the internet, not for a Service of the cluster.
        ("grpc.enable_http_proxy", 0),
        # Two channels to one address with different identities must not share a connection.
        ("grpc.use_local_subchannel_pool", 1),
    )
    if server_name is None:
        return options
    return (*options, ("grpc.ssl_target_name_override", server_name), ("grpc.default_authority", server_name))


def secure_channel(
    address: str, material: TlsMaterial, server_name: str | None = None, patience: ChannelPatience = _DEFAULT_PATIENCE
) -> grpc.aio.Channel:
    """Return a mutual TLS channel to `host:port`; the caller closes it.

    Args:
        address: Where to dial.
        material: Our identity and whom we trust.
        server_name: DNS name that the server's certificate must have; None means the host of the address.
        patience: How long it waits.
    """
    options = (*channel_options(server_name), *patience.options)
    return grpc.aio.secure_channel(address, channel_credentials(material), options=options)


def plaintext_channel(address: str, patience: ChannelPatience = _DEFAULT_PATIENCE) -> grpc.aio.Channel:
    """Return a channel without TLS, for a provider whose owner switched TLS off explicitly; the caller closes it."""
    return grpc.aio.insecure_channel(address, options=(*channel_options(), *patience.options))


def _check_certificates(name: str, pem: bytes) -> None:
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=pem.decode("ascii"))
    except (ValueError, ssl.SSLError) as error:
        raise ValueError(f"{name} holds no PEM certificate") from error
