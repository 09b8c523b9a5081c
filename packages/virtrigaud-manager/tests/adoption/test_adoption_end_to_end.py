"""End to end: what the real manager says about the machines of a real provider."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from local_system import MERGE, OURS, LocalSystem
from manifests import vm
from virtrigaud_localkube import LocalKubeProcess


@pytest.fixture
async def system(localkube: LocalKubeProcess, tmp_path: Path) -> AsyncIterator[LocalSystem]:
    async with LocalSystem(localkube, tmp_path) as made:
        yield made


async def test_l06_a_machine_that_its_object_left_behind_is_seen_and_left_alone(system: LocalSystem) -> None:
    await system.furnish()
    await system.start_manager()
    await system.start_provider()
    await system.apply(vm(deletionPolicy="Retain"))
    await system.until_ready()
    await system.delete("VirtualMachine", "web")
    await system.until_gone("VirtualMachine", "web")
    annotations = {"metadata": {"annotations": {"virtrigaud.io/adopt-vms": "true"}}}
    await system.ask("PATCH", f"{OURS}/providers/lab", annotations, headers=MERGE)

    async def told() -> bool:
        return "adoption" in (await system.get("Provider", "lab"))["status"]

    await system.until(told)
    said = (await system.get("Provider", "lab"))["status"]["adoption"]
    assert said["message"] == "0 have a VirtualMachine, 1 are left alone"
    (machine,) = said["machines"]
    assert (machine["outcome"], machine["message"]) == ("LeftAlone", "it belongs to VirtualMachine default/web")
    await system.ask("PATCH", f"{OURS}/providers/lab", {"metadata": {"annotations": None}}, headers=MERGE)

    async def untold() -> bool:
        return "adoption" not in (await system.get("Provider", "lab"))["status"]

    await system.until(untold)
