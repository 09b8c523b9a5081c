"""What a look at the machines of nobody says: counts, each machine by name, Event, and when to look again. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from virtrigaud_api.contract import MachineId
from virtrigaud_api.v1beta1.provider_status import AdoptionOutcome, AdoptionStatus, DiscoveredMachine

from virtrigaud_manager.cluster.event_note import EventNote, EventType
from virtrigaud_manager.kinds.adoption.actions import Action, Adopt, AwaitMachines, Leave, RefuseTerms, Tell
from virtrigaud_manager.kinds.adoption.census import Adoptable, Judged, Left, Taken
from virtrigaud_manager.kinds.adoption.observation import Observation
from virtrigaud_manager.kinds.adoption.terms import Mode
from virtrigaud_manager.look_again import NEVER, After, LookAgain, after_error
from virtrigaud_manager.outcome import Failed

LOOK_AGAIN: Final = After(timedelta(minutes=5))
MOST_TOLD: Final = 200

_NEXT: Final = After(timedelta(milliseconds=1))


@dataclass(frozen=True, slots=True)
class Adopted:
    """The objects of a machine were made."""


@dataclass(frozen=True, slots=True)
class NotAdopted:
    """The API server would not have them."""

    why: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """There was nothing to do."""


Result = Adopted | NotAdopted | Nothing
Outcome = Result | Failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a look says.

    Attributes:
        failed: Machines that are not tried again before all have been looked at.
    """

    status: AdoptionStatus | None
    failed: tuple[tuple[MachineId, str], ...]
    event: EventNote | None
    look_again: LookAgain
    error: str | None


def report(o: Observation, action: Action, outcome: Outcome) -> Report:
    """Say how adoption stands."""
    failed = o.failed
    if isinstance(action, Adopt) and isinstance(outcome, NotAdopted):
        failed = (*failed, (action.found.state.id, outcome.why))
    return Report(
        status=_status(o, action, failed),
        failed=() if isinstance(action, Tell) else failed,
        event=_event(action, outcome),
        look_again=_look_again(action),
        error=outcome.why if isinstance(outcome, NotAdopted) else None,
    )


def _look_again(action: Action) -> LookAgain:
    match action:
        case Adopt():
            return _NEXT
        case AwaitMachines(error):
            return after_error(error)
        case Leave() | RefuseTerms():
            return NEVER
        case _:
            return LOOK_AGAIN


def _status(o: Observation, action: Action, failed: tuple[tuple[MachineId, str], ...]) -> AdoptionStatus | None:
    if isinstance(action, Leave):
        return None
    if isinstance(action, RefuseTerms | AwaitMachines):
        why = action.why if isinstance(action, RefuseTerms) else str(action.error)
        return (o.status or AdoptionStatus()).model_copy(update={"message": why})
    if isinstance(action, Adopt):
        return o.status
    return _told(o, dict(failed))


def _told(o: Observation, failed: dict[MachineId, str]) -> AdoptionStatus:
    judged = o.judged
    machines = tuple(_machine(o, found, failed) for found in judged if not isinstance(found, Taken))
    taken = [found.state.id for found in judged if isinstance(found, Taken)]
    said = AdoptionStatus(
        discovered_vms=len(machines),
        adopted_vms=len(o.around.adopted & set(taken)),
        failed_adoptions=len(failed),
        message=_message(o, machines, len(taken)),
        machines=machines[:MOST_TOLD],
        last_discovery_time=o.status.last_discovery_time if o.status is not None else None,
    )
    return said if o.status == said else said.model_copy(update={"last_discovery_time": o.now})


def _message(o: Observation, machines: tuple[DiscoveredMachine, ...], taken: int) -> str:
    would_be = sum(machine.outcome is AdoptionOutcome.ADOPTABLE for machine in machines)
    failed = sum(machine.outcome is AdoptionOutcome.FAILED for machine in machines)
    left = len(machines) - would_be - failed
    begin = f"dry run: {would_be} would be adopted, " if o.mode is Mode.DRY_RUN else ""
    trouble = f", {failed} could not be adopted" if failed else ""
    more = f"; the first {MOST_TOLD} are listed" if len(machines) > MOST_TOLD else ""
    return f"{begin}{taken} have a VirtualMachine, {left} are left alone{trouble}{more}"


def _machine(o: Observation, found: Judged, failed: dict[MachineId, str]) -> DiscoveredMachine:
    state = found.state
    said = DiscoveredMachine(id=state.id, name=state.name, outcome=AdoptionOutcome.LEFT_ALONE)
    match found:
        case Adoptable(name=name, class_name=class_name):
            why = failed.get(state.id)
            outcome = AdoptionOutcome.ADOPTABLE if why is None else AdoptionOutcome.FAILED
            message = why or f"as VirtualMachine {o.key.namespace}/{name} of class {class_name}"
            return said.model_copy(update={"outcome": outcome, "message": message})
        case Left(why=why):
            return said.model_copy(update={"message": why})
        case Taken():
            return said


def _event(action: Action, outcome: Outcome) -> EventNote | None:
    match action, outcome:
        case Adopt(), Adopted():
            return EventNote(EventType.NORMAL, "Adopted", action.sentence, "Adopt")
        case Adopt(), NotAdopted(why):
            return EventNote(EventType.WARNING, "AdoptionFailed", f"can't {action.sentence}: {why}", "Adopt")
        case RefuseTerms(why), _:
            return EventNote(EventType.WARNING, "AdoptionRefused", why, "Adopt")
        case _:
            return None
