"""Values of the contract: frozen, comparable, and silent about secrets."""

import dataclasses
import inspect

import pytest
from virtrigaud_api import contract
from virtrigaud_api.contract import (
    BootImage,
    CloneOrder,
    Customization,
    ExportOrder,
    GuestData,
    Hardware,
    MachineId,
    MachineSpec,
    MiB,
    Owner,
    StagingPlace,
)

CANARY = "canary-7f3a"
GUEST = GuestData(
    user_data=CANARY.encode(),
    meta_data=CANARY.encode(),
    network_data=CANARY.encode(),
    ignition=CANARY.encode(),
)
PLACE = StagingPlace(url="s3://bucket/disk", credentials={"secretAccessKey": CANARY})
OWNER = Owner(namespace="prod", name="web", uid="u-1")
VALUES = [value for value in vars(contract).values() if inspect.isclass(value) and dataclasses.is_dataclass(value)]


@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_frozen_and_has_slots(value: type) -> None:
    assert value.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert "__slots__" in vars(value)


@pytest.mark.parametrize(
    "value",
    [
        MachineSpec(
            owner=OWNER,
            name="web",
            hardware=Hardware(cpus=1, memory=MiB(512)),
            boot=BootImage(template="debian"),
            guest=GUEST,
        ),
        CloneOrder(owner=OWNER, name="web", customization=Customization(guest=GUEST)),
        ExportOrder(machine=MachineId("vm-42"), destination=PLACE),
    ],
)
def test_l31_user_data_and_credentials_never_show(value: object) -> None:
    assert CANARY not in repr(value)


def test_an_owner_is_spoken_of_by_namespace_and_name() -> None:
    assert str(OWNER) == "prod/web"
    assert str(Owner(namespace="", name="web", uid="")) == "web"
