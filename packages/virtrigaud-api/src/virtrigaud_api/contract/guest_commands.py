"""Facet of providers that run programs inside guests, through an agent that runs there."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, runtime_checkable

from virtrigaud_api.contract.names import MachineId
from virtrigaud_api.contract.tasks import Submitted


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestCommand:
    """Run a program inside a guest.

    Attributes:
        key: Makes the call repeatable: as long as the command of a key runs, ordering it again runs nothing.
        arguments: The program, by its path in the guest, and its arguments. No shell interprets them.
        timeout: For all of it: until the guest's agent answers, and until the program has ended.
    """

    key: str
    arguments: tuple[str, ...]
    timeout: timedelta


@runtime_checkable
class GuestCommands(Protocol):
    """Facet of a provider that runs programs inside guests."""

    async def run_in_guest(self, machine: MachineId, command: GuestCommand) -> Submitted:
        """Run a program and wait for its end; what it prints is not kept.

        A call that is repeated after the command ended runs it again. A program that outlives its timeout may go on.

        Raises:
            NotFound: The machine does not exist.
            Unsupported: The machine was made without a way to an agent.
            WrongState: The machine does not run; or, as the task's error, the program did not end with 0.
            Unavailable: As the task's error, agent or program took longer than the timeout.
        """
        ...
