"""One span a call, in the trace of the manager's reconcile where it sent one along.

`server` puts this into the chain only where spans are recorded. What the provider asks its hypervisor, also
in a task that goes on after the call, becomes a child of the call's span in `native_faults`.
"""

from collections.abc import Iterable

from opentelemetry import propagate
from opentelemetry.trace import SpanKind, Status, StatusCode
from virtrigaud_api.tracing import TRACER

from virtrigaud_provider_sdk.interceptors.call import Behaviour, Concern, Context, Method
from virtrigaud_provider_sdk.interceptors.subjects import subject_of


class Spans(Concern):
    """Makes the spans of calls; streams, which stay open for hours, get none."""

    def around(self, method: Method, proceed: Behaviour) -> Behaviour:
        """Make a span of each call."""
        if method.streams:
            return proceed
        service, _, verb = method.name.strip("/").rpartition("/")
        of_method = {"rpc.system": "grpc", "rpc.service": service, "rpc.method": verb}

        async def spanned(request: object, context: Context) -> object:
            about = {f"virtrigaud.{key}": value for key, value in subject_of(request).items()}
            with TRACER.start_as_current_span(
                f"{service}/{verb}",
                context=propagate.extract(_texts(context.invocation_metadata())),
                kind=SpanKind.SERVER,
                attributes=of_method | about,
                record_exception=False,
                set_status_on_exception=False,
            ) as span:
                try:
                    return await proceed(request, context)
                except BaseException:
                    code = str(getattr(context.code(), "name", "CANCELLED"))
                    span.set_attribute("rpc.grpc.status", code)
                    # The error's text stays in the log, where it is redacted.
                    span.set_status(Status(StatusCode.ERROR, code))
                    raise

        return spanned


def _texts(metadata: Iterable[tuple[str, str | bytes]] | None) -> dict[str, str]:
    return {key: value for key, value in metadata or () if isinstance(value, str)}
