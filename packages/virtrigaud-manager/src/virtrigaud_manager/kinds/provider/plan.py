"""The one next thing to do for a Provider. Pure and total; the first rule that applies wins."""

from datetime import timedelta

from virtrigaud_manager.kinds.object_actions import AddFinalizer, Refuse, RemoveFinalizer
from virtrigaud_manager.kinds.provider.actions import (
    Action,
    AwaitRuntime,
    AwaitSecrets,
    AwaitUsers,
    Check,
    Settle,
)
from virtrigaud_manager.kinds.provider.identity_plan import issue, until_issue
from virtrigaud_manager.kinds.provider.observation import Observation
from virtrigaud_manager.kinds.provider.workloads import around_the_pods, the_pods


def plan(o: Observation) -> Action:
    """Decide the next action."""
    if o.deleting:
        return _deletion(o)
    if not o.finalized:
        return AddFinalizer()
    return _keep(o)


def _deletion(o: Observation) -> Action:
    """Let it go when nobody needs it; until then it works on, because machines are deleted through it."""
    if not o.users:
        return RemoveFinalizer("nobody refers to it")
    if o.forced:
        return RemoveFinalizer(f"forced, although {o.in_use}")
    kept = _run(o) if o.missing else _keep(o)
    return AwaitUsers(o.in_use, kept.until_next) if isinstance(kept, Settle) else kept


def _keep(o: Observation) -> Action:
    if o.faults or not o.posture.allows_to_run:
        return Refuse(o.faults or (o.posture.message,))
    return around_the_pods(o) or issue(o) or _await_secrets(o) or the_pods(o) or _run(o)


def _await_secrets(o: Observation) -> Action | None:
    return AwaitSecrets(o.missing) if o.missing else None


def _run(o: Observation) -> Action:
    if o.ready_replicas == 0:
        return AwaitRuntime(until_issue(o))
    if not o.health_check.enabled:
        return Settle(until_issue(o)) if o.health.capabilities is not None else _check(o)
    if o.until_check == timedelta(0):
        return _check(o)
    return Settle(min(o.until_check, until_issue(o) or o.until_check))


def _check(o: Observation) -> Check:
    return Check(o.health_check.timeout.timedelta)
