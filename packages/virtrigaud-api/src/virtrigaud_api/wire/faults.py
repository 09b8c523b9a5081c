"""The error taxonomy over gRPC: errors to status codes on the provider's side and back on the manager's.

A status code names less than the taxonomy, so the exact class travels beside it in trailing metadata;
peers that do not know the key go by the code.
"""

from collections.abc import Iterable
from typing import Final, TypeAlias, cast

import grpc

from virtrigaud_api.contract import (
    BY_NAME,
    Busy,
    Conflict,
    InvalidSpec,
    NoCapacity,
    NotFound,
    ProviderError,
    ProviderFault,
    Refused,
    Unavailable,
    Unsupported,
    WrongState,
)
from virtrigaud_api.wire.generated import provider_pb2 as pb2

ERROR_KIND_KEY: Final = "virtrigaud-error"
"""Trailing metadata key with the class name of the error."""

STATUS_OF: Final[dict[type[ProviderError], grpc.StatusCode]] = {
    InvalidSpec: grpc.StatusCode.INVALID_ARGUMENT,
    NotFound: grpc.StatusCode.NOT_FOUND,
    Conflict: grpc.StatusCode.ALREADY_EXISTS,
    Busy: grpc.StatusCode.ABORTED,
    WrongState: grpc.StatusCode.FAILED_PRECONDITION,
    NoCapacity: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Unsupported: grpc.StatusCode.UNIMPLEMENTED,
    Refused: grpc.StatusCode.PERMISSION_DENIED,
    Unavailable: grpc.StatusCode.UNAVAILABLE,
    ProviderFault: grpc.StatusCode.INTERNAL,
}
"""The status code that each error is sent with."""

ERROR_OF: Final[dict[grpc.StatusCode, type[ProviderError]]] = {
    **{code: error for error, code in STATUS_OF.items()},
    grpc.StatusCode.OUT_OF_RANGE: InvalidSpec,
    grpc.StatusCode.UNAUTHENTICATED: Refused,
    grpc.StatusCode.DEADLINE_EXCEEDED: Unavailable,
    # The peer gave the call up, as a server does that stops; a caller that cancels sees its own cancellation.
    grpc.StatusCode.CANCELLED: Unavailable,
    # Go providers report most business errors as UNKNOWN.
    grpc.StatusCode.UNKNOWN: ProviderFault,
    grpc.StatusCode.DATA_LOSS: ProviderFault,
}
"""The error that each status code is read as, where the metadata does not say it exactly."""

# A failed TLS handshake is UNAVAILABLE to gRPC, told apart by these words of its message only.
_HANDSHAKE_WORDS: Final = (
    "Ssl handshake failed",
    "CERTIFICATE_VERIFY_FAILED",
    "Hostname Verification Check failed",
    "Failed to create security handshaker",
)
# All that a client sees of its certificate being refused under TLS 1.3; a provider that dies looks the same.
_CLOSED: Final = "Socket closed"
_CLOSED_HINT: Final = "a provider that does not accept our certificate ends connections like this, too"
_LONGEST_MESSAGE: Final = 2000

Metadata: TypeAlias = tuple[tuple[str, str], ...]


def error_to_status(error: ProviderError) -> tuple[grpc.StatusCode, str, Metadata]:
    """Return the status code, the message and the trailing metadata that carry an error.

    A class of nobody's taxonomy travels as the nearest class that it is derived from.
    """
    kind = next((known for known in type(error).__mro__ if known in STATUS_OF), ProviderFault)
    return STATUS_OF[kind], _shortened(error.message), ((ERROR_KIND_KEY, kind.__name__),)


def error_from_rpc(error: grpc.aio.AioRpcError, doing: str, server_name: str | None = None) -> ProviderError:
    """Return the error that a failed call means.

    Args:
        error: What gRPC raised.
        doing: The verb and its object, such as "power on machine vm-42".
        server_name: The name that the server's certificate must be valid for, where it was chosen.
    """
    said = error.details() or error.code().name
    named = BY_NAME.get(_kind(error))
    if named is not None:
        return named(_sentence(doing, said))
    if error.code() is grpc.StatusCode.UNAVAILABLE and any(word in said for word in _HANDSHAKE_WORDS):
        return Refused(_sentence(doing, f"the TLS handshake with {_server(server_name)} failed: {said}"))
    if error.code() is grpc.StatusCode.UNAVAILABLE and _CLOSED in said:
        said = f"{said} ({_CLOSED_HINT})"
    if error.code() is grpc.StatusCode.DEADLINE_EXCEEDED:
        said = f"the provider did not answer in time ({said})"
    return ERROR_OF.get(error.code(), ProviderFault)(_sentence(doing, said))


def error_from_kind(kind: str, message: str) -> ProviderError:
    """Return the error of a class name; an unknown one is ProviderFault."""
    return BY_NAME.get(kind, ProviderFault)(message or "the provider said no reason")


def validation_to_message(error: ProviderError | None) -> pb2.ValidateResponse:
    """Return what Validate answers: that all is well, or the error, in a response that is no RPC failure."""
    if error is None:
        return pb2.ValidateResponse(ok=True)
    return pb2.ValidateResponse(ok=False, message=error.message, error_kind=type(error).__name__)


def validation_from_message(message: pb2.ValidateResponse, doing: str) -> ProviderError | None:
    """Read what Validate answers; a failure of unknown kind, as from every Go provider, is Unavailable."""
    if message.ok:
        return None
    said = message.message or "the provider said no reason"
    return BY_NAME.get(message.error_kind, Unavailable)(_sentence(doing, said))


def _server(name: str | None) -> str:
    return f"the provider, whose certificate must be valid for {name}," if name else "the provider"


def _kind(error: grpc.aio.AioRpcError) -> str:
    metadata = cast("Iterable[tuple[str, str | bytes]]", error.trailing_metadata() or ())
    return next((value for key, value in metadata if key == ERROR_KIND_KEY and isinstance(value, str)), "")


def _sentence(doing: str, said: str) -> str:
    """Name verb and object once: our own providers' messages begin with them already."""
    return said if said.startswith(f"cannot {doing}") else f"cannot {doing}: {said}"


def _shortened(message: str) -> str:
    """Keep a message below the size at which HTTP/2 peers refuse the headers."""
    return message if len(message) <= _LONGEST_MESSAGE else f"{message[:_LONGEST_MESSAGE]}..."
