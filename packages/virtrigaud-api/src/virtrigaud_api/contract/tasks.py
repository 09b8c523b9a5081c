"""Long work: what a verb answers when it goes on in the background, how it stands, and how it is stopped."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from virtrigaud_api.contract.errors import ProviderError
from virtrigaud_api.contract.machine import MachineState
from virtrigaud_api.contract.names import MachineId, TaskRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """What a verb answers.

    Attributes:
        machine: The machine that the verb made or worked on; None while only the task knows it.
        task: The work that still runs; None when it is done.
        state: The machine as it is afterwards, where the answer tells it; whoever wants to know asks otherwise.
    """

    machine: MachineId | None = None
    task: TaskRef | None = None
    state: MachineState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskState:
    """How a task stands.

    Attributes:
        done: The work ended, well or not.
        error: Why it failed; None while it runs and when it went well.
        percent: Progress from 0 to 100 where it is known.
        machine: What it made, once it is done.
    """

    done: bool
    error: ProviderError | None = None
    percent: int | None = None
    machine: MachineId | None = None


@runtime_checkable
class TaskCancellation(Protocol):
    """Facet of a provider whose running tasks can be stopped."""

    async def cancel_task(self, ref: TaskRef) -> None:
        """Ask a task to stop; returns at once, and `task` tells how it ended. An ended one stays as it is.

        Raises:
            NotFound: The task is not known, or not any more.
        """
        ...
