"""What a step says about a Provider: the status, its health, the Event, and when to look again. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from virtrigaud_api.contract import Recovery
from virtrigaud_api.v1beta1 import ProviderStatus, keys
from virtrigaud_api.v1beta1.condition_types import ProviderCondition as Type
from virtrigaud_api.v1beta1.phases import ProviderRuntimePhase as Phase
from virtrigaud_api.v1beta1.provider_names import provider_dns_name
from virtrigaud_api.v1beta1.provider_runtime import RuntimeMode
from virtrigaud_api.v1beta1.provider_status import ProviderRuntimeStatus
from virtrigaud_api.v1beta1.reasons import ProviderReason as Reason
from virtrigaud_api.v1beta1.references import CoreLocalReference

from virtrigaud_manager.cluster.event_note import EventNote, EventType
from virtrigaud_manager.cluster.object_key import ObjectKind
from virtrigaud_manager.conditions import Fact, conditions_after, false, find, is_true, true
from virtrigaud_manager.kinds.action import Deed
from virtrigaud_manager.kinds.object_actions import Refuse
from virtrigaud_manager.kinds.provider.actions import (
    Action,
    AwaitRuntime,
    AwaitSecrets,
    AwaitUsers,
    Check,
    Settle,
)
from virtrigaud_manager.kinds.provider.capabilities import reported, sorts_of
from virtrigaud_manager.kinds.provider.health import after_failure, after_success
from virtrigaud_manager.kinds.provider.maintenance import in_maintenance
from virtrigaud_manager.kinds.provider.names import service_key
from virtrigaud_manager.kinds.provider.observation import Health, Observation
from virtrigaud_manager.kinds.provider.results import Checked, NotApplied, Result
from virtrigaud_manager.kinds.provider.tls_posture import TlsState
from virtrigaud_manager.look_again import AT_ONCE, FAILED_PASS, NEVER, After, BackOff, LookAgain
from virtrigaud_manager.outcome import Failed

Outcome = Result | Failed

_NOT_APPLIED: Final[Mapping[ObjectKind, Reason]] = {
    ObjectKind.SERVICE: Reason.SERVICE_ERROR,
    ObjectKind.DEPLOYMENT: Reason.DEPLOYMENT_ERROR,
    ObjectKind.SECRET: Reason.CERTIFICATE_ERROR,
}

_TOLD: Final[Mapping[Type, bool]] = {Type.AVAILABLE: True, Type.MAINTENANCE: False, Type.DELETING: False}
"""Conditions whose change is an Event, and whether it is a warning when they cease to hold."""

FIRST_CHECKS = BackOff(timedelta(milliseconds=200), timedelta(seconds=5))
"""Until a provider has been healthy once, or is healthy again, it is asked more often than its interval says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a step says."""

    status: ProviderStatus
    health: Health
    event: EventNote | None
    look_again: LookAgain
    error: str | None


@dataclass(frozen=True, slots=True)
class _Runtime:
    phase: Phase
    fact: Fact


def report(o: Observation, action: Action, outcome: Outcome) -> Report:
    """Say what is now true of a Provider."""
    health = _health(o, outcome)
    status = _status(o, health, _runtime(o, action, outcome))
    return Report(
        status=status,
        health=health,
        event=_event(o, action, status),
        look_again=_look_again(o, action, outcome, health),
        error=_error(outcome),
    )


def _health(o: Observation, outcome: Outcome) -> Health:
    match outcome:
        case Checked(capabilities):
            return after_success(o.health, o.now, capabilities, o.health_check)
        case Failed(error):
            return after_failure(o.health, o.now, error, o.health_check)
        case _ if o.ready_replicas == 0:
            return replace(o.health, healthy=False if o.health.healthy is not None else None, checked=None, successes=0)
        case _:
            return o.health


def _runtime(o: Observation, action: Action, outcome: Outcome) -> _Runtime:
    if isinstance(outcome, NotApplied):
        reason = _NOT_APPLIED.get(outcome.key.kind, Reason.RESOURCE_ERROR)
        return _Runtime(Phase.FAILED, false(Type.RUNTIME_READY, reason, f"{outcome.key}: {outcome.message}"))
    match action:
        case Refuse(faults):
            reason = Reason.INVALID_CONFIGURATION if o.faults else Reason.TLS_NOT_CONFIGURED
            return _Runtime(Phase.FAILED, false(Type.RUNTIME_READY, reason, "; ".join(faults)))
        case AwaitSecrets(missing):
            message = "; ".join(f"{key} does not exist" for key in missing)
            return _Runtime(Phase.PENDING, false(Type.RUNTIME_READY, Reason.INVALID_CONFIGURATION, message))
        case Deed() | AwaitRuntime() if not o.ready_replicas:
            wanted = o.provider.spec.runtime.replicas
            message = f"{o.ready_replicas} of {wanted} pods answer"
            return _Runtime(Phase.STARTING, false(Type.RUNTIME_READY, Reason.DEPLOYMENT_NOT_READY, message))
        case _:
            message = f"{o.ready_replicas} of {o.provider.spec.runtime.replicas} pods answer"
            return _Runtime(Phase.RUNNING, true(Type.RUNTIME_READY, Reason.DEPLOYMENT_READY, message))


def _status(o: Observation, health: Health, runtime: _Runtime) -> ProviderStatus:
    facts = (
        runtime.fact,
        _tls(o),
        _available(health, runtime),
        _capabilities(o, health),
        *_maintenance(o),
        *_deleting(o),
    )
    generation = o.provider.metadata.generation
    healthy = bool(health.healthy) and runtime.phase is Phase.RUNNING
    # A manager that has just started finds out what is in the status already, which is no change.
    known = healthy is o.status.healthy and o.status.last_health_check is not None
    updates: dict[str, Any] = {
        "healthy": healthy,
        "last_health_check": (None if known else health.changed) or o.status.last_health_check,
        "runtime": _runtime_status(o, runtime),
        "connected_vms": o.machines,
        "observed_generation": generation,
        "conditions": conditions_after(o.status.conditions, facts, now=o.now, generation=generation),
    }
    if health.capabilities is not None:
        updates["reported_capabilities"] = reported(health.capabilities)
        updates["capabilities"] = sorts_of(health.capabilities)
    return o.status.model_copy(update=updates)


def _runtime_status(o: Observation, runtime: _Runtime) -> ProviderRuntimeStatus:
    metadata = o.provider.metadata
    said: dict[str, Any] = {"mode": RuntimeMode.REMOTE, "phase": runtime.phase, "message": runtime.fact.message}
    if o.service is not None:
        said["endpoint"] = f"{provider_dns_name(metadata.namespace, metadata.name)}:{o.posture.port}"
        said["service_ref"] = CoreLocalReference(name=service_key(o.provider).name)
    if o.deployment is not None:
        said["ready_replicas"] = o.deployment.ready_replicas
        said["available_replicas"] = o.deployment.available_replicas
    return ProviderRuntimeStatus(**said)


def _tls(o: Observation) -> Fact:
    make = true if o.posture.state is TlsState.ENABLED else false
    return make(Type.TLS_CONFIGURED, o.posture.reason, o.posture.message)


def _available(health: Health, runtime: _Runtime) -> Fact:
    if runtime.phase is not Phase.RUNNING:
        return false(Type.AVAILABLE, Reason.PROVIDER_UNAVAILABLE, runtime.fact.message)
    if health.healthy:
        return true(Type.AVAILABLE, Reason.REMOTE_AVAILABLE, "the hypervisor answers")
    if health.error is None:
        return false(Type.AVAILABLE, Reason.PROVIDER_UNAVAILABLE, "the hypervisor has not answered yet")
    refused = health.error.recovery is Recovery.CREDENTIALS
    reason = Reason.CREDENTIALS_REFUSED if refused else Reason.PROVIDER_UNAVAILABLE
    return false(Type.AVAILABLE, reason, str(health.error))


def _capabilities(o: Observation, health: Health) -> Fact:
    if health.capabilities is None and o.status.reported_capabilities is None:
        message = "the provider has not said yet what it can do"
        return false(Type.CAPABILITIES_REPORTED, Reason.CAPABILITIES_UNAVAILABLE, message)
    return true(Type.CAPABILITIES_REPORTED, Reason.CAPABILITIES_FETCHED, "the provider says what it can do")


def _maintenance(o: Observation) -> Iterator[Fact]:
    """State it where it is so, and where it was."""
    if in_maintenance(o.provider):
        yield true(Type.MAINTENANCE, Reason.MAINTENANCE, "nothing is changed on the hypervisor; it is only looked at")
    elif find(o.status.conditions, Type.MAINTENANCE) is not None:
        yield false(Type.MAINTENANCE, Reason.IN_OPERATION, "the hypervisor is in operation")


def _deleting(o: Observation) -> Iterator[Fact]:
    if o.deleting and o.users:
        advice = f'delete or move them first, or set the annotation {keys.ANNOTATION_FORCE_DELETE}: "true"'
        yield true(Type.DELETING, Reason.IN_USE, f"{o.in_use}; {advice}")


def _event(o: Observation, action: Action, after: ProviderStatus) -> EventNote | None:
    """Tell when the provider becomes available or is put into maintenance, when that ends, and what holds it."""
    for type_, good in _TOLD.items():
        was, is_now = is_true(o.status.conditions, type_), is_true(after.conditions, type_)
        said = find(after.conditions, type_)
        if was is not is_now and said is not None:
            severity = EventType.WARNING if good and not is_now else EventType.NORMAL
            return EventNote(severity, said.reason, said.message, type(action).__name__)
    return None


def _look_again(o: Observation, action: Action, outcome: Outcome, health: Health) -> LookAgain:
    match action, outcome:
        case _, NotApplied():
            return FAILED_PASS
        case _, Failed():
            return After(o.health_check.interval.timedelta) if health.healthy else FIRST_CHECKS
        case Settle(until) | AwaitUsers(_, until) | AwaitRuntime(until), _ if until is not None:
            return After(until)
        case ((Deed() | Check()), _):
            return AT_ONCE
        case _:
            return NEVER


def _error(outcome: Outcome) -> str | None:
    match outcome:
        case Failed(error):
            return str(error)
        case NotApplied(_, message):
            return message
        case _:
            return None
