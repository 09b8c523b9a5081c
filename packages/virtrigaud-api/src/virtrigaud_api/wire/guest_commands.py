"""The facet of commands in guests as protobuf messages, both ways."""

from datetime import timedelta
from typing import Final

from virtrigaud_api.contract import GuestCommand, InvalidSpec, MachineId
from virtrigaud_api.wire.generated import provider_pb2 as pb2
from virtrigaud_api.wire.machines import machine_id

_LONGEST_MILLISECONDS: Final = timedelta.max // timedelta(milliseconds=1)


def command_to_message(machine: MachineId, command: GuestCommand) -> pb2.GuestRunRequest:
    """Return the request that runs a program in a guest."""
    milliseconds = round(command.timeout / timedelta(milliseconds=1))
    return pb2.GuestRunRequest(
        vm_id=machine, key=command.key, arguments=command.arguments, timeout_milliseconds=milliseconds
    )


def command_from_message(message: pb2.GuestRunRequest) -> tuple[MachineId, GuestCommand]:
    """Read the request that runs a program in a guest.

    Raises:
        InvalidSpec: It names no machine or no program, or no time that can be waited for.
    """
    if not message.arguments or not message.arguments[0]:
        raise InvalidSpec("GuestRunRequest.arguments: expected a program, got none")
    milliseconds = message.timeout_milliseconds
    if not 0 < milliseconds <= _LONGEST_MILLISECONDS:
        raise InvalidSpec(f"GuestRunRequest.timeout_milliseconds: expected a time to wait, got {milliseconds}")
    command = GuestCommand(
        key=message.key,
        arguments=tuple(message.arguments),
        timeout=timedelta(milliseconds=milliseconds),
    )
    return machine_id(message.vm_id, "GuestRunRequest.vm_id"), command
