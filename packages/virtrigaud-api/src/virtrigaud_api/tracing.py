"""Traces of the manager and of providers: exported where an OTLP endpoint is set, otherwise nothing is recorded.

Spans are made through the OpenTelemetry API only. Exporting them needs the extra `tracing`; whoever embeds a part
may install a tracer provider of its own instead. `wire.client` sends the trace along with each call.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from opentelemetry import propagate, trace

TRACER: Final = trace.get_tracer("virtrigaud")
"""Makes no span that is recorded until a tracer provider is installed."""

FLUSH_LIMIT: Final = timedelta(seconds=2)
"""Time that the last spans get to leave when the process ends."""

_TRACES_PATH: Final = "/v1/traces"

_log = logging.getLogger("virtrigaud.tracing")


def are_recorded() -> bool:
    """Tell whether somebody wants spans."""
    return not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider | trace.NoOpTracerProvider)


def outgoing_context() -> tuple[tuple[str, str], ...]:
    """Return the current span as the metadata of a call (W3C Trace Context); nothing outside of a span."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return tuple(carrier.items())


@contextmanager
def exported_spans(endpoint: str, *, service: str, version: str) -> Iterator[None]:
    """Send the spans of the block to an endpoint, and the last ones before it ends.

    Args:
        endpoint: Base URL of an OTLP receiver that speaks HTTP, such as `http://collector:4318`; empty: send nothing.
        service: Name of this process in traces, which is its distribution's, too.
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
        _log.warning("traces are not exported to %s: install virtrigaud-api[tracing] beside %s", endpoint, service)
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
