"""Ring 2: what is chosen once, when a machine is made. Changing it later is said, and changes no machine."""

from typing import Any

import pytest
from manager_world import World
from manifests import secret, vm, vm_image
from virtrigaud_api.contract import BootImage, ImportedDisk
from virtrigaud_manager.kinds.virtual_machine.origin import boot_as_made, outdated
from virtrigaud_manager.kinds.virtual_machine.receipt_keys import RECEIPT_ORIGIN

PASSWORD = b"#cloud-config\npassword: hunter2\n"
ONCE = ". A guest reads it once: only a machine that is made anew has it"


async def told(world: World, **spec: Any) -> str:
    """Make a machine, and return the receipt of what it was made from."""
    world.furnish()
    world.apply(secret("seed", userdata=PASSWORD), vm(**spec))
    await world.settle()
    assert recreation(world)[:2] == ("False", "AsDescribed")
    return world.vm().status.provider[RECEIPT_ORIGIN]


def recreation(world: World) -> tuple[str, str, str]:
    return world.condition("RecreateRequired")


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (
            {"userData": {"cloudInit": {"inline": "a"}}},
            {"userData": {"cloudInit": {"inline": "b"}}},
            "spec.userData.cloudInit.inline changed",
        ),
        ({}, {"userData": {"ignition": {"inline": "{}"}}}, "spec.userData.ignition.inline changed"),
        (
            {"metaData": {"cloudInit": {"inline": "a: 1"}}},
            {},
            "spec.metaData.cloudInit.inline changed",
        ),
        (
            {"networkData": {"cloudInit": {"inline": "{version: 2}"}}},
            {"networkData": {"cloudInit": {"inline": "{version: 1}"}}},
            "spec.networkData.cloudInit.inline changed",
        ),
        (
            {"networks": [{"name": "lan", "ipAddress": "192.0.2.7", "prefix": 24}]},
            {"networks": [{"name": "lan", "ipAddress": "192.0.2.8", "prefix": 24}]},
            "static addresses in spec.networks changed",
        ),
    ],
)
async def test_what_the_guest_was_told_at_first_needs_a_new_machine(
    world: World, before: dict[str, Any], after: dict[str, Any], says: str
) -> None:
    await told(world, **before)
    world.apply(vm(**after))
    await world.settle()
    assert recreation(world) == ("True", "OriginChanged", says + ONCE)
    assert world.ready()[0] == "True"
    world.apply(vm(**before))
    await world.settle()
    assert recreation(world)[0] == "False"


async def test_a_secret_that_changes_wakes_the_machine_and_is_said(world: World) -> None:
    await told(world, userData={"cloudInit": {"secretRef": {"name": "seed"}}})
    world.apply(secret("seed", userdata=b"#cloud-config\npassword: other\n"))
    await world.settle()
    assert recreation(world) == ("True", "OriginChanged", "the Secret of spec.userData.cloudInit changed" + ONCE)


async def test_a_secret_with_network_data_that_changes_is_said(world: World) -> None:
    world.apply(secret("net", **{"network-config": b"version: 2\n"}))
    await told(world, networkData={"cloudInit": {"secretRef": {"name": "net"}}})
    world.apply(secret("net", **{"network-config": b"version: 1\n"}))
    await world.settle()
    assert recreation(world) == ("True", "OriginChanged", "the Secret of spec.networkData.cloudInit changed" + ONCE)


async def test_l31_the_receipt_tells_nothing_of_a_secret(world: World) -> None:
    receipt = await told(world, userData={"cloudInit": {"secretRef": {"name": "seed"}}})
    async with World() as other:
        other.furnish()
        other.apply(secret("seed", userdata=b"something else"))
        other.apply(vm(userData={"cloudInit": {"secretRef": {"name": "seed"}}}))
        await other.settle()
        assert other.vm().status.provider[RECEIPT_ORIGIN] == receipt


async def test_an_edited_image_changes_no_machine_and_is_said(world: World) -> None:
    await told(world)
    world.apply(vm_image(libvirt={"path": "debian-13"}))
    await world.settle()
    assert recreation(world) == ("True", "OriginChanged", "spec.source of the VMImage changed" + ONCE)

    world.apply(vm(resources={"cpu": 3}))
    await world.settle()
    assert world.ready() == ("True", "ReconcileSuccess", "the machine is running: 3 CPUs, 4096 MiB")
    assert (await world.machine()).raw["boot.path"] == "debian-12"


async def test_a_machine_that_is_made_anew_has_what_changed(world: World) -> None:
    await told(world)
    world.apply(vm_image(libvirt={"path": "debian-13"}))
    await world.settle()
    world.hypervisor.administrator.remove((await world.machine()).id)
    world.wake()
    await world.settle()
    assert recreation(world)[0] == "False"
    assert (await world.machine()).raw["boot.path"] == "debian-13"


def test_nothing_is_said_of_a_machine_whose_origin_is_not_known() -> None:
    assert outdated("", "boot=VMImage default/debian") == ()


def test_another_image_is_named() -> None:
    says = "the machine was made from VMImage default/debian, and the spec names VMImage default/fedora"
    assert outdated("boot=VMImage default/debian", "boot=VMImage default/fedora") == (says,)


async def test_user_data_that_cloud_init_would_not_know_is_refused_before_a_machine_is_made(world: World) -> None:
    world.furnish()
    world.apply(secret("seed", userdata=b"password: hunter2"))
    world.apply(vm(userData={"cloudInit": {"inline": "#cloud-config", "secretRef": {"name": "seed"}}}))
    await world.settle()
    assert world.ready() == (
        "False",
        "ValidationError",
        "spec.userData.cloudInit: user data 'secret' does not begin with a line that cloud-init knows",
    )
    assert await world.machines() == []


@pytest.mark.parametrize(
    ("made", "path"),
    [("", "new"), ("boot=x,bootSource=1", "new"), ("bootPath=pool/my%2Cimage%3D1", "pool/my,image=1")],
)
def test_a_machine_stays_on_the_image_that_it_was_made_from(made: str, path: str) -> None:
    now = BootImage(path="new", format="qcow2")
    assert boot_as_made(made, now) == BootImage(path=path, format="qcow2")


def test_an_imported_disk_stays_what_it_is() -> None:
    disk = ImportedDisk(disk_id="brought")
    assert boot_as_made("bootPath=old", disk) == disk
