"""Long work: what a verb answers when it goes on in the background, how it stands, and how it is stopped."""

from dataclasses import dataclass
from typing import NewType, Protocol, runtime_checkable

from virtrigaud_api.contract.errors import ProviderError

TaskRef = NewType("TaskRef", str)
"""The provider's name of a running or ended task; opaque to everybody else."""

MachineId = NewType("MachineId", str)
"""The hypervisor's stable name of a machine (UUID, managed object id, VMID); opaque to everybody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """What a verb answers.

    Attributes:
        machine: The machine that the verb made or worked on; None while only the task knows it.
        task: The work that still runs; None when it is done.
    """

    machine: MachineId | None = None
    task: TaskRef | None = None


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
