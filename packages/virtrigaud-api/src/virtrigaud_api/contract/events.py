"""Facet of providers that tell what happens on the hypervisor, so that nobody has to ask."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from virtrigaud_api.contract.machine import MachineState
from virtrigaud_api.contract.names import MachineId, TaskRef


class MachineEventKind(StrEnum):
    """What happened."""

    CHANGED = "changed"
    """The machine's power, addresses or hardware changed."""

    GONE = "gone"
    """The machine does not exist any more."""

    TASK_ENDED = "task ended"
    """A task ended, well or not."""

    RESYNC = "resync"
    """Events may have been missed (first event of a stream, a reconnect): look at everything once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineEvent:
    """One event.

    Attributes:
        machine: The machine; None for RESYNC and for tasks that have none.
        task: The task that ended.
        state: The machine as seen at the event, where the provider has it at hand.
    """

    kind: MachineEventKind
    machine: MachineId | None = None
    task: TaskRef | None = None
    state: MachineState | None = None


@runtime_checkable
class Watch(Protocol):
    """Facet of a provider that streams events."""

    def events(self) -> AsyncIterator[MachineEvent]:
        """Stream events from now on, beginning with one RESYNC.

        The stream ends only by cancellation or with an error; a reader that is too slow gets RESYNC
        instead of what it missed, and never slows others down.

        Raises:
            Unavailable: The hypervisor can't be reached.
        """
        ...
