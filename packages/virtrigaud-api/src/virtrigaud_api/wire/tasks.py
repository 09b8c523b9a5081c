"""What verbs answer, and how a task stands, as protobuf messages both ways."""

from typing import Protocol, TypeVar

from virtrigaud_api.contract import InvalidSpec, MachineId, MachineState, Submitted, TaskRef, TaskState
from virtrigaud_api.wire.faults import error_from_kind
from virtrigaud_api.wire.generated import provider_pb2 as pb2
from virtrigaud_api.wire.machine_states import state_from_message, write_state

_Answer = TypeVar("_Answer", pb2.CreateResponse, pb2.TaskResponse)


class CarriesTask(Protocol):
    """A message with a `task` field."""

    @property
    def task(self) -> pb2.TaskRef:
        """The task; its id is empty where there is none."""
        ...


def created_to_message(submitted: Submitted) -> pb2.CreateResponse:
    """Return what Create answers."""
    message = pb2.CreateResponse(id=submitted.machine, task=task_ref_to_message(submitted.task))
    return _with_machine(message, submitted)


def created_from_message(message: pb2.CreateResponse) -> Submitted:
    """Read what Create answers."""
    machine = MachineId(message.id) if message.id else None
    return Submitted(machine=machine, task=task_ref_from_message(message), state=_machine_of(message))


def submitted_to_message(submitted: Submitted) -> pb2.TaskResponse:
    """Return what the verbs on an existing machine answer; they do not carry its id."""
    return _with_machine(pb2.TaskResponse(task=task_ref_to_message(submitted.task)), submitted)


def submitted_from_message(message: pb2.TaskResponse, machine: MachineId) -> Submitted:
    """Read what a verb on this machine answers."""
    return Submitted(machine=machine, task=task_ref_from_message(message), state=_machine_of(message))


def task_ref_to_message(ref: TaskRef | None) -> pb2.TaskRef | None:
    """Return a task reference, None where there is no task."""
    return None if ref is None else pb2.TaskRef(id=ref)


def task_ref_from_message(message: CarriesTask) -> TaskRef | None:
    """Read the task of any message; one without an id, as some Go providers send it, is none."""
    return TaskRef(message.task.id) if message.task.id else None


def task_query_to_message(ref: TaskRef) -> pb2.TaskStatusRequest:
    """Return the request that asks how a task stands."""
    return pb2.TaskStatusRequest(task=pb2.TaskRef(id=ref))


def task_query_from_message(message: pb2.TaskStatusRequest) -> TaskRef:
    """Read the request that asks how a task stands.

    Raises:
        InvalidSpec: It names no task.
    """
    return _required(message, "TaskStatusRequest")


def cancellation_to_message(ref: TaskRef) -> pb2.TaskCancelRequest:
    """Return the request that asks a task to stop."""
    return pb2.TaskCancelRequest(task=pb2.TaskRef(id=ref))


def cancellation_from_message(message: pb2.TaskCancelRequest) -> TaskRef:
    """Read the request that asks a task to stop.

    Raises:
        InvalidSpec: It names no task.
    """
    return _required(message, "TaskCancelRequest")


def task_state_to_message(state: TaskState) -> pb2.TaskStatusResponse:
    """Return how a task stands."""
    message = pb2.TaskStatusResponse(done=state.done, percent=state.percent, machine_id=state.machine)
    if state.error is not None:
        message.error = state.error.message
        message.error_kind = type(state.error).__name__
    return message


def task_state_from_message(message: pb2.TaskStatusResponse) -> TaskState:
    """Read how a task stands; an error of unknown kind, as from every Go provider, is ProviderFault."""
    failed = bool(message.error or message.error_kind)
    return TaskState(
        done=message.done,
        error=error_from_kind(message.error_kind, message.error) if failed else None,
        percent=message.percent if message.HasField("percent") else None,
        machine=MachineId(message.machine_id) if message.machine_id else None,
    )


def _with_machine(message: _Answer, submitted: Submitted) -> _Answer:
    if submitted.state is not None:
        write_state(submitted.state, message.machine)
    return message


def _machine_of(message: pb2.CreateResponse | pb2.TaskResponse) -> MachineState | None:
    return state_from_message(message.machine) if message.HasField("machine") else None


def _required(message: CarriesTask, name: str) -> TaskRef:
    ref = task_ref_from_message(message)
    if ref is None:
        raise InvalidSpec(f"{name}.task: expected a task, got none")
    return ref
