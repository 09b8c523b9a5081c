"""End to end: what the real manager says about the machines of a real provider."""

from pathlib import Path

from local_system import MERGE, OURS, LocalSystem
from manifests import vm
from virtrigaud_provider_memory import MemoryProvider, MemorySettings


async def test_l06_a_machine_that_its_object_left_behind_is_seen_and_left_alone(system: LocalSystem) -> None:
    await system.furnish()
    await system.start_manager()
    await system.start_provider()
    await system.apply(vm(deletionPolicy="Retain"))
    await system.until_ready()
    await system.delete("VirtualMachine", "web")
    await system.until_gone("VirtualMachine", "web")
    await annotate(system, "true")
    await system.until(lambda: says(system, "0 have a VirtualMachine, 1 are left alone"))
    (machine,) = (await system.get("Provider", "lab"))["status"]["adoption"]["machines"]
    assert (machine["outcome"], machine["message"]) == ("LeftAlone", "it belongs to VirtualMachine default/web")
    await system.ask("PATCH", f"{OURS}/providers/lab", {"metadata": {"annotations": None}}, headers=MERGE)

    async def untold() -> bool:
        return "adoption" not in (await system.get("Provider", "lab"))["status"]

    await system.until(untold)


async def test_a_machine_of_nobody_is_rehearsed_adopted_promoted_and_started(
    system: LocalSystem, tmp_path: Path
) -> None:
    await system.furnish()
    (tmp_path / "lab").mkdir()
    async with MemoryProvider(MemorySettings(state=tmp_path / "lab" / "state.db")) as hypervisor:
        id_ = hypervisor.administrator.make("Old_Web")
    await system.start_manager("--webhook-bind-address=127.0.0.1:0")
    await system.start_provider()
    await system.until_condition("Provider", "lab", "ProviderAvailable", "True", "RemoteAvailable")

    await annotate(system, "dry-run")
    await system.until(lambda: says(system, "dry run: 1 would be adopted, 0 have a VirtualMachine, 0 are left alone"))
    (machine,) = (await system.get("Provider", "lab"))["status"]["adoption"]["machines"]
    assert machine["message"] == "as VirtualMachine default/old-web of class adopted-1cpu-512mb"

    await annotate(system, "true")
    await system.until(lambda: says(system, "1 have a VirtualMachine, 0 are left alone"))
    await system.until_ready("old-web")
    found = await system.get("VirtualMachine", "old-web")
    assert (found["status"]["id"], found["status"]["powerState"]) == (id_, "Off")
    assert "finalizers" not in found["metadata"]

    promoted = {"spec": {"managementPolicy": "Manage", "powerState": "On"}}
    await system.ask("PATCH", f"{OURS}/virtualmachines/old-web", promoted, headers=MERGE)

    async def runs() -> bool:
        return (await system.get("VirtualMachine", "old-web"))["status"].get("phase") == "Running"

    await system.until(runs)


async def annotate(system: LocalSystem, mode: str) -> None:
    annotations = {"metadata": {"annotations": {"virtrigaud.io/adopt-vms": mode}}}
    await system.ask("PATCH", f"{OURS}/providers/lab", annotations, headers=MERGE)


async def says(system: LocalSystem, message: str) -> bool:
    status = (await system.get("Provider", "lab"))["status"]
    return bool(status.get("adoption", {}).get("message") == message)
