"""How much of the server its clients may take: calls, bytes, connections and time.

`server` applies the limits; tests and embedders may set others.
"""

from dataclasses import dataclass
from datetime import timedelta

LARGEST_REQUEST_BYTES = 16 * 2**20

_IDLE = timedelta(minutes=15)
_AGE = timedelta(hours=2)
_AGE_GRACE = timedelta(minutes=5)
_KEEPALIVE = timedelta(seconds=30)
_KEEPALIVE_ANSWER = timedelta(seconds=10)
_PINGS_APART = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimits:
    """How much of the server its clients may take.

    Attributes:
        longest: Time that a call gets whose client sets no deadline.
        running: Most calls of one verb that run at the same time.
        waiting: Most calls of one verb that wait for a place; further ones are Busy.
        connections: Most open gRPC connections; further ones are closed at once.
        handshake: Time that a new connection gets until it speaks TLS and HTTP/2.
    """

    longest: timedelta = timedelta(minutes=10)
    running: int = 128
    waiting: int = 2048
    connections: int = 1024
    handshake: timedelta = timedelta(seconds=10)


DEFAULT_LIMITS = CallLimits()
"""The limits of a provider process."""


def server_options(limits: CallLimits) -> tuple[tuple[str, int], ...]:
    """Return the options of the gRPC server."""
    return (
        ("grpc.so_reuseport", 0),
        ("grpc.max_receive_message_length", LARGEST_REQUEST_BYTES),
        ("grpc.max_send_message_length", -1),
        ("grpc.max_allowed_incoming_connections", limits.connections),
        ("grpc.server_handshake_timeout_ms", _milliseconds(limits.handshake)),
        ("grpc.max_connection_idle_ms", _milliseconds(_IDLE)),
        ("grpc.max_connection_age_ms", _milliseconds(_AGE)),
        ("grpc.max_connection_age_grace_ms", _milliseconds(_AGE_GRACE)),
        ("grpc.keepalive_time_ms", _milliseconds(_KEEPALIVE)),
        ("grpc.keepalive_timeout_ms", _milliseconds(_KEEPALIVE_ANSWER)),
        ("grpc.http2.min_ping_interval_without_data_ms", _milliseconds(_PINGS_APART)),
        ("grpc.keepalive_permit_without_calls", 0),
    )


def _milliseconds(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)
