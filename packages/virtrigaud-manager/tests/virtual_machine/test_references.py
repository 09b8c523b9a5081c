"""Ring 2: what a VirtualMachine names in other namespaces is used only where its owner allows it."""

from typing import Any

import pytest
from manager_world import World
from manifests import Manifest, network, provider, vm, vm_class, vm_image

SHARED: tuple[tuple[str, Any, Manifest], ...] = (
    ("Provider", provider, {"providerRef": {"name": "shared", "namespace": "infra"}}),
    ("VMClass", vm_class, {"classRef": {"name": "shared", "namespace": "infra"}}),
    ("VMImage", vm_image, {"imageRef": {"name": "shared", "namespace": "infra"}}),
    (
        "VMNetworkAttachment",
        network,
        {"networks": [{"name": "net0", "networkRef": {"name": "shared", "namespace": "infra"}}]},
    ),
)


def in_infra(make: Any, *allowed: str) -> Manifest:
    manifest: Manifest = make("shared")
    manifest["metadata"]["namespace"] = "infra"
    manifest["spec"]["allowedNamespaces"] = list(allowed)
    return manifest


@pytest.mark.parametrize(("kind", "make", "spec"), SHARED, ids=[kind for kind, *_ in SHARED])
async def test_l34_what_is_in_another_namespace_has_to_allow_the_machines_own(
    world: World, kind: str, make: Any, spec: Manifest
) -> None:
    world.furnish()
    world.apply(in_infra(make, "other"), vm(**spec))
    await world.settle()
    assert world.ready() == (
        "False",
        "WaitingForDependencies",
        f"{kind} infra/shared does not allow namespace default; add it to its spec.allowedNamespaces",
    )
    assert await world.machines() == []
    world.apply(in_infra(make, "default"))
    await world.settle()
    assert world.ready()[:2] == ("True", "ReconcileSuccess")


@pytest.mark.parametrize(("kind", "make", "spec"), SHARED, ids=[kind for kind, *_ in SHARED])
async def test_l34_an_object_may_allow_every_namespace(world: World, kind: str, make: Any, spec: Manifest) -> None:
    world.furnish()
    world.apply(in_infra(make, "*"), vm(**spec))
    await world.settle()
    assert world.ready()[:2] == ("True", "ReconcileSuccess"), kind


async def test_l34_a_machine_that_loses_the_permission_goes_on_and_is_not_changed(world: World) -> None:
    world.furnish()
    world.apply(in_infra(vm_class, "default"), vm(classRef={"name": "shared", "namespace": "infra"}))
    await world.settle()
    world.apply(in_infra(vm_class))
    await world.settle()
    assert world.ready()[2].startswith("VMClass infra/shared does not allow namespace default")
    assert (await world.machine()).power == "On"
