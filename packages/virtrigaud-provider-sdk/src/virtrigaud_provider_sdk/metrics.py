"""The metrics of a provider process, in the default registry of prometheus-client.

The names are part of the contract with dashboards and alerts. `probes` serves them at `/metrics`.
"""

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = tuple(0.001 * 2**power for power in range(15))

BUILD = Gauge("virtrigaud_build_info", "Version of the running component", ("version", "python_version", "component"))

RPC_REQUESTS = Counter("virtrigaud_provider_rpc_requests_total", "Finished calls", ("provider_type", "method", "code"))
RPC_LATENCY = Histogram(
    "virtrigaud_provider_rpc_latency_seconds", "Duration of calls", ("provider_type", "method"), buckets=_SECONDS
)
RPC_INFLIGHT = Gauge("virtrigaud_provider_rpc_inflight", "Calls that run now", ("provider_type", "method"))
RPC_WAITING = Gauge(
    "virtrigaud_provider_rpc_waiting", "Calls that wait for a free place of their verb", ("provider_type", "method")
)

TASKS_RUNNING = Gauge("virtrigaud_provider_tasks_running", "Tasks of the task book that run now")
TASKS_ENDED = Counter("virtrigaud_provider_tasks_total", "Tasks of the task book that ended", ("outcome",))

HYPERVISOR_CALLS = Counter(
    "virtrigaud_provider_hypervisor_calls_total", "Native calls to the hypervisor", ("call", "outcome")
)
HYPERVISOR_UP = Gauge("virtrigaud_provider_hypervisor_up", "1 when the last validation of the hypervisor went well")

WATCHERS = Gauge("virtrigaud_provider_watchers", "Open event streams")
WATCH_OVERFLOWS = Counter(
    "virtrigaud_provider_watch_overflows_total", "Event streams that were too slow and were told to resync"
)
CERTIFICATE_RELOADS = Counter(
    "virtrigaud_provider_certificate_reloads_total", "Changed TLS files that were read", ("outcome",)
)
