"""The manager's spans: one a pass over an object, and below it one a call to a provider, which gets the trace along.

`reconcile` and `providers.guarded` make them; `virtrigaud_api.tracing` records and exports them, where an endpoint
is set. Where nobody records, nothing is made.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Final

from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from virtrigaud_api.contract import ProviderError
from virtrigaud_api.tracing import TRACER, are_recorded

from virtrigaud_manager.cluster.object_key import ObjectKey

_SERVICE: Final = "provider.v1.Provider"


def pass_span(kind: str, key: ObjectKey) -> AbstractContextManager[Span | None]:
    """Return the span of one pass over an object."""
    if not are_recorded():
        return nullcontext()
    return TRACER.start_as_current_span(
        f"reconcile {kind}",
        attributes={"k8s.namespace.name": key.namespace, "virtrigaud.kind": kind, "virtrigaud.name": key.name},
        record_exception=False,
        set_status_on_exception=False,
    )


def ended(span: Span | None, outcome: str, *, failed: bool) -> None:
    """Say how a pass ended. What went wrong stays in the log, where it is redacted."""
    if span is None:
        return
    span.set_attribute("virtrigaud.outcome", outcome)
    if failed:
        span.set_status(Status(StatusCode.ERROR, outcome))


def call_span(method: str, provider: str) -> AbstractContextManager[None]:
    """Return the span of one call to a provider, the parent of what the provider does for it."""
    return _call_span(method, provider) if are_recorded() else nullcontext()


@contextmanager
def _call_span(method: str, provider: str) -> Iterator[None]:
    with TRACER.start_as_current_span(
        f"{_SERVICE}/{method}",
        kind=SpanKind.CLIENT,
        attributes={
            "rpc.system": "grpc",
            "rpc.service": _SERVICE,
            "rpc.method": method,
            "virtrigaud.provider": provider,
        },
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            yield
        except ProviderError as error:
            span.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise
