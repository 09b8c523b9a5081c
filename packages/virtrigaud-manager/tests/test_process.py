"""End to end: the manager process against a real API server and a real provider process over mutual TLS."""

import asyncio
import socket

import aiohttp
from certificates import Authority
from local_system import CORE, LocalSystem
from manifests import vm, vm_class, vm_image
from virtrigaud_api.v1beta1.provider_names import provider_dns_name


async def test_a_machine_lives_and_dies_in_the_real_system(system: LocalSystem) -> None:
    await system.furnish()
    await system.start_manager()
    await system.start_provider()
    await system.until_condition("Provider", "lab", "ProviderAvailable", "True", "RemoteAvailable")

    await system.apply(vm())
    await system.until_ready()
    assert (await system.get("VirtualMachine", "web"))["status"]["phase"] == "Running"

    await system.apply(vm_class(cpu=4))
    await system.until(lambda: _cpus(system, 4))

    await system.apply(vm(powerState="OffGraceful"))
    await system.until(lambda: _phase(system, "Stopped"))

    await system.delete("VirtualMachine", "web")
    await system.until_gone("VirtualMachine", "web")
    events = (await system.ask("GET", "/apis/events.k8s.io/v1/namespaces/default/events"))["items"]
    about = [event["reason"] for event in events if event["regarding"]["kind"] == "VirtualMachine"]
    assert sorted(about) == ["Created", "Deleted", "Reconfigured", "ShutDown"]


async def test_l15_the_appearance_of_what_was_missing_makes_the_machine(system: LocalSystem) -> None:
    await system.furnish()
    await system.start_manager()
    await system.start_provider()
    await system.apply(vm(classRef={"name": "later"}, imageRef={"name": "later"}))
    message = await system.until_condition("VirtualMachine", "web", "Ready", "False", "WaitingForDependencies")
    assert message == "VMClass default/later does not exist; VMImage default/later does not exist"
    await system.apply(vm_class("later"), vm_image("later"))
    await system.until_ready()


async def test_l05_a_killed_provider_keeps_the_machine_until_it_is_back(system: LocalSystem) -> None:
    await system.furnish()
    await system.start_manager()
    await system.start_provider()
    await system.apply(vm())
    await system.until_ready()

    await system.stop_provider()
    await system.delete("VirtualMachine", "web")
    await system.until_condition("VirtualMachine", "web", "Deleting", "True", "ProviderUnavailable")

    await system.start_provider()
    await system.until_gone("VirtualMachine", "web")


async def test_l08_a_killed_manager_makes_no_second_machine(system: LocalSystem) -> None:
    await system.furnish()
    await system.start_manager()
    await system.start_provider()
    names = [f"vm-{number}" for number in range(8)]
    await system.apply(*map(vm, names))
    assert system.manager is not None
    system.manager.kill()
    await system.manager.wait()
    await system.start_manager()
    await asyncio.gather(*map(system.until_ready, names))
    ids = {(await system.get("VirtualMachine", name))["status"]["id"] for name in names}
    assert len(ids) == len(names)
    await asyncio.gather(*(system.delete("VirtualMachine", name) for name in names))
    await asyncio.gather(*(system.until_gone("VirtualMachine", name) for name in names))


async def test_l35_a_provider_with_a_certificate_of_another_authority_is_refused(system: LocalSystem) -> None:
    await system.furnish()
    await system.start_manager()
    stranger = Authority("stranger").secret(provider_dns_name("default", "lab"))
    await system.start_provider(identity=stranger)
    message = await system.until_condition("Provider", "lab", "ProviderAvailable", "False", "CredentialsRefused")
    assert "certificate" in message.lower()


async def test_l14_missing_credentials_are_named_and_their_appearance_starts_the_provider(system: LocalSystem) -> None:
    await system.furnish()
    await system.ask("DELETE", f"{CORE}/secrets/lab-credentials")
    await system.start_manager()
    message = await system.until_condition("Provider", "lab", "ProviderRuntimeReady", "False", "InvalidConfiguration")
    assert message == "Secret default/lab-credentials does not exist"
    await system.put_secret("lab-credentials")
    await system.start_provider()
    await system.until_condition("Provider", "lab", "ProviderAvailable", "True", "RemoteAvailable")


async def test_the_probes_and_the_metrics_answer_and_sigterm_ends_the_process_well(system: LocalSystem) -> None:
    await system.start_manager()
    async with aiohttp.ClientSession() as session:

        async def status(url: str) -> int:
            try:
                async with session.get(url) as response:
                    return response.status
            except aiohttp.ClientError:
                return 0

        health = f"http://127.0.0.1:{system.health_port}"

        async def is_ready() -> bool:
            return await status(f"{health}/readyz") == 200

        await system.until(is_ready)
        assert await status(f"{health}/healthz") == 200
        async with session.get(f"http://127.0.0.1:{system.metrics_port}/metrics") as response:
            assert 'virtrigaud_build_info{component="manager"' in await response.text()
    assert system.manager is not None
    system.manager.terminate()
    assert await asyncio.wait_for(system.manager.wait(), 15) == 0


async def test_l31_no_secret_shows_up_in_a_log_an_event_or_a_status(system: LocalSystem) -> None:
    canary = "canary-7f3a"
    await system.furnish()
    await system.put_secret("seed", userdata=f"#cloud-config\npassword: {canary}".encode())
    await system.start_manager("--log-level=debug")
    await system.start_provider()
    await system.apply(vm(userData={"cloudInit": {"secretRef": {"name": "seed"}}}))
    await system.until_ready()
    await system.apply(vm("broken", userData={"cloudInit": {"secretRef": {"name": "seed"}}}, tags=["x" * 300]))
    await system.delete("VirtualMachine", "web")
    await system.until_gone("VirtualMachine", "web")
    said = [system.log_of("manager")]
    said += [str(await system.ask("GET", "/apis/events.k8s.io/v1/namespaces/default/events"))]
    said += [str(await system.get(kind, name)) for kind, name in (("Provider", "lab"), ("VirtualMachine", "broken"))]
    assert not [text for text in said if canary in text]


async def _cpus(system: LocalSystem, number: int) -> bool:
    status = (await system.get("VirtualMachine", "web"))["status"]
    return bool(status["currentResources"]["cpu"] == number)


async def _phase(system: LocalSystem, phase: str) -> bool:
    return bool((await system.get("VirtualMachine", "web"))["status"]["phase"] == phase)


async def test_a_port_that_is_taken_ends_the_manager_instead_of_leaving_it_without_admission(
    system: LocalSystem,
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        await system.start_manager(f"--webhook-bind-address=127.0.0.1:{taken.getsockname()[1]}")
        assert system.manager is not None
        assert await asyncio.wait_for(system.manager.wait(), 15) == 1
    assert "the manager can't run" in system.log_of("manager")
    assert "address already in use" in system.log_of("manager")
