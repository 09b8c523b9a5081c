"""What Go providers answer, and what a Go manager makes of our answers."""

from dataclasses import replace
from typing import Any

import pytest
from virtrigaud_api.contract import (
    Backend,
    Capabilities,
    Facet,
    MachineId,
    MachineState,
    MiB,
    PowerState,
    ProviderFault,
    TaskState,
    TransferMode,
)
from virtrigaud_api.wire import machine_states, tasks
from virtrigaud_api.wire.capabilities import capabilities_from_message
from virtrigaud_api.wire.generated import provider_pb2 as pb2


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (
            '{"vm_id":"vm-7","name":"web","cpu_count":4,"memory_mb":2048,"hostname":"h1","uptime_seconds":1234567}',
            {"name": "web", "cpus": 4, "memory": MiB(2048), "hostname": "h1"},
        ),
        (
            '{"Name":"web","CPU(s)":"2","Max memory":"2097152 KiB","hostname":""}',
            {"name": "vm-42", "cpus": 2, "memory": MiB(2048)},
        ),
        ("", {"name": "vm-42", "cpus": 0, "memory": MiB(0)}),
        ('{"name":"a"b"}', {"name": "vm-42", "cpus": 0, "memory": MiB(0)}),
        ("[]", {"name": "vm-42", "cpus": 0, "memory": MiB(0)}),
    ],
)
def test_a_description_of_a_go_provider_is_understood_as_far_as_it_goes(raw: str, expected: dict[str, Any]) -> None:
    sent = pb2.DescribeResponse(
        exists=True, power_state="On", ips=["192.0.2.7"], console_url="vnc://h:5900", provider_raw_json=raw
    )
    found = machine_states.description_from_message(sent, MachineId("vm-42"))
    assert found is not None
    assert replace(found, raw={}) == MachineState(
        id=MachineId("vm-42"),
        owner=None,
        power=PowerState.ON,
        addresses=("192.0.2.7",),
        console_url="vnc://h:5900",
        **expected,
    )


def test_raw_facts_of_a_go_provider_become_texts() -> None:
    sent = pb2.DescribeResponse(exists=True, provider_raw_json='{"a":1234567,"b":true,"c":"x","d":{"e":[1.5]}}')
    found = machine_states.description_from_message(sent, MachineId("vm-42"))
    assert found is not None
    assert found.raw == {"a": "1234567", "b": "true", "c": "x", "d": '{"e": [1.5]}'}


def test_a_machine_that_a_go_provider_calls_not_found_is_absent() -> None:
    sent = pb2.DescribeResponse(exists=False, power_state="notfound")
    assert machine_states.description_from_message(sent, MachineId("vm-42")) is None


@pytest.mark.parametrize(
    ("power", "told"),
    [
        (PowerState.ON, "On"),
        (PowerState.OFF, "Off"),
        (PowerState.SUSPENDED, "Off"),
        (PowerState.CRASHED, "Off"),
        (PowerState.UNKNOWN, "Off"),
    ],
)
def test_l17_a_go_manager_hears_on_or_off_and_ours_hears_the_state(power: PowerState, told: str) -> None:
    state = MachineState(
        id=MachineId("vm-42"), name="web", owner=None, power=power, cpus=1, memory=MiB(512), raw={"node": "n1"}
    )
    message = machine_states.description_to_message(state)
    assert (message.power_state, message.machine.power_state, message.provider_raw_json) == (
        told,
        told,
        '{"node":"n1"}',
    )
    assert machine_states.description_from_message(message, state.id) == state


def test_a_listing_of_a_go_provider_is_understood() -> None:
    listed = pb2.VMInfo(
        id="vm-42",
        name="web",
        power_state="On",
        disks=[pb2.DiskInfo(id="2000", path="[ds] x.vmdk", size_gib=20, format="vmdk")],
        networks=[pb2.NetworkInfo(name="lan", mac="52:54:00:00:00:01", ip_address="192.0.2.7")],
    )
    [found] = machine_states.machines_from_message(pb2.ListVMsResponse(vms=[listed]))
    assert (found.power, found.disks[0].size_bytes, found.nics[0].addresses) == (
        PowerState.ON,
        20 * 2**30,
        ("192.0.2.7",),
    )


def test_capabilities_of_a_go_provider_become_facets() -> None:
    sent = pb2.GetCapabilitiesResponse(
        supports_snapshots=True,
        supports_linked_clones=True,
        supports_disk_export=True,
        supported_import_backends=["pvc", "tape"],
    )
    assert capabilities_from_message(sent) == Capabilities(
        facets=frozenset({Facet.SNAPSHOTS, Facet.CLONES, Facet.DISK_TRANSFER}),
        linked_clones=True,
        export_backends=(Backend.PVC,),
        import_backends=(Backend.PVC,),
        transfer_modes=(TransferMode.RELAY,),
    )


def test_a_failed_task_of_a_go_provider_is_a_fault() -> None:
    state = tasks.task_state_from_message(pb2.TaskStatusResponse(done=True, error="disk full"))
    assert (replace(state, error=None), type(state.error), str(state.error)) == (
        TaskState(done=True),
        ProviderFault,
        "disk full",
    )
