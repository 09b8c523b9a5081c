"""One log line and one observation of the metrics a call.

A line says which verb on which machine for which owner, how it ended, how long it took and who called. It
never holds a payload: only ids and names are taken from a request.
"""

import asyncio
import logging
import time
from dataclasses import dataclass

import grpc
import structlog

from virtrigaud_provider_sdk.call_metrics import CALLS
from virtrigaud_provider_sdk.interceptors.call import READS, Behaviour, Concern, Context, Method, time_remaining
from virtrigaud_provider_sdk.interceptors.subjects import subject_of

_CODE_NAMES = {code: code.name.title().replace("_", "") for code in grpc.StatusCode} | {grpc.StatusCode.OK: "OK"}
_CLOCK_SLACK_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Ended:
    """How a call ended."""

    code: grpc.StatusCode
    code_name: str
    details: str


_WELL = Ended(grpc.StatusCode.OK, _CODE_NAMES[grpc.StatusCode.OK], "")


class Requests(Concern):
    """Counts, measures and logs every call."""

    def __init__(self, provider_type: str) -> None:
        self._provider_type = provider_type
        self._log = structlog.get_logger("virtrigaud.rpc").bind()

    def around(self, method: Method, proceed: Behaviour) -> Behaviour:
        """Observe each call."""
        meter = CALLS.meter(self._provider_type, method.verb)
        clock, streams = time.perf_counter, method.streams
        shows_success = self._log.is_enabled_for(_level_of_success(method))

        async def observed(request: object, context: Context) -> object:
            begin = clock()
            # It is gone from the context of a call whose deadline has passed.
            peer = context.peer()
            ended = _WELL
            meter.inflight += 1
            try:
                return await proceed(request, context)
            except BaseException as error:
                code = _code(context, error)
                ended = Ended(code, _CODE_NAMES[code], str(context.details() or ""))
                raise
            finally:
                seconds = clock() - begin
                meter.inflight -= 1
                meter.ended(ended.code_name, None if streams else seconds)
                if ended is not _WELL or shows_success:
                    self._tell(method, ended, request, ms=round(seconds * 1000, 2), peer=peer)

        return observed

    def _tell(self, method: Method, ended: Ended, request: object, **facts: object) -> None:
        """Log the line of a call."""
        well = ended is _WELL or (method.streams and ended.code is grpc.StatusCode.CANCELLED)
        subject = subject_of(request)
        if not well:
            subject["error"] = ended.details
        level = _level_of_success(method) if well else logging.WARNING
        self._log.log(level, "rpc", verb=method.verb, **subject, code=ended.code_name, **facts)


def _level_of_success(method: Method) -> int:
    """Reads are worth a line when something goes wrong, or for those who look closely."""
    return logging.DEBUG if method.verb in READS else logging.INFO


def _code(context: Context, error: BaseException) -> grpc.StatusCode:
    """Tell how a failed call ended; a cancelled handler has no status of its own."""
    if isinstance(error, asyncio.CancelledError):
        seconds = time_remaining(context)
        late = seconds is not None and seconds < _CLOCK_SLACK_SECONDS
        return grpc.StatusCode.DEADLINE_EXCEEDED if late else grpc.StatusCode.CANCELLED
    code: object = context.code()
    return code if isinstance(code, grpc.StatusCode) else grpc.StatusCode.UNKNOWN
