"""Ring 2: the certificate that managers share through a Secret of a real API server."""

import asyncio
import base64
from collections.abc import AsyncIterator

import pytest
from local_system import CORE, LocalSystem
from manifests import quota, vm
from virtrigaud_localkube import LocalKubeProcess
from virtrigaud_manager.admission.identity import SECRET_NAME, FromSecret, Identity, issue
from virtrigaud_manager.cluster.connection import find_connection
from virtrigaud_manager.cluster.plain_objects import PlainObjects

NAMES = ("webhooks.default.svc",)
CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1"
VALIDATING = f"{CONFIGURATIONS}/validatingwebhookconfigurations/virtrigaud-default-webhooks"
MUTATING = f"{CONFIGURATIONS}/mutatingwebhookconfigurations/virtrigaud-default-webhooks"


@pytest.fixture
async def objects(localkube: LocalKubeProcess) -> AsyncIterator[PlainObjects]:
    connection = find_connection(localkube.kubeconfig)
    async with connection.open_session(4) as session:
        yield PlainObjects(session, connection.server)


async def test_managers_that_look_at_the_same_time_agree_on_one_certificate(objects: PlainObjects) -> None:
    found = await asyncio.gather(*(FromSecret(objects, "default", NAMES).current() for _ in range(4)))
    assert {identity.pair.certificate for identity in found} == {found[0].pair.certificate}
    assert found[0].pair.names == NAMES


async def test_a_certificate_that_is_due_is_made_anew_and_the_former_authority_stays_trusted(
    objects: PlainObjects,
) -> None:
    former = await FromSecret(objects, "default", NAMES).current()
    source = FromSecret(objects, "default", ("other.default.svc",))
    fresh = await source.current()
    assert fresh.pair.names == ("other.default.svc",)
    assert former.authorities.strip() in fresh.authorities
    assert await source.current() == fresh


async def test_a_secret_that_holds_nonsense_is_made_anew(objects: PlainObjects, system: LocalSystem) -> None:
    await system.put_secret(SECRET_NAME, **{"tls.crt": b"no", "tls.key": b"certificate", "ca.crt": b"here"})
    identity = await FromSecret(objects, "default", NAMES).current()
    assert isinstance(identity, Identity)
    stored = (await system.ask("GET", f"{CORE}/secrets/{SECRET_NAME}"))["data"]["tls.crt"]
    assert base64.b64decode(stored) == identity.pair.certificate


async def test_a_certificate_with_the_key_of_another_is_made_anew(objects: PlainObjects, system: LocalSystem) -> None:
    one, other = issue(NAMES, None), issue(NAMES, None)
    parts = {"tls.crt": one.pair.certificate, "tls.key": other.pair.key, "ca.crt": one.authorities}
    await system.put_secret(SECRET_NAME, **parts)
    identity = await FromSecret(objects, "default", NAMES).current()
    assert (identity.pair.is_whole, identity.pair.certificate == one.pair.certificate) == (True, False)


async def test_l35_webhooks_behind_a_service_are_verified_by_its_name_and_outlive_one_manager(
    system: LocalSystem,
) -> None:
    await system.furnish()
    service = {"metadata": {"name": "webhooks"}, "spec": {"ports": [{"port": 9443}]}}
    address = (await system.ask("POST", f"{CORE}/services", service))["spec"]["clusterIP"]
    flags = (f"--webhook-bind-address={address}:9443", "--webhook-service=webhooks:9443", "--namespace=default")
    await system.start_manager(*flags)

    async def is_announced() -> bool:
        return all([(await system.ask("GET", path)).get("code") != 404 for path in (VALIDATING, MUTATING)])

    await system.until(is_announced)
    (webhook,) = (await system.ask("GET", VALIDATING))["webhooks"]
    assert webhook["clientConfig"]["service"] == {
        "namespace": "default",
        "name": "webhooks",
        "path": "/validate",
        "port": 9443,
    }
    await system.ask("POST", "/api/v1/namespaces", {"metadata": {"name": "team"}})
    await system.ask("POST", "/api/v1/namespaces/team/resourcequotas", quota(namespace="team", machines="0"))
    path = "/apis/infra.virtrigaud.io/v1beta1/namespaces/team/virtualmachines"

    async def is_let_in(name: str) -> bool:
        try:
            await system.ask("POST", path, {**vm(), "metadata": {"name": name, "namespace": "team"}})
        except AssertionError:
            return False
        return True

    attempts = iter(range(1000))

    async def is_refused() -> bool:
        return not await is_let_in(f"early-{next(attempts)}")

    await system.until(is_refused)
    assert system.manager is not None
    system.manager.terminate()
    await system.manager.wait()
    assert await is_announced()
    assert await is_let_in("late")
