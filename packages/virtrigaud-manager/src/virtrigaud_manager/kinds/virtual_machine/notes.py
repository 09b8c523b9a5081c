"""What must be remembered between two steps of a VirtualMachine until the cluster or the provider knows it.

Losing all of it costs nothing but a repeated call: every verb of the port may be repeated, and the
status that was published holds the receipts.
"""

from dataclasses import dataclass

from virtrigaud_api.contract import MachineId, TaskRef
from virtrigaud_api.v1beta1 import VirtualMachineStatus

from virtrigaud_manager.kinds.virtual_machine.actions import Action
from virtrigaud_manager.kinds.virtual_machine.work import Held


@dataclass(frozen=True, slots=True)
class TaskNote:
    """A task that was started, and by what."""

    ref: TaskRef
    action: Action | None


@dataclass(frozen=True, slots=True)
class Notes:
    """What is remembered of one VirtualMachine.

    Attributes:
        uid: The object that it is about; another object of the same name starts afresh.
        began: A step was made in this process, so `task` is all that is awaited.
        status: The status as reported last; None once it is published.
        worth_writing: The status tells people something new.
        task: The task that is awaited.
        held: The action that is not tried again.
        removed: The machine that was deleted.
    """

    uid: str
    began: bool = False
    status: VirtualMachineStatus | None = None
    worth_writing: bool = True
    task: TaskNote | None = None
    held: Held | None = None
    removed: MachineId | None = None
