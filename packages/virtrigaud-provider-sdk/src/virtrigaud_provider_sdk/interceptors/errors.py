"""Errors of the taxonomy become gRPC statuses; what nobody foresaw becomes a ProviderFault with a reference.

The traceback of an unforeseen error stands in the log under that reference and never on the wire.
"""

import secrets
from collections.abc import Callable
from typing import NoReturn

import grpc.aio
import structlog
from virtrigaud_api.contract import ProviderError, ProviderFault, Refused, Unavailable
from virtrigaud_api.wire.faults import error_to_status

from virtrigaud_provider_sdk.interceptors.call import Behaviour, Concern, Context, Method
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

    def around(self, method: Method, proceed: Behaviour) -> Behaviour:
        """Translate what each call raises."""

        async def translating(request: object, context: Context) -> object:
            try:
                return await proceed(request, context)
            except grpc.aio.AbortError:
                raise
            except ProviderError as error:
                if isinstance(error, Unavailable | Refused):
                    self._suspect()
                await _abort(context, error)
            except Exception as error:  # noqa: BLE001 - the outermost place of a call: nothing may reach the wire raw
                await _abort(context, _unforeseen(method, error))

        return translating


def _unforeseen(method: Method, error: Exception) -> ProviderFault:
    """Log an error whole, and return what may be told about it."""
    reference, verb = secrets.token_hex(4), method.verb
    _log.error("call failed for a reason that nobody foresaw", verb=verb, reference=reference, exc_info=error)
    return ProviderFault(
        f"{verb} failed for a reason that nobody foresaw; the provider's log has it under reference {reference}"
    )


async def _abort(context: Context, error: ProviderError) -> NoReturn:
    code, message, trailing = error_to_status(error)
    await context.abort(code, REDACTION.text(message), trailing)
