"""The spans of a provider below those of its calls: what it asks the hypervisor, where somebody records spans."""

from contextlib import AbstractContextManager, nullcontext

from opentelemetry.trace import SpanKind
from virtrigaud_api.tracing import TRACER, are_recorded


def hypervisor_span(call: str) -> AbstractContextManager[object]:
    """Return the span of one native call to the hypervisor, a child of the call or task that needs it."""
    if not are_recorded():
        return nullcontext()
    return TRACER.start_as_current_span(
        f"hypervisor {call}", kind=SpanKind.CLIENT, record_exception=False, set_status_on_exception=False
    )
