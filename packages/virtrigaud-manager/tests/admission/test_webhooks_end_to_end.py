"""End to end: what a person reads from kubectl when the real API server asks the real manager over HTTPS."""

import asyncio

from kubectl import kubectl
from local_system import LocalSystem
from manifests import quota, vm, vm_class

CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1"
WEBHOOKS = "--webhook-bind-address=127.0.0.1:0"


async def start(system: LocalSystem, *flags: str) -> None:
    await system.start_manager(WEBHOOKS, *flags)
    await system.until(lambda: announced(system))


async def announced(system: LocalSystem) -> bool:
    kinds = ("validatingwebhookconfigurations", "mutatingwebhookconfigurations")
    found = [await system.ask("GET", f"{CONFIGURATIONS}/{kind}/virtrigaud") for kind in kinds]
    return all(document.get("code") != 404 for document in found)


async def test_a_person_reads_why_a_machine_is_refused_and_what_is_unwise(system: LocalSystem) -> None:
    await system.furnish()
    shared = vm_class("shared", allowedNamespaces=["other"])
    await system.ask("POST", "/api/v1/namespaces", {"metadata": {"name": "infra"}})
    shared["metadata"]["namespace"] = "infra"
    await system.ask("POST", "/apis/infra.virtrigaud.io/v1beta1/namespaces/infra/vmclasses", shared)
    await system.ask("POST", "/api/v1/namespaces/default/resourcequotas", quota(cpus="3"))
    await start(system)

    refused = vm(classRef={"name": "shared", "namespace": "infra"})
    sentence = (
        'Error from server (Forbidden): error when creating "STDIN": admission webhook '
        '"validate.infra.virtrigaud.io" denied the request: spec.classRef: VMClass infra/shared does not allow '
        "namespace default; add it to its spec.allowedNamespaces"
    )
    assert await kubectl(system, "apply", "-f", "-", manifest=refused) == (1, sentence)
    code, said = await kubectl(system, "apply", "-f", "-", manifest=vm(imageRef={"name": "later"}))
    assert (code, said.splitlines()) == (
        0,
        [
            "Warning: spec.imageRef: VMImage default/later does not exist yet; the machine waits for it",
            "virtualmachine.infra.virtrigaud.io/web created",
        ],
    )
    assert "finalizers" not in (await system.get("VirtualMachine", "web"))["metadata"]

    async def is_told() -> bool:
        return "virtrigaud.io/vcpus: 2/3" in (await kubectl(system, "get", "resourcequota", "team"))[1]

    await system.until(is_told)
    code, said = await kubectl(system, "apply", "-f", "-", manifest=vm("second"))
    assert (code, said.partition("denied the request: ")[2]) == (
        1,
        "spec: ResourceQuota team allows 3 virtual CPUs (virtrigaud.io/vcpus): 2 used, 2 asked for",
    )
    patch = '{"spec":{"deletionProtection":true}}'
    await kubectl(system, "patch", "virtualmachine/web", "--type=merge", "-p", patch)
    code, said = await kubectl(system, "delete", "virtualmachine/web")
    assert (code, said.partition("denied the request: ")[2]) == (
        1,
        "spec.deletionProtection: is true, so VirtualMachine default/web stays; set it to false first",
    )
    assert "deletionTimestamp" not in (await system.get("VirtualMachine", "web"))["metadata"]


async def test_creations_at_the_same_time_do_not_go_beyond_the_quota(system: LocalSystem) -> None:
    await system.furnish()
    await system.ask("POST", "/api/v1/namespaces/default/resourcequotas", quota(machines="3"))
    await start(system)

    async def create(number: int) -> bool:
        code, said = await kubectl(system, "create", "-f", "-", manifest=vm(f"vm-{number}"))
        return code == 0 or "ResourceQuota team allows 3 VirtualMachines" not in said

    assert sum(await asyncio.gather(*map(create, range(8)))) == 3


async def test_nothing_is_held_up_by_a_manager_that_is_dead_and_a_new_one_takes_over(system: LocalSystem) -> None:
    await system.furnish()
    await start(system)
    assert system.manager is not None
    system.manager.kill()
    await system.manager.wait()
    await system.apply(vm(deletionProtection=True))
    await system.delete("VirtualMachine", "web")

    await system.start_manager(WEBHOOKS)

    await system.ask("POST", "/api/v1/namespaces/default/resourcequotas", quota(machines="0"))

    async def refuses() -> bool:
        code, _ = await kubectl(system, "apply", "--dry-run=server", "-f", "-", manifest=vm("late"))
        return code == 1

    await system.until(refuses)


async def test_a_manager_that_ends_well_takes_its_webhooks_back(system: LocalSystem) -> None:
    await start(system)
    assert system.manager is not None
    system.manager.terminate()
    assert await asyncio.wait_for(system.manager.wait(), 15) == 0
    assert not await announced(system)


async def test_the_system_namespaces_are_never_asked_about(system: LocalSystem) -> None:
    await start(system)
    path = "/apis/infra.virtrigaud.io/v1beta1/namespaces/kube-system/virtualmachines"
    quotas = "/api/v1/namespaces/kube-system/resourcequotas"
    await system.ask("POST", quotas, quota(namespace="kube-system", machines="0"))
    made = await system.ask("POST", path, {**vm(), "metadata": {"name": "web", "namespace": "kube-system"}})
    assert made["metadata"]["namespace"] == "kube-system"
