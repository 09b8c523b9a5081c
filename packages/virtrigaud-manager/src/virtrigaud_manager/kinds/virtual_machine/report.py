"""What a step says to the world: the status, what is remembered, the Event, and when to look again. Pure.

The status comes from what was observed and from receipts, never from wishes. While a machine is being
made the status says just that, and what the machine is like is told once it is as it was asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from virtrigaud_api.contract import MachineId, MachineState, Submitted
from virtrigaud_api.v1beta1 import VirtualMachineStatus
from virtrigaud_api.v1beta1.machine_resources import (
    LEAST_MEMORY_MIB,
    MOST_CPUS,
    MOST_MEMORY_MIB,
    MachineResources,
)
from virtrigaud_api.v1beta1.power_state import ObservedPowerState

from virtrigaud_manager.cluster.event_note import EventNote
from virtrigaud_manager.conditions import Fact, conditions_after
from virtrigaud_manager.kinds.virtual_machine.actions import Action, Delete
from virtrigaud_manager.kinds.virtual_machine.event import event
from virtrigaud_manager.kinds.virtual_machine.facts import state_facts
from virtrigaud_manager.kinds.virtual_machine.holding import held_after
from virtrigaud_manager.kinds.virtual_machine.notes import TaskNote
from virtrigaud_manager.kinds.virtual_machine.observation import Observation
from virtrigaud_manager.kinds.virtual_machine.receipts import receipts_after
from virtrigaud_manager.kinds.virtual_machine.restart_plan import opens_in
from virtrigaud_manager.kinds.virtual_machine.rests import (
    AwaitDependencies,
    AwaitPower,
    AwaitRoom,
    AwaitSight,
    AwaitTask,
    Hold,
    ReportFailedTask,
)
from virtrigaud_manager.kinds.virtual_machine.wording import Words, words
from virtrigaud_manager.kinds.virtual_machine.work import Held, TaskRunning
from virtrigaud_manager.look_again import AT_ONCE, NEVER, After, BackOff, LookAgain, after_error
from virtrigaud_manager.outcome import Failed

POLL_TASK = BackOff(timedelta(milliseconds=20), timedelta(seconds=5))
POLL_WATCHED_TASK = BackOff(timedelta(seconds=1), timedelta(seconds=30))
"""Where the end of a task is announced, asking is only for an announcement that was lost."""

_AT_REST: Mapping[type[Action], LookAgain] = {
    AwaitDependencies: BackOff(timedelta(seconds=10), timedelta(minutes=5)),
    AwaitRoom: BackOff(timedelta(seconds=10), timedelta(minutes=5)),
    AwaitPower: After(timedelta(seconds=30)),
}
"""Actions that wait for something that no event may announce; all others wait for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a step says.

    Attributes:
        worth_writing: False for a status that tells people nothing new: a machine that is still being made.
    """

    status: VirtualMachineStatus
    worth_writing: bool
    task: TaskNote | None
    held: Held | None
    removed: MachineId | None
    event: EventNote | None
    look_again: LookAgain
    error: str | None


Outcome = Submitted | Failed


def report(o: Observation, action: Action, outcome: Outcome) -> Report:
    """Say what is now true of a VirtualMachine."""
    said = words(o, action, outcome)
    facts = state_facts(o, action, outcome)
    return Report(
        status=_status(o, action, outcome, said, facts),
        worth_writing=said is None or not said.making or said.message != o.vm.status.message,
        task=_task(o, action, outcome),
        held=held_after(o, action, outcome),
        removed=action.machine if isinstance(action, Delete) and isinstance(outcome, Submitted) else o.removed,
        event=event(o, action, outcome, said, facts),
        look_again=_look_again(o, action, outcome),
        error=str(outcome.error) if isinstance(outcome, Failed) else None,
    )


def _status(
    o: Observation, action: Action, outcome: Outcome, said: Words | None, facts: Sequence[Fact]
) -> VirtualMachineStatus:
    if said is None:
        return o.status
    generation = o.vm.metadata.generation
    updates: dict[str, Any] = {
        "observed_generation": generation,
        "message": said.message,
        "conditions": conditions_after(o.status.conditions, (*said.facts, *facts), now=o.now, generation=generation),
    }
    if said.phase is not None:
        updates["phase"] = said.phase
    if o.machine is not None:
        updates["id"] = o.machine
    if o.state is not None and not said.making:
        updates |= _seen(o.state)
    return o.status.model_copy(update=updates | receipts_after(o, action, outcome))


def _seen(state: MachineState) -> dict[str, Any]:
    return {
        "power_state": ObservedPowerState(state.power.value),
        "ips": state.addresses,
        "console_url": state.console_url,
        "current_resources": _resources(state),
    }


def _resources(state: MachineState) -> MachineResources | None:
    """Return how big the machine is, as far as that is told and the schema has room for it."""
    told = MachineResources(
        cpu=state.cpus if 1 <= state.cpus <= MOST_CPUS else None,
        memory_mib=state.memory if LEAST_MEMORY_MIB <= state.memory <= MOST_MEMORY_MIB else None,
    )
    return told if told.cpu or told.memory_mib else None


def _task(o: Observation, action: Action, outcome: Outcome) -> TaskNote | None:
    match action, outcome:
        case AwaitTask(ref), _:
            return TaskNote(ref, o.work.action if isinstance(o.work, TaskRunning) else None)
        case _, Submitted(task=task) if task is not None:
            return TaskNote(task, action)
        case _:
            return None


def _look_again(o: Observation, action: Action, outcome: Outcome) -> LookAgain:
    if isinstance(outcome, Failed):
        return after_error(outcome.error)
    if outcome.task is not None or isinstance(action, AwaitTask):
        return POLL_WATCHED_TASK if o.watched else POLL_TASK
    if isinstance(action, AwaitSight | ReportFailedTask | Hold):
        return after_error(action.error)
    if action.changes:
        return AT_ONCE
    wait = opens_in(o)
    return After(wait) if wait is not None else _AT_REST.get(type(action), NEVER)
