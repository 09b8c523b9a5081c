"""Traces of the real system, received by a collector over OTLP: from the pass over an object into the provider."""

from pathlib import Path

import pytest
from local_system import LocalSystem
from manifests import vm
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from trace_collector import Collector, collecting
from virtrigaud_api.tracing import are_recorded, outgoing_context
from virtrigaud_localkube import LocalKubeProcess

MANAGER, PROVIDER = "virtrigaud-manager", "virtrigaud-provider-memory"
CREATE = "provider.v1.Provider/Create"


def the(collector: Collector, service: str, name: str) -> Span:
    (found,) = collector.spans(service, name)
    return found


def attributes(span: Span) -> dict[str, str]:
    return {attribute.key: attribute.value.string_value for attribute in span.attributes}


async def test_a_pass_over_a_machine_its_call_and_what_the_provider_did_are_one_trace(
    localkube: LocalKubeProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with collecting() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint)
        async with LocalSystem(localkube, tmp_path) as system:
            await system.furnish()
            await system.start_manager()
            await system.start_provider()
            await system.apply(vm())
            await system.until_ready()
        # Both processes have ended, and sent their last spans before.
        called, answered = the(collector, MANAGER, CREATE), the(collector, PROVIDER, CREATE)
        passes = {span.span_id: span for span in collector.spans(MANAGER, "reconcile VirtualMachine")}
        reconciled = passes[called.parent_span_id]
    assert {span.trace_id for span in (reconciled, called, answered)} == {called.trace_id}
    assert (answered.parent_span_id, called.kind, answered.kind) == (
        called.span_id,
        Span.SPAN_KIND_CLIENT,
        Span.SPAN_KIND_SERVER,
    )
    assert attributes(reconciled) == {
        "k8s.namespace.name": "default",
        "virtrigaud.kind": "VirtualMachine",
        "virtrigaud.name": "web",
        "virtrigaud.outcome": "success",
    }
    assert attributes(called)["virtrigaud.provider"] == "lab"


def test_without_an_endpoint_nothing_is_recorded_and_nothing_is_sent_along() -> None:
    assert (are_recorded(), outgoing_context()) == (False, ())
