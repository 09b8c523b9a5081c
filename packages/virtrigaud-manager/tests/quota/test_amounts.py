"""Ring 1: what a machine takes of a quota, and when a quota stands against it."""

import pytest
from manifests import Manifest, vm, vm_class
from virtrigaud_api.quantity import GIB, MIB
from virtrigaud_api.v1beta1 import VirtualMachine, VMClass
from virtrigaud_manager.quota.amounts import Amounts, Limited, spelled, taken_by
from virtrigaud_manager.quota.limits import Excess, Limit, exceeded, limits_of

CLASS = VMClass.from_manifest(vm_class(diskDefaults={"size": "20Gi"}))
FOUR_CPUS = Limit("team", Limited.CPUS, 4)


@pytest.mark.parametrize(
    ("spec", "amounts"),
    [
        ({}, Amounts(1, 2, 4096 * MIB, 20 * GIB)),
        ({"resources": {"cpu": 3, "memoryMiB": 512}}, Amounts(1, 3, 512 * MIB, 20 * GIB)),
        ({"disks": [{"name": "a", "sizeGiB": 5}, {"name": "b", "sizeGiB": 7}]}, Amounts(1, 2, 4096 * MIB, 32 * GIB)),
        ({"importedDisk": {"diskID": "d", "sizeGiB": 8}, "imageRef": None}, Amounts(1, 2, 4096 * MIB, 8 * GIB)),
        ({"importedDisk": {"diskID": "d"}, "imageRef": None}, Amounts(1, 2, 4096 * MIB, 0)),
    ],
)
def test_a_machine_takes_what_its_spec_and_its_class_say(spec: Manifest, amounts: Amounts) -> None:
    assert taken_by(VirtualMachine.from_manifest(vm(**spec)), CLASS) == amounts


def test_a_machine_whose_class_is_missing_takes_what_its_own_spec_says() -> None:
    asked = VirtualMachine.from_manifest(vm(resources={"cpu": 3}))
    assert taken_by(asked, None) == Amounts(machines=1, cpus=3)


def test_the_limits_of_a_quota_are_read_in_their_units_and_those_of_others_are_left_alone() -> None:
    hard = {
        "count/virtualmachines.infra.virtrigaud.io": "5",
        "virtrigaud.io/vcpus": "8",
        "virtrigaud.io/memory": "16Gi",
        "virtrigaud.io/disk": "1Ti",
        "pods": "10",
        "requests.cpu": "4",
    }
    assert [(limit.limited.name, limit.most) for limit in limits_of("team", hard)] == [
        ("MACHINES", 5),
        ("CPUS", 8),
        ("MEMORY", 16 * GIB),
        ("DISK", 1024 * GIB),
    ]


def test_what_goes_beyond_is_said_in_the_units_of_the_quota() -> None:
    limits = list(limits_of("team", {"virtrigaud.io/memory": "6Gi", "virtrigaud.io/vcpus": "64"}))
    excess = exceeded(limits, Amounts(1, 2, 4 * GIB), Amounts(1, 2, 4096 * MIB))
    assert [str(it) for it in excess] == [
        "ResourceQuota team allows 6Gi of memory (virtrigaud.io/memory): 4Gi used, 4Gi asked for"
    ]


def test_what_fits_exactly_fits() -> None:
    assert exceeded([FOUR_CPUS], Amounts(cpus=2), Amounts(cpus=2)) == ()
    assert exceeded([FOUR_CPUS], Amounts(cpus=2), Amounts(cpus=3)) == (Excess(FOUR_CPUS, 2, 3),)


def test_a_machine_that_takes_nothing_of_an_overdrawn_limit_is_not_held_up_by_it() -> None:
    assert exceeded([Limit("team", Limited.DISK, 1)], Amounts(disk_bytes=9), Amounts(1, 2, 3, 0)) == ()


@pytest.mark.parametrize(("amount", "text"), [(0, "0"), (GIB, "1Gi"), (3 * MIB, "3Mi"), (2048 * GIB, "2Ti"), (5, "5")])
def test_sizes_are_written_as_kubernetes_does(amount: int, text: str) -> None:
    assert spelled(Limited.MEMORY, amount) == text
