"""The manager's metrics, in a registry of their own; `probes` serves them at `/metrics`.

The names and labels are part of the contract with dashboards and alerts. Nothing here knows why a thing
is counted.
"""

from enum import StrEnum
from functools import partial
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, PlatformCollector, ProcessCollector

OK: Final = "OK"

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)

_counter = partial(Counter, registry=REGISTRY)
_gauge = partial(Gauge, registry=REGISTRY)
_histogram = partial(Histogram, registry=REGISTRY)

_SECONDS = tuple(0.001 * 2**power for power in range(15))
_SECONDS_TO_ADDRESS = tuple(0.1 * 2**power for power in range(10))


class Outcome(StrEnum):
    """How a pass or an operation ended."""

    SUCCESS = "success"
    ERROR = "error"
    REQUEUE = "requeue"


BUILD = _gauge("virtrigaud_build_info", "Version of the running component", ("version", "python_version", "component"))
RECONCILES = _counter("virtrigaud_manager_reconcile_total", "Passes over objects", ("kind", "outcome"))
RECONCILE_SECONDS = _histogram(
    "virtrigaud_manager_reconcile_duration_seconds", "Duration of a pass", ("kind",), buckets=_SECONDS
)
QUEUE_DEPTH = _gauge("virtrigaud_queue_depth", "Keys that are due or being worked on", ("kind",))
OPERATIONS = _counter(
    "virtrigaud_vm_operations_total", "Operations on machines", ("operation", "provider_type", "provider", "outcome")
)
RPCS = _counter("virtrigaud_provider_rpc_requests_total", "Finished calls", ("provider_type", "method", "code"))
RPC_SECONDS = _histogram(
    "virtrigaud_provider_rpc_latency_seconds", "Duration of calls", ("provider_type", "method"), buckets=_SECONDS
)
TASKS = _gauge("virtrigaud_provider_tasks_inflight", "Tasks that are awaited", ("provider_type", "provider"))
ERRORS = _counter("virtrigaud_errors_total", "Errors by reason", ("reason", "component"))
ADDRESS_SECONDS = _histogram(
    "virtrigaud_ip_discovery_duration_seconds",
    "Time from the creation of a machine to its first address",
    ("provider_type",),
    buckets=_SECONDS_TO_ADDRESS,
)
BREAKER_STATE = _gauge(
    "virtrigaud_circuit_breaker_state", "0 closed, 1 half-open, 2 open", ("provider_type", "provider")
)
BREAKER_FAILURES = _counter(
    "virtrigaud_circuit_breaker_failures_total", "Times that the breaker opened", ("provider_type", "provider")
)
LEADS = _gauge("leader_election_master_status", "1 where this manager acts, 0 where it stands by", ("name",))
API_WRITES = _counter("virtrigaud_manager_api_writes_total", "Writes to the API server", ("verb", "kind"))

ADMISSIONS = _counter(
    "virtrigaud_manager_admission_total", "Requests that admission was asked about", ("kind", "operation", "answer")
)

_COMPONENT: Final = "manager"
_VERBS: Final = {"PATCH": "patch", "POST": "create", "PUT": "update", "DELETE": "delete"}


def reconciled(kind: str, outcome: Outcome, seconds: float) -> None:
    """Count a pass."""
    RECONCILES.labels(kind, outcome.value).inc()
    RECONCILE_SECONDS.labels(kind).observe(seconds)


def operated(operation: str, provider_type: str, provider: str, outcome: Outcome) -> None:
    """Count an operation on a machine."""
    OPERATIONS.labels(operation, provider_type, provider, outcome.value).inc()


def called(provider_type: str, method: str, code: str, seconds: float) -> None:
    """Count a call of a provider."""
    RPCS.labels(provider_type, method, code).inc()
    RPC_SECONDS.labels(provider_type, method).observe(seconds)


def failed(reason: str) -> None:
    """Count an error."""
    ERRORS.labels(reason, _COMPONENT).inc()


def addressed(provider_type: str, seconds: float) -> None:
    """Count the time that a machine took to its first address."""
    ADDRESS_SECONDS.labels(provider_type).observe(seconds)


def built(version: str, python_version: str) -> None:
    """Say what is running."""
    BUILD.labels(version, python_version, _COMPONENT).set(1)


def wrote(method: str, kind: str) -> None:
    """Count a write to the API server by the method of its request."""
    API_WRITES.labels(_VERBS[method], kind).inc()


def judged(kind: str, operation: str, *, allowed: bool) -> None:
    """Count an answer of admission."""
    ADMISSIONS.labels(kind, operation, "allowed" if allowed else "refused").inc()
