"""Traces of a provider process, received by a collector over OTLP."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import grpc
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from virtrigaud_api.tracing import are_recorded
from virtrigaud_api.wire.generated import provider_pb2 as pb2
from virtrigaud_api.wire.generated.provider_pb2_grpc import ProviderStub

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
PLAINTEXT = {"VIRTRIGAUD_PROVIDER_INSECURE": "true"}


class Collector(ThreadingHTTPServer):
    """Takes spans as an OpenTelemetry collector does."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Receiver)
        self.requests: list[ExportTraceServiceRequest] = []

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def spans(self) -> dict[str, Span]:
        found = [batch for request in self.requests for batch in request.resource_spans]
        return {span.name: span for batch in found for scope in batch.scope_spans for span in scope.spans}


class _Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Collector)
        assert self.path == "/v1/traces"
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append(ExportTraceServiceRequest.FromString(body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002 - the inherited signature


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def attributes(span: Span) -> dict[str, str]:
    return {attribute.key: attribute.value.string_value for attribute in span.attributes}


async def test_a_call_is_a_span_of_the_callers_trace_and_asks_the_hypervisor_in_it(
    collector: Collector, started: Any, tmp_path: Path
) -> None:
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp" / "release").touch()
    tracing = PLAINTEXT | {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint}
    async with started(**tracing) as (process, port), grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = ProviderStub(channel)  # type: ignore[no-untyped-call]
        await stub.Describe(pb2.DescribeRequest(id="m-1"), metadata=[("traceparent", f"00-{TRACE}-{PARENT}-01")])
        with pytest.raises(grpc.aio.AioRpcError):
            await stub.SnapshotCreate(pb2.SnapshotCreateRequest(vm_id="m-1", name_hint="before"))
        process.terminate()
        await process.wait()
    described = collector.spans["provider.v1.Provider/Describe"]
    looked = collector.spans["hypervisor look"]
    refused = collector.spans["provider.v1.Provider/SnapshotCreate"]
    assert (described.trace_id.hex(), described.parent_span_id.hex()) == (TRACE, PARENT)
    assert (looked.trace_id, looked.parent_span_id) == (described.trace_id, described.span_id)
    assert attributes(described) == {
        "rpc.system": "grpc",
        "rpc.service": "provider.v1.Provider",
        "rpc.method": "Describe",
        "virtrigaud.machine": "m-1",
    }
    assert refused.trace_id.hex() != TRACE
    assert attributes(refused)["rpc.grpc.status"] == "UNIMPLEMENTED"
    resource = collector.requests[0].resource_spans[0].resource
    assert {a.key: a.value.string_value for a in resource.attributes}["service.name"] == "virtrigaud-provider-tiny"


async def test_a_collector_that_is_not_there_holds_up_neither_calls_nor_the_end(started: Any, tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp" / "release").touch()
    tracing = PLAINTEXT | {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
    async with started(**tracing) as (process, port), grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        await ProviderStub(channel).Describe(pb2.DescribeRequest(id="m-1"))  # type: ignore[no-untyped-call]
        process.terminate()
        assert await process.wait() == 0


def test_nothing_is_recorded_where_no_endpoint_is_set() -> None:
    assert not are_recorded()
