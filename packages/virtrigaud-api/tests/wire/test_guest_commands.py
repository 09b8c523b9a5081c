"""Commands in guests on the wire: the same on the other side, and refused by name where they can't be."""

from datetime import timedelta
from typing import Any

import pytest
from virtrigaud_api.contract import GuestCommand, InvalidSpec, MachineId
from virtrigaud_api.wire.generated import provider_pb2 as pb2
from virtrigaud_api.wire.guest_commands import command_from_message, command_to_message

MACHINE = MachineId("vm-1")
USUAL: dict[str, Any] = {"vm_id": "vm-1", "key": "k", "arguments": ["/bin/true"], "timeout_milliseconds": 1}


@pytest.mark.parametrize("timeout", [timedelta(milliseconds=1), timedelta(seconds=60), timedelta(days=292 * 365)])
def test_a_command_is_the_same_on_the_other_side(timeout: timedelta) -> None:
    command = GuestCommand(key="preStop uid-1", arguments=("/bin/echo", "a b", "", "$(c)"), timeout=timeout)
    assert command_from_message(command_to_message(MACHINE, command)) == (MACHINE, command)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"arguments": []}, "GuestRunRequest.arguments: expected a program, got none"),
        ({"arguments": ["", "a"]}, "GuestRunRequest.arguments: expected a program, got none"),
        ({"timeout_milliseconds": 0}, "GuestRunRequest.timeout_milliseconds: expected a time to wait, got 0"),
        ({"timeout_milliseconds": -1}, "GuestRunRequest.timeout_milliseconds: expected a time to wait, got -1"),
        (
            {"timeout_milliseconds": 2**63 - 1},
            f"GuestRunRequest.timeout_milliseconds: expected a time to wait, got {2**63 - 1}",
        ),
    ],
)
def test_a_request_that_can_not_be_carried_out_is_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidSpec) as raised:
        command_from_message(pb2.GuestRunRequest(**USUAL | change))
    assert raised.value.message == said
