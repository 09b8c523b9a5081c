"""One log line and one observation of the metrics a call.

A line says which verb on which machine for which owner, how it ended, how long it took and who called. It
never holds a payload: only ids and names are taken from a request.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import grpc
import structlog
from google.protobuf.message import Message
from prometheus_client import Counter
from virtrigaud_api.wire.generated import provider_pb2 as pb2

from virtrigaud_provider_sdk.interceptors.call import Call, Concern, time_remaining
from virtrigaud_provider_sdk.metrics import RPC_INFLIGHT, RPC_LATENCY, RPC_REQUESTS

_SUBJECT_FIELDS = {
    "id": "machine",
    "vm_id": "machine",
    "source_vm_id": "machine",
    "name": "name",
    "target_name": "name",
    "name_hint": "name",
}
_CODE_NAMES = {code: code.name.title().replace("_", "") for code in grpc.StatusCode} | {grpc.StatusCode.OK: "OK"}
_READS = frozenset(
    {"GetCapabilities", "Validate", "Describe", "ListVMs", "TaskStatus", "GetDiskInfo"}
    | {"Check", "List", "Watch", "ServerReflectionInfo"}
)
"""Verbs that change nothing: their lines are worth reading when something goes wrong, or at level debug."""


_CLOCK_SLACK_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Ended:
    """How a call ended."""

    code: grpc.StatusCode
    seconds: float
    peer: str


class _Meter:
    """The metrics of one verb, looked up once."""

    def __init__(self, provider_type: str, verb: str) -> None:
        self.inflight = RPC_INFLIGHT.labels(provider_type, verb)
        self.latency = RPC_LATENCY.labels(provider_type, verb)
        self._labels = provider_type, verb
        self._ended: dict[str, Counter] = {}

    def ended(self, code: str) -> None:
        counter = self._ended.get(code)
        if counter is None:
            counter = self._ended[code] = RPC_REQUESTS.labels(*self._labels, code)
        counter.inc()


class Requests(Concern):
    """Counts, measures and logs every call."""

    def __init__(self, provider_type: str) -> None:
        self._provider_type = provider_type
        self._log = structlog.get_logger("virtrigaud.rpc").bind()
        self._meters: dict[str, _Meter] = {}
        self._fields: dict[type[Message], tuple[tuple[str, str], ...]] = {}

    def around(self, call: Call) -> AbstractAsyncContextManager[None]:
        """Observe the call."""
        return self._observed(call)

    @asynccontextmanager
    async def _observed(self, call: Call) -> AsyncIterator[None]:
        meter = self._meters.get(call.method)
        if meter is None:
            meter = self._meters[call.method] = _Meter(self._provider_type, call.verb)
        begin = time.perf_counter()
        # Both are gone from the context of a cancelled call.
        peer, deadline = call.context.peer(), time_remaining(call)
        meter.inflight.inc()
        error: BaseException | None = None
        try:
            yield
        except BaseException as raised:
            error = raised
            raise
        finally:
            meter.inflight.dec()
            seconds = time.perf_counter() - begin
            code = _code(call, error, late=deadline is not None and seconds > deadline - _CLOCK_SLACK_SECONDS)
            self._note(call, meter, Ended(code, seconds, peer))

    def _note(self, call: Call, meter: _Meter, ended: Ended) -> None:
        code = _CODE_NAMES[ended.code]
        meter.ended(code)
        if not call.streams:
            meter.latency.observe(ended.seconds)
        well = ended.code is grpc.StatusCode.OK or (call.streams and ended.code is grpc.StatusCode.CANCELLED)
        log = self._log.debug if well and call.verb in _READS else self._log.info if well else self._log.warning
        facts = self._subject(call.request)
        if not well:
            facts["error"] = str(call.context.details() or "")
        log("rpc", verb=call.verb, **facts, code=code, ms=round(ended.seconds * 1000, 2), peer=ended.peer)

    def _subject(self, request: object) -> dict[str, str]:
        """Return what a request is about: machine, name, owner and task, as far as it names them."""
        if not isinstance(request, Message):
            return {}
        fields = self._fields.get(type(request))
        if fields is None:
            names = request.DESCRIPTOR.fields_by_name
            fields = tuple((field, key) for field, key in _SUBJECT_FIELDS.items() if field in names)
            self._fields[type(request)] = fields
        subject = {key: value for field, key in fields if (value := getattr(request, field))}
        match request:
            case pb2.CreateRequest() | pb2.ReconfigureRequest() | pb2.CloneRequest() if request.HasField("owner"):
                subject["owner"] = f"{request.owner.namespace}/{request.owner.name}"
            case pb2.TaskStatusRequest():
                subject["task"] = request.task.id
            case _:
                pass
        return subject


def _code(call: Call, error: BaseException | None, *, late: bool) -> grpc.StatusCode:
    """Tell how a call ended; a cancelled handler has no status of its own."""
    if error is None:
        return grpc.StatusCode.OK
    if isinstance(error, asyncio.CancelledError | GeneratorExit):
        return grpc.StatusCode.DEADLINE_EXCEEDED if late else grpc.StatusCode.CANCELLED
    code: object = call.context.code()
    return code if isinstance(code, grpc.StatusCode) else grpc.StatusCode.UNKNOWN
