"""The metrics of a provider process, in the default registry of prometheus-client.

The names are part of the contract with dashboards and alerts. `probes` serves them at
`/metrics`; those of calls are in `call_metrics`.
"""

from prometheus_client import Counter, Gauge

BUILD = Gauge("virtrigaud_build_info", "Version of the running component", ("version", "python_version", "component"))

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
