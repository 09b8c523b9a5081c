"""Argo CD sees what kstatus sees, for each object of each kind, while it works, waits and rests."""

from typing import Any

import pytest
from argo_health import argo_health_of
from kstatus import KStatus, kstatus_of
from manager_world import World
from manifests import vm
from virtrigaud_api.v1beta1 import KINDS

HEALTH = {
    KStatus.CURRENT: "Healthy",
    KStatus.IN_PROGRESS: "Progressing",
    KStatus.TERMINATING: "Progressing",
    KStatus.FAILED: "Degraded",
}
DEFINITIONS = {"VMClass", "VMNetworkAttachment", "VMPlacementPolicy"}


async def test_a_machine_is_healthy_when_it_is_ready_and_degraded_when_a_person_has_to_help(world: World) -> None:
    world.apply(vm())
    await world.settle()
    assert argo_health_of(document(world))[0] == "Progressing"
    world.furnish()
    await world.settle()
    assert argo_health_of(document(world)) == ("Healthy", world.ready()[2])
    world.apply(vm(disks=[{"name": "data", "sizeGiB": 2}]))
    assert argo_health_of(document(world)) == ("Progressing", "the last change was not seen yet")
    await world.settle()
    world.apply(vm(disks=[{"name": "data", "sizeGiB": 1}]))
    await world.settle()
    assert argo_health_of(document(world)) == ("Degraded", "disk data has 2 GiB and can't shrink to 1 GiB")
    for found in (document(world), {**document(world), "status": {}}):
        expected = HEALTH[kstatus_of(found)] if found["status"] else "Progressing"
        assert argo_health_of(found)[0] == expected


def document(world: World) -> dict[str, Any]:
    return world.store.objects[world.key()]


@pytest.mark.parametrize("kind", [kind.names.kind for kind in KINDS])
def test_every_kind_is_known(kind: str) -> None:
    bare = {"kind": kind, "metadata": {"name": "x", "generation": 1}}
    assert argo_health_of(bare)[0] == ("Healthy" if kind in DEFINITIONS else "Progressing")
    ready = "ProviderAvailable" if kind == "Provider" else "Ready"
    status = {"observedGeneration": 1, "conditions": [{"type": ready, "status": "True", "message": "well"}]}
    assert argo_health_of({**bare, "status": status}) == ("Healthy", "well")
    gone = {**bare["metadata"], "deletionTimestamp": "2026-01-01T00:00:00Z"}  # type: ignore[dict-item]
    assert argo_health_of({**bare, "metadata": gone})[0] == "Progressing"
