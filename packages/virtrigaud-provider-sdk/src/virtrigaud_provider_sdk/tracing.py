"""Traces: spans of calls and of what they ask the hypervisor, when an OTLP endpoint is set; otherwise nothing.

The SDK makes spans through the OpenTelemetry API only. Exporting them needs the extra `tracing`; `run_provider`
sets it up, and an embedder may install a tracer provider of its own before it serves.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import timedelta
from typing import Final

import structlog
from opentelemetry import trace

TRACER: Final = trace.get_tracer("virtrigaud")
"""Makes no span that is recorded until a tracer provider is installed."""

FLUSH_LIMIT: Final = timedelta(seconds=2)
"""Time that the last spans get to leave when the process ends."""

_TRACES_PATH: Final = "/v1/traces"

_log = structlog.get_logger("virtrigaud.tracing")


def are_recorded() -> bool:
    """Tell whether somebody wants spans."""
    return not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider | trace.NoOpTracerProvider)


def hypervisor_span(call: str) -> AbstractContextManager[object]:
    """Return the span of one native call to the hypervisor, a child of the call or task that needs it."""
    if not are_recorded():
        return nullcontext()
    return TRACER.start_as_current_span(
        f"hypervisor {call}", kind=trace.SpanKind.CLIENT, record_exception=False, set_status_on_exception=False
    )


@contextmanager
def exported_spans(endpoint: str, *, service: str, version: str) -> Iterator[None]:
    """Send the spans of the block to an endpoint, and the last ones before it ends.

    Args:
        endpoint: Base URL of an OTLP receiver that speaks HTTP, such as `http://collector:4318`; empty: send nothing.
        service: Name of this process in traces.
        version: Version of this process in traces.
    """
    if not endpoint:
        yield
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - an extra
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError:
        _log.warning("traces are not exported: install virtrigaud-provider-sdk[tracing]", endpoint=endpoint)
        yield
        return
    resource = Resource.create({"service.name": service, "service.version": version})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint=endpoint.rstrip("/") + _TRACES_PATH, timeout=FLUSH_LIMIT.total_seconds())
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    try:
        yield
    finally:
        provider.force_flush(int(FLUSH_LIMIT.total_seconds() * 1000))
