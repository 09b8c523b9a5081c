"""Errors of the taxonomy become gRPC statuses; what nobody foresaw becomes a ProviderFault with a reference.

The traceback of an unforeseen error stands in the log under that reference and never on the wire.
"""

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import NoReturn

import grpc.aio
import structlog
from virtrigaud_api.contract import ProviderError, ProviderFault, Refused, Unavailable
from virtrigaud_api.wire.faults import error_to_status

from virtrigaud_provider_sdk.interceptors.call import Call, Concern
from virtrigaud_provider_sdk.redaction import REDACTION

_log = structlog.get_logger("virtrigaud.rpc")


class Errors(Concern):
    """Ends a failed call with the status that its error has in the taxonomy."""

    def __init__(self, suspect: Callable[[], None]) -> None:
        """Take who wants to know.

        Args:
            suspect: Is called when a call met a hypervisor that can't be reached or refused the credentials.
        """
        self._suspect = suspect

    def around(self, call: Call) -> AbstractAsyncContextManager[None]:
        """Translate what the call raises."""
        return self._translating(call)

    @asynccontextmanager
    async def _translating(self, call: Call) -> AsyncIterator[None]:
        try:
            yield
        except grpc.aio.AbortError:
            raise
        except ProviderError as error:
            if isinstance(error, Unavailable | Refused):
                self._suspect()
            await _abort(call, error)
        except Exception as error:  # noqa: BLE001 - the outermost place of a call: nothing may reach the wire raw
            await _abort(call, _unforeseen(call, error))


def _unforeseen(call: Call, error: Exception) -> ProviderFault:
    """Log an error whole, and return what may be told about it."""
    reference = secrets.token_hex(4)
    _log.error("call failed for a reason that nobody foresaw", verb=call.verb, reference=reference, exc_info=error)
    return ProviderFault(
        f"{call.verb} failed for a reason that nobody foresaw; the provider's log has it under reference {reference}"
    )


async def _abort(call: Call, error: ProviderError) -> NoReturn:
    code, message, trailing = error_to_status(error)
    await call.context.abort(code, REDACTION.text(message), trailing)
