"""What a step says about a VMClass: counts, where it can be had, and its conditions. Pure."""

from collections.abc import Iterator

from virtrigaud_api.v1beta1 import VMClassStatus
from virtrigaud_api.v1beta1.condition_types import VMClassCondition as Type
from virtrigaud_api.v1beta1.reasons import VMClassReason as Reason
from virtrigaud_api.v1beta1.vm_class import ClassValidation

from virtrigaud_manager.conditions import Fact, conditions_after, false, true
from virtrigaud_manager.kinds.in_use.actions import Action
from virtrigaud_manager.kinds.in_use.report import Report, deletion, report_of
from virtrigaud_manager.kinds.vm_class.observation import Observation, Verdict
from virtrigaud_manager.outcome import Failed


def report(o: Observation, action: Action, outcome: Failed | None) -> Report[VMClassStatus]:
    """Say what is now true of a VMClass."""
    before, generation = o.vm_class.status, o.vm_class.metadata.generation
    results = {key.path: _validation(o, key.path, verdict) for key, verdict in o.verdicts.items()}
    status = before.model_copy(
        update={
            "used_by_vms": len(o.users),
            "supported_providers": tuple(path for path, result in results.items() if result.valid),
            "validation_results": results,
            "observed_generation": generation,
            "conditions": conditions_after(
                before.conditions, tuple(_facts(o, action)), now=o.now, generation=generation
            ),
        }
    )
    return report_of(status, action, outcome)


def _validation(o: Observation, path: str, verdict: Verdict) -> ClassValidation:
    """Say what is known of one provider; the time is that at which it became known."""
    after = ClassValidation(valid=not verdict.why_not, message=verdict.why_not or None, warnings=verdict.warnings)
    before = o.vm_class.status.validation_results.get(path)
    same = before is not None and (before.valid, before.message, before.warnings) == (
        after.valid,
        after.message,
        after.warnings,
    )
    return after.model_copy(update={"last_validated": before.last_validated if same and before is not None else o.now})


def _facts(o: Observation, action: Action) -> Iterator[Fact]:
    refused = "; ".join(f"{key}: {verdict.why_not}" for key, verdict in o.verdicts.items() if verdict.why_not)
    if refused:
        yield false(Type.READY, Reason.UNSUPPORTED, refused)
        yield true(Type.VALIDATED, Reason.VALID, "the class contradicts nothing")
        yield false(Type.SUPPORTED, Reason.UNSUPPORTED, refused)
    else:
        message = _where(o)
        reason = Reason.SUPPORTED if o.verdicts else Reason.NOT_IN_USE
        yield true(Type.READY, Reason.VALID, message)
        yield true(Type.VALIDATED, Reason.VALID, "the class contradicts nothing")
        yield true(Type.SUPPORTED, reason, message)
    yield from deletion(action, Type.DELETING, Reason.IN_USE)


def _where(o: Observation) -> str:
    if not o.verdicts:
        return "no machine of the class was made yet"
    return f"machines of the class run on {', '.join(map(str, o.verdicts))}"
