"""Ring 1: when a condition changes, and when its time does."""

from datetime import UTC, datetime, timedelta

from virtrigaud_api.v1beta1 import Condition, ConditionStatus
from virtrigaud_api.v1beta1.condition_types import VirtualMachineCondition as Type
from virtrigaud_api.v1beta1.reasons import VirtualMachineReason as Reason
from virtrigaud_manager.conditions import conditions_after, false, true, unknown

THEN = datetime(2026, 1, 1, tzinfo=UTC)
NOW = THEN + timedelta(hours=1)


def condition(status: ConditionStatus, reason: str, message: str, since: datetime, generation: int = 1) -> Condition:
    return Condition(
        type="Ready",
        status=status,
        reason=reason,
        message=message,
        last_transition_time=since,
        observed_generation=generation,
    )


BEFORE = condition(ConditionStatus.FALSE, "Creating", "being made", THEN)


def test_a_first_fact_has_the_time_of_now() -> None:
    after = conditions_after((), (false(Type.READY, Reason.CREATING, "being made"),), now=NOW, generation=1)
    assert after == (condition(ConditionStatus.FALSE, "Creating", "being made", NOW),)


def test_the_time_stays_while_only_reason_and_message_change() -> None:
    fact = false(Type.READY, Reason.PROVIDER_ERROR, "it failed")
    after = conditions_after((BEFORE,), (fact,), now=NOW, generation=2)
    assert after == (condition(ConditionStatus.FALSE, "ProviderError", "it failed", THEN, generation=2),)


def test_the_time_changes_with_the_status() -> None:
    fact = true(Type.READY, Reason.RECONCILE_SUCCESS, "it runs")
    after = conditions_after((BEFORE,), (fact,), now=NOW, generation=1)
    assert after == (condition(ConditionStatus.TRUE, "ReconcileSuccess", "it runs", NOW),)


def test_unknown_is_a_status_of_its_own() -> None:
    fact = unknown(Type.READY, Reason.CREATING, "being made")
    after = conditions_after((BEFORE,), (fact,), now=NOW, generation=1)
    assert after == (condition(ConditionStatus.UNKNOWN, "Creating", "being made", NOW),)


def test_conditions_of_others_are_kept_behind_ours() -> None:
    other = BEFORE.model_copy(update={"type": "Backup"})
    fact = false(Type.READY, Reason.CREATING, "being made")
    after = conditions_after((other, BEFORE), (fact,), now=NOW, generation=1)
    assert after == (BEFORE, other)
