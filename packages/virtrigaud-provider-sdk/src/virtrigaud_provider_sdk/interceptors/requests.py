"""One log line and one observation of the metrics a call.

A line says which verb on which machine for which owner, how it ended, how long it took and who called. It
never holds a payload: only ids and names are taken from a request.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import grpc
import structlog
from google.protobuf.message import Message
from virtrigaud_api.wire.generated import provider_pb2 as pb2

from virtrigaud_provider_sdk.interceptors.call import Call, CallInterceptor
from virtrigaud_provider_sdk.metrics import RPC_INFLIGHT, RPC_LATENCY, RPC_REQUESTS

_log = structlog.get_logger("virtrigaud.rpc")

_MACHINE_FIELDS = ("id", "vm_id", "source_vm_id")
_NAME_FIELDS = ("name", "target_name", "name_hint")
_QUIET = frozenset({"Check", "Watch", "ServerReflectionInfo"})


class Requests(CallInterceptor):
    """Counts, measures and logs every call."""

    def __init__(self, provider_type: str) -> None:
        super().__init__()
        self._provider_type = provider_type

    def around(self, call: Call) -> AbstractAsyncContextManager[None]:
        """Observe the call."""
        return self._observed(call)

    @asynccontextmanager
    async def _observed(self, call: Call) -> AsyncIterator[None]:
        begin = time.perf_counter()
        inflight = RPC_INFLIGHT.labels(self._provider_type, call.verb)
        inflight.inc()
        error: BaseException | None = None
        try:
            yield
        except BaseException as raised:
            error = raised
            raise
        finally:
            inflight.dec()
            self._note(call, _code(call, error), time.perf_counter() - begin)

    def _note(self, call: Call, code: grpc.StatusCode, seconds: float) -> None:
        name = code_name(code)
        RPC_REQUESTS.labels(self._provider_type, call.verb, name).inc()
        if not call.streams:
            RPC_LATENCY.labels(self._provider_type, call.verb).observe(seconds)
        well = code is grpc.StatusCode.OK or (call.streams and code is grpc.StatusCode.CANCELLED)
        log = _log.debug if well and call.verb in _QUIET else _log.info if well else _log.warning
        log(
            "rpc",
            verb=call.verb,
            **subject(call.request),
            code=name,
            ms=round(seconds * 1000, 2),
            peer=call.context.peer(),
            **({} if well else {"error": call.context.details()}),
        )


def code_name(code: grpc.StatusCode) -> str:
    """Return a status code the way that metrics spell it, such as `DeadlineExceeded`."""
    return "OK" if code is grpc.StatusCode.OK else code.name.title().replace("_", "")


def subject(request: object) -> Mapping[str, str]:
    """Return what a request is about: machine, name, owner and task, as far as it names them."""
    if not isinstance(request, Message):
        return {}
    fields = request.DESCRIPTOR.fields_by_name
    found = {
        "machine": next((getattr(request, field) for field in _MACHINE_FIELDS if field in fields), ""),
        "name": next((getattr(request, field) for field in _NAME_FIELDS if field in fields), ""),
    }
    if "owner" in fields and request.HasField("owner"):
        owner: pb2.Owner = getattr(request, "owner")  # noqa: B009 - a field that some messages have
        found["owner"] = f"{owner.namespace}/{owner.name}"
    if isinstance(request, pb2.TaskStatusRequest):
        found["task"] = request.task.id
    return {key: value for key, value in found.items() if value}


def _code(call: Call, error: BaseException | None) -> grpc.StatusCode:
    """Tell how a call ended; a cancelled handler has no status of its own."""
    if error is None:
        return grpc.StatusCode.OK
    if isinstance(error, asyncio.CancelledError | GeneratorExit):
        remaining: object = call.context.time_remaining()
        late = isinstance(remaining, float) and remaining <= 0
        return grpc.StatusCode.DEADLINE_EXCEEDED if late else grpc.StatusCode.CANCELLED
    code: object = call.context.code()
    return code if isinstance(code, grpc.StatusCode) else grpc.StatusCode.UNKNOWN
