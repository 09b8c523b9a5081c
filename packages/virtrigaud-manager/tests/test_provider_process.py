"""End to end: what a Provider goes through while it serves: renewed certificates, edits, deletions, a manager's end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from certificates import Authority
from local_system import CORE, DEPLOYMENTS, MERGE, LocalSystem
from manifests import provider, vm, vm_class, vm_image
from virtrigaud_api.issuing import CertificateAndKey
from virtrigaud_api.v1beta1.provider_names import provider_dns_name, provider_service_name

SERVICE = provider_service_name("default", "lab")
ISSUED = f"{SERVICE}-tls"


async def serving(system: LocalSystem) -> None:
    """Have a Provider with the user's certificates, and a machine on it."""
    await system.furnish()
    await system.start_manager()
    await system.start_provider()
    await system.apply(vm())
    await system.until_ready()


async def rolled_by(system: LocalSystem) -> str:
    template = (await system.ask("GET", f"{DEPLOYMENTS}/{SERVICE}"))["spec"]["template"]
    digest: str = template["metadata"]["annotations"]["virtrigaud.io/secrets"]
    return digest


async def warnings_about_the_provider(system: LocalSystem) -> list[str]:
    events = (await system.ask("GET", "/apis/events.k8s.io/v1/namespaces/default/events"))["items"]
    about = [event for event in events if event["regarding"]["kind"] == "Provider" and event["type"] == "Warning"]
    return [event["note"] for event in about]


def expiry(values: dict[str, bytes]) -> datetime:
    return CertificateAndKey(values["tls.crt"], values["tls.key"]).expires


@asynccontextmanager
async def kubelet(system: LocalSystem) -> AsyncIterator[None]:
    """Keep the files of the provider as its Secret is."""

    async def follow() -> None:
        mounted = await system.secret(ISSUED)
        while True:
            await asyncio.sleep(0.1)
            if (found := await system.secret(ISSUED)) != mounted:
                system.mount_identity(found)
                mounted = found

    following = asyncio.create_task(follow())
    yield
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)


async def test_certificates_that_the_manager_issues_are_renewed_without_a_gap(system: LocalSystem) -> None:
    await system.put_secret("lab-credentials")
    issued = provider(runtime={"image": "memory:1", "service": {"tls": {}}}, healthCheck={"interval": "1s"})
    await system.apply(issued, vm_class(), vm_image())
    await system.start_manager("--certificate-lifetime=12s")

    async def is_issued() -> bool:
        return (await system.ask("GET", f"{CORE}/secrets/{ISSUED}")).get("code") != 404

    await system.until(is_issued)
    first = await system.secret(ISSUED)
    await system.start_provider(identity=first, VIRTRIGAUD_PROVIDER_ALLOWED_SANS="virtrigaud-manager.default.svc")
    await system.until_condition("Provider", "lab", "ProviderAvailable", "True", "RemoteAvailable")
    template = await rolled_by(system)
    before = len(await warnings_about_the_provider(system))
    async with kubelet(system):
        made = 0
        while datetime.now(UTC) <= expiry(first):
            await system.apply(vm(f"vm-{made}"))
            await system.until_ready(f"vm-{made}")
            made += 1
        await system.apply(vm("after"))
        await system.until_ready("after")
    assert expiry(await system.secret(ISSUED)) > expiry(first)
    assert await rolled_by(system) == template
    assert len(await warnings_about_the_provider(system)) == before
    assert "PRIVATE KEY" not in system.log_of("manager") + system.log_of("provider")


async def test_l14_the_users_certificates_of_another_authority_are_taken_into_use_by_both_sides(
    system: LocalSystem,
) -> None:
    await serving(system)
    before = await rolled_by(system)
    renewed = Authority("the next one").secret(provider_dns_name("default", "lab"))
    system.mount_identity(renewed)
    await system.put_secret("lab-tls", **renewed)

    async def is_rolled() -> bool:
        return await rolled_by(system) != before

    await system.until(is_rolled)
    await system.apply(vm("after"))
    await system.until_ready("after")


async def test_l14_changed_credentials_roll_the_pods(system: LocalSystem) -> None:
    await serving(system)
    before = await rolled_by(system)
    await system.put_secret("lab-credentials", password=b"canary-7f3a")

    async def is_rolled() -> bool:
        return await rolled_by(system) != before

    await system.until(is_rolled)
    assert "canary" not in str(await system.ask("GET", f"{DEPLOYMENTS}/{SERVICE}"))


@pytest.mark.parametrize(
    ("path", "patch", "spoilt"),
    [
        (f"{DEPLOYMENTS}/{SERVICE}", {"template": {"spec": {"hostNetwork": True}}}, "hostNetwork"),
        (f"{CORE}/services/{SERVICE}", {"externalIPs": ["192.0.2.1"]}, "externalIPs"),
        (f"{DEPLOYMENTS}/{SERVICE}", {"replicas": 3}, "'replicas': 3"),
    ],
    ids=["an added field", "an address", "another number of pods"],
)
async def test_what_somebody_edits_is_put_right(
    system: LocalSystem, path: str, patch: dict[str, Any], spoilt: str
) -> None:
    await serving(system)
    await system.ask("PATCH", f"{path}?fieldManager=kubectl-edit", {"spec": patch}, headers=MERGE)

    async def is_right() -> bool:
        return spoilt not in str((await system.ask("GET", path))["spec"])

    await system.until(is_right)
    assert await warnings_about_the_provider(system) == []


async def test_everything_that_is_deleted_at_once_goes_the_secrets_and_the_provider_first(system: LocalSystem) -> None:
    await serving(system)
    for secret in ("lab-credentials", "lab-tls"):
        await system.ask("DELETE", f"{CORE}/secrets/{secret}")
    for kind, name in (("Provider", "lab"), ("VMClass", "small"), ("VMImage", "debian"), ("VirtualMachine", "web")):
        await system.delete(kind, name)
    await system.until_gone("VirtualMachine", "web")
    await system.until_gone("Provider", "lab")

    async def pods_are_gone() -> bool:
        return (await system.ask("GET", f"{DEPLOYMENTS}/{SERVICE}")).get("code") == 404

    await system.until(pods_are_gone)


async def test_l08_a_manager_that_is_told_to_end_leaves_nothing_half_written(system: LocalSystem) -> None:
    await system.furnish()
    await system.start_manager()
    await system.start_provider()
    await system.until_condition("Provider", "lab", "ProviderAvailable", "True", "RemoteAvailable")
    names = [f"vm-{number}" for number in range(24)]
    await asyncio.gather(*(system.apply(vm(name)) for name in names))

    async def some_are_made() -> bool:
        return "start machine vm-" in system.log_of("manager")

    await system.until(some_are_made)
    assert system.manager is not None
    system.manager.terminate()
    assert await asyncio.wait_for(system.manager.wait(), 15) == 0
    left = [await system.get("VirtualMachine", name) for name in names]
    for document in left:
        made = document.get("status", {}).get("id")
        assert made is None or document["metadata"]["finalizers"], document["metadata"]["name"]
    said = [line for line in system.log_of("manager").splitlines() if "start machine vm-" in line]
    created = [line for line in said if "error=" not in line]
    assert len([document for document in left if document.get("status", {}).get("id")]) == len(created)
    await system.start_manager()
    await asyncio.gather(*map(system.until_ready, names))
    ids = {(await system.get("VirtualMachine", name))["status"]["id"] for name in names}
    assert len(ids) == len(names)
