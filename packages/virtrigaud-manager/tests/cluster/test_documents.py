"""Ring 1: status patches, and whether an object is as a manifest says."""

from typing import Any

import pytest
from virtrigaud_api.v1beta1 import VirtualMachineStatus
from virtrigaud_manager.cluster.merge_patch import status_patch
from virtrigaud_manager.cluster.satisfied import is_satisfied


def status(**fields: Any) -> VirtualMachineStatus:
    return VirtualMachineStatus.from_manifest(fields)


@pytest.mark.parametrize(
    ("before", "after", "patch"),
    [
        ({}, {}, None),
        ({"id": "vm-1"}, {"id": "vm-1"}, None),
        ({}, {"ips": [], "provider": {}}, None),
        ({}, {"id": "vm-1", "ips": ["192.0.2.1"]}, {"id": "vm-1", "ips": ["192.0.2.1"]}),
        ({"id": "vm-1", "phase": "Running"}, {"phase": "Running"}, {"id": None}),
        ({"ips": ["192.0.2.1"]}, {"ips": []}, {"ips": None}),
        ({"provider": {"a": "1", "b": "2"}}, {"provider": {"a": "1", "c": "3"}}, {"provider": {"b": None, "c": "3"}}),
        ({"currentResources": {"cpu": 2}}, {"currentResources": {"cpu": 4}}, {"currentResources": {"cpu": 4}}),
        ({"unknownToUs": 1, "phase": "Running"}, {"unknownToUs": 1, "phase": "Stopped"}, {"phase": "Stopped"}),
    ],
)
def test_only_what_differs_is_patched(
    before: dict[str, Any], after: dict[str, Any], patch: dict[str, Any] | None
) -> None:
    assert status_patch(status(**before), status(**after)) == patch


def test_a_value_that_was_taken_away_is_patched_to_nothing() -> None:
    before = status(id="vm-1", consoleURL="vnc://h:1")
    assert status_patch(before, before.model_copy(update={"console_url": None})) == {"consoleURL": None}


@pytest.mark.parametrize(
    ("wanted", "found", "satisfied"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, True),
        ({"a": 1}, {"a": 2}, False),
        ({"a": {"b": []}}, {"a": {}}, True),
        ({"a": [{"name": "x"}]}, {"a": [{"name": "x", "protocol": "TCP"}]}, True),
        ({"a": [1]}, {"a": [1, 2]}, False),
        ({"a": "1"}, {"a": 1}, False),
        ({"resources": {"limits": {"cpu": "0.5"}}}, {"resources": {"limits": {"cpu": "500m"}}}, True),
        ({"resources": {"limits": {"cpu": 1}}}, {"resources": {"limits": {"cpu": "1"}}}, True),
        ({"resources": {"limits": {"cpu": "1"}}}, {"resources": {"limits": {"cpu": "2"}}}, False),
        ({"a": {}}, {}, True),
        ({"a": {"b": 1}}, {}, False),
        ({"a": "x"}, {"a": ["x"]}, False),
    ],
)
def test_what_the_manifest_leaves_open_may_be_anything(
    wanted: dict[str, Any],
    found: dict[str, Any],
    satisfied: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    assert is_satisfied(wanted, found) is satisfied
