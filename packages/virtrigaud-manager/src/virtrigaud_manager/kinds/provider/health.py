"""When a hypervisor counts as healthy: after how many good checks, and after how many failed ones not. Pure."""

from dataclasses import replace
from datetime import datetime

from virtrigaud_api.contract import Capabilities, ProviderError
from virtrigaud_api.v1beta1.provider import HealthCheck

from virtrigaud_manager.kinds.provider.observation import Health


def after_success(before: Health, now: datetime, capabilities: Capabilities, rule: HealthCheck) -> Health:
    """Take note of a good check; the first of all is enough."""
    successes = before.successes + 1
    healthy = before.healthy is None or before.healthy or successes >= rule.success_threshold
    return Health(
        healthy=healthy,
        successes=successes,
        checked=now,
        changed=before.changed if healthy is before.healthy else now,
        error=None if healthy else before.error,
        capabilities=capabilities,
    )


def after_failure(before: Health, now: datetime, error: ProviderError, rule: HealthCheck) -> Health:
    """Take note of a failed check; one that was never healthy needs no more of them."""
    failures = before.failures + 1
    healthy = bool(before.healthy) and failures < rule.failure_threshold
    return replace(
        before,
        healthy=healthy,
        failures=failures,
        successes=0,
        checked=now,
        changed=before.changed if healthy is before.healthy else now,
        error=error,
    )
