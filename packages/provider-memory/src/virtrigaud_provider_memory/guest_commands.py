"""Programs inside a guest: `true`, `false` and `sleep` do what they are known for, `/bin/` before them or not.

Every other path without a space is a program that ends well at once; one with a space is not there.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePosixPath

from virtrigaud_api.contract import GuestCommand, PowerState, Unavailable, WrongState

from virtrigaud_provider_memory.guest import has_agent
from virtrigaud_provider_memory.world import Machine


@dataclass(frozen=True, slots=True)
class Ending:
    """How a program ends, and after which time."""

    after: timedelta
    error: WrongState | Unavailable | None = None


def ending_of(machine: Machine, command: GuestCommand) -> Ending:
    """Return how a command in the machine's guest ends.

    Raises:
        WrongState: The machine does not run.
    """
    if machine.body.power is not PowerState.ON:
        raise WrongState(f"cannot run {command.arguments[0]} in machine {machine.name}: it is {machine.body.power}")
    failed = f"cannot run {command.arguments[0]} in machine {machine.name}"
    if not has_agent(machine):
        return Ending(command.timeout, Unavailable(f"{failed}: its guest agent does not answer"))
    if " " in command.arguments[0]:
        return Ending(timedelta(), WrongState(f"{failed}: there is no such program"))
    name = PurePosixPath(command.arguments[0]).name
    takes = _seconds(command.arguments) if name == "sleep" else timedelta()
    if takes > command.timeout:
        late = f"it has not ended after {command.timeout.total_seconds():g} s"
        return Ending(command.timeout, Unavailable(f"{failed}: {late}"))
    return Ending(takes, WrongState(f"{failed}: it ended with exit code 1") if name == "false" else None)


def _seconds(arguments: tuple[str, ...]) -> timedelta:
    try:
        return timedelta(seconds=sum(map(float, arguments[1:])))
    except ValueError:
        return timedelta()
