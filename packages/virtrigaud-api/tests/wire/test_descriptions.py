"""A machine that is as before is converted once, and one that is not is never taken for it."""

import json
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import pytest
from virtrigaud_api.contract import (
    DiskState,
    MachineId,
    MachineState,
    MiB,
    NicState,
    Owner,
    Placement,
    PowerState,
    ProviderFault,
)
from virtrigaud_api.wire.descriptions import LARGEST_ANSWER, ReadDescriptions, WrittenDescriptions
from virtrigaud_api.wire.generated import provider_pb2 as pb2
from virtrigaud_api.wire.machine_states import description_from_message, description_to_message

VM = MachineId("vm-42")
OTHER = MachineId("vm-43")
CHANGES: Mapping[str, Any] = {
    "id": OTHER,
    "name": "db",
    "owner": Owner("shop", "web", "uid-2"),
    "power": PowerState.OFF,
    "cpus": 4,
    "memory": MiB(1024),
    "addresses": ("10.0.0.2",),
    "hostname": "db",
    "console_url": "https://console/2",
    "nics": (NicState(name="eth0", mac="52:54:00:00:00:02", addresses=("10.0.0.1",)),),
    "disks": (DiskState(id="root", path="/root.qcow2", size_bytes=2**31, format="qcow2"),),
    "pending_restart": True,
    "tags": ("green",),
    "placement": Placement(host="host-2"),
    "is_complete": True,
    "raw": {"pool": "slow"},
}


def machine(**values: Any) -> MachineState:
    """Return a machine, built anew each time."""
    address = "10.0.0.1"
    usual: dict[str, Any] = {
        "id": VM,
        "name": "web",
        "owner": Owner("shop", "web", "uid-1"),
        "power": PowerState.ON,
        "cpus": 2,
        "memory": MiB(512),
        "addresses": (address,),
        "nics": (NicState(name="eth0", mac="52:54:00:00:00:01", addresses=(address,)),),
        "disks": (DiskState(id="root", path="/root.qcow2", size_bytes=2**30, format="qcow2"),),
        "tags": ("blue",),
        "placement": Placement(host="host-1"),
        "raw": {"pool": "fast"},
    }
    return MachineState(**(usual | values))


def told(answer: bytes, asked: MachineId = VM) -> MachineState | None:
    """Return what an answer says to who remembers nothing."""
    return description_from_message(pb2.DescribeResponse.FromString(answer), asked)


def answer_of(state: MachineState) -> bytes:
    return description_to_message(state).SerializeToString()


def test_a_machine_that_is_as_before_has_the_bytes_of_before_and_one_built_anew_has_them_too() -> None:
    written, state = WrittenDescriptions(), machine()
    answer = written.write(VM, state)
    assert told(answer) == state
    assert written.write(VM, state) is answer
    assert written.write(VM, machine()) is answer


def test_the_changes_below_are_those_of_every_field() -> None:
    assert set(CHANGES) == {field.name for field in fields(MachineState)}


@pytest.mark.parametrize("field", CHANGES)
def test_a_change_of_any_field_is_told_at_the_next_call(field: str) -> None:
    written, changed = WrittenDescriptions(), machine(**{field: CHANGES[field]})
    written.write(VM, machine())
    assert told(written.write(VM, changed)) == changed
    assert told(written.write(VM, machine())) == machine()


def test_raw_facts_that_a_provider_changes_in_place_are_told_at_the_next_call() -> None:
    written, raw = WrittenDescriptions(), {"pool": "fast"}
    state = machine(raw=raw)
    written.write(VM, state)
    raw["pool"] = "slow"
    assert told(written.write(VM, state)) == machine(raw={"pool": "slow"})
    del raw["pool"]
    assert told(written.write(VM, state)) == machine(raw={})


@pytest.mark.parametrize("field", ["addresses", "tags", "nics", "disks"])
def test_a_list_in_the_place_of_a_tuple_may_grow_in_place(field: str) -> None:
    written, items = WrittenDescriptions(), list(getattr(machine(), field))
    state = machine(**{field: items})
    written.write(VM, state)
    items += CHANGES[field]
    assert told(written.write(VM, state)) == machine(**{field: tuple(items)})


def test_the_addresses_of_a_nic_may_be_a_list_that_grows_in_place() -> None:
    written, addresses = WrittenDescriptions(), ["10.0.0.1"]
    state = machine(nics=(NicState(name="eth0", mac="", addresses=addresses),))  # type: ignore[arg-type]
    written.write(VM, state)
    addresses.append("10.0.0.2")
    seen = told(written.write(VM, state))
    assert seen is not None
    assert seen.nics == (NicState(name="eth0", mac="", addresses=("10.0.0.1", "10.0.0.2")),)


def test_each_machine_has_its_own_answer_also_where_two_ids_lead_to_one() -> None:
    written = WrittenDescriptions()
    assert told(written.write(VM, machine())) == machine()
    assert told(written.write(OTHER, machine(id=OTHER))) == machine(id=OTHER)
    assert told(written.write(OTHER, machine())) == machine()
    assert told(written.write(VM, machine())) == machine()


def test_an_absent_machine_is_told_as_absent_and_let_go_of() -> None:
    written = WrittenDescriptions()
    before = written.write(VM, machine())
    assert told(written.write(VM, None)) is None
    again = written.write(VM, machine())
    assert again == before
    assert again is not before


def test_what_is_forgotten_is_converted_anew() -> None:
    written, read = WrittenDescriptions(), ReadDescriptions()
    answer = written.write(VM, machine())
    state = read.read(VM, answer)
    written.forget(VM)
    read.forget(VM)
    read.forget(OTHER)
    assert written.write(VM, machine()) is not answer
    assert read.read(VM, answer) is not state


def test_the_machine_whose_change_is_longest_ago_makes_room_for_another() -> None:
    written, read = WrittenDescriptions(most_machines=2), ReadDescriptions(most_machines=2)
    first, second = (MachineId(text) for text in ("first", "second"))
    answers = {asked: written.write(asked, machine(id=asked)) for asked in (first, second)}
    states = {asked: read.read(asked, answers[asked]) for asked in (first, second)}
    written.write(first, machine(id=first, cpus=4))
    read.read(first, answer_of(machine(id=first, cpus=4)))
    written.write(VM, machine())
    read.read(VM, answer_of(machine()))
    assert written.write(second, machine(id=second)) is not answers[second]
    assert read.read(second, answers[second]) is not states[second]
    assert read.read(second, answers[second]) == states[second]


def test_an_answer_of_unusual_size_is_not_remembered() -> None:
    written, read = WrittenDescriptions(), ReadDescriptions()
    large = machine(raw={"notes": "n" * LARGEST_ANSWER})
    answer = written.write(VM, large)
    assert written.write(VM, large) is not answer
    assert read.read(VM, answer) == large
    assert read.read(VM, answer) is not read.read(VM, answer)


def test_bytes_as_before_are_the_object_of_before_and_others_are_read() -> None:
    read, changed = ReadDescriptions(), machine(power=PowerState.OFF)
    state = read.read(VM, answer_of(machine()))
    assert state == machine()
    assert read.read(VM, bytes(bytearray(answer_of(machine())))) is state
    assert read.read(VM, answer_of(changed)) == changed
    assert read.read(VM, answer_of(machine())) == machine()


def test_the_five_fields_of_a_go_provider_name_no_machine_so_that_each_caller_gets_its_own() -> None:
    read = ReadDescriptions()
    answer = pb2.DescribeResponse(
        exists=True, power_state="On", ips=["10.0.0.1"], provider_raw_json=json.dumps({"cpu_count": "2"})
    ).SerializeToString()
    for asked in (VM, OTHER, VM):
        state = read.read(asked, answer)
        assert state == told(answer, asked)
        assert state is not None
        assert (state.id, state.name) == (asked, asked)


def test_an_absent_machine_is_read_as_absent_and_let_go_of() -> None:
    read, absent = ReadDescriptions(), pb2.DescribeResponse(exists=False).SerializeToString()
    state = read.read(VM, answer_of(machine()))
    assert read.read(VM, absent) is None
    again = read.read(VM, answer_of(machine()))
    assert again == state
    assert again is not state


def test_nobody_can_change_the_raw_facts_that_others_get_too() -> None:
    state = ReadDescriptions().read(VM, answer_of(machine()))
    assert state is not None
    with pytest.raises(TypeError):
        state.raw["pool"] = "slow"  # type: ignore[index]
    assert replace(state, raw={"pool": "slow"}) == machine(raw={"pool": "slow"})


def test_an_answer_that_is_no_message_is_a_fault_that_names_the_machine_and_what_is_remembered_stays() -> None:
    read = ReadDescriptions()
    state = read.read(VM, answer_of(machine()))
    with pytest.raises(ProviderFault) as raised:
        read.read(VM, b"\xff\xff\xff")
    assert raised.value.message == ("cannot describe machine vm-42: the answer of 3 bytes is no message of this method")
    assert read.read(VM, answer_of(machine())) is state
