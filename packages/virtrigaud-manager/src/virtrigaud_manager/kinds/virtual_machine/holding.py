"""Which failed action is remembered, and for how long it is not tried again. Pure; part of `report`."""

from datetime import UTC, datetime, timedelta

from virtrigaud_api.contract import ProviderError, Recovery, Submitted, Unsupported

from virtrigaud_manager.kinds.virtual_machine.actions import Action, Reconfigure
from virtrigaud_manager.kinds.virtual_machine.differences import Difference
from virtrigaud_manager.kinds.virtual_machine.observation import Observation
from virtrigaud_manager.kinds.virtual_machine.rests import AwaitTask, Hold, ReportFailedTask
from virtrigaud_manager.kinds.virtual_machine.work import Held, TaskFailed
from virtrigaud_manager.outcome import Failed

AGAIN_FOR_A_PERSON = timedelta(minutes=5)
_FOR_GOOD = datetime.max.replace(tzinfo=UTC)


def held_after(o: Observation, action: Action, outcome: Submitted | Failed) -> Held | None:
    """Remember what failed, so that only a different action, or time, tries it again."""
    match action, outcome:
        case Hold() | AwaitTask(), _:
            return o.held
        case Reconfigure(mends=mends), Submitted() if mends:
            return Held(action, _in_vain(o, mends), _FOR_GOOD, o.capabilities)
        case ReportFailedTask(_, error), _:
            failed = o.work.action if isinstance(o.work, TaskFailed) else None
            return None if failed is None else _held(o, failed, error)
        case _, Failed(error):
            return _held(o, action, error)
        case _:
            return None


def _in_vain(o: Observation, mends: tuple[Difference, ...]) -> ProviderError:
    """Say what is true if the same has to be put right once more."""
    still = "; ".join(map(str, mends))
    return Unsupported(f"{o.provider} took the change, and the machine is not as described all the same: {still}")


def _held(o: Observation, action: Action, error: ProviderError) -> Held:
    return Held(action, error, _until(o.now, error), o.capabilities)


def _until(now: datetime, error: ProviderError) -> datetime:
    match error.recovery:
        case Recovery.NEW_GENERATION | Recovery.CAPABILITY:
            return _FOR_GOOD
        case Recovery.PERSON:
            return now + AGAIN_FOR_A_PERSON
        case _:
            return now
