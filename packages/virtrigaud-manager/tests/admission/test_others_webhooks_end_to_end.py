"""End to end: somebody else's webhook changes a machine after ours has seen it, and it is judged as it is stored."""

import base64
import contextlib
import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from kubectl import kubectl
from local_system import LocalSystem
from manifests import Manifest, vm, vm_class
from virtrigaud_manager.admission.identity import issue
from virtrigaud_manager.admission.server import tls_context

CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1"
SHUT = {"name": "shut", "namespace": "infra"}


class Rewriter:
    """Somebody else's webhook, asked after ours: it gives every machine one class."""

    def __init__(self, wanted: Manifest) -> None:
        self._patch = [{"op": "replace", "path": "/spec/classRef", "value": wanted}]

    async def answer(self, http: web.Request) -> web.Response:
        uid = (await http.json())["request"]["uid"]
        patch = base64.b64encode(json.dumps(self._patch).encode()).decode()
        response = {"uid": uid, "allowed": True, "patchType": "JSONPatch", "patch": patch}
        return web.json_response({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response})


@contextlib.asynccontextmanager
async def rewriting(system: LocalSystem, wanted: Manifest) -> AsyncIterator[None]:
    identity, context = issue(("127.0.0.1",), None), tls_context()
    identity.load_into(context)
    application = web.Application()
    application.add_routes([web.post("/", Rewriter(wanted).answer)])
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    port, bundle = runner.addresses[0][1], base64.b64encode(identity.authorities).decode()
    rule = {"apiGroups": ["*"], "apiVersions": ["*"], "operations": ["CREATE"], "resources": ["virtualmachines"]}
    webhook = {
        "name": "rewrite.example.com",
        "clientConfig": {"url": f"https://127.0.0.1:{port}/", "caBundle": bundle},
        "rules": [rule],
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
    }
    path = f"{CONFIGURATIONS}/mutatingwebhookconfigurations"
    await system.ask("POST", path, {"metadata": {"name": "z-after-ours"}, "webhooks": [webhook]})
    try:
        yield
    finally:
        await runner.cleanup()


async def create(system: LocalSystem, manifest: Manifest, *flags: str) -> tuple[int, str]:
    return await kubectl(system, "create", "-f", "-", *flags, manifest=manifest)


@pytest.fixture
async def judged(system: LocalSystem) -> LocalSystem:
    """A system whose webhooks are announced, with a class that nobody else may use."""
    await system.furnish()
    await system.ask("POST", "/api/v1/namespaces", {"metadata": {"name": "infra"}})
    shut = vm_class("shut")
    shut["metadata"]["namespace"] = "infra"
    await system.ask("POST", "/apis/infra.virtrigaud.io/v1beta1/namespaces/infra/vmclasses", shut)
    await system.start_manager("--webhook-bind-address=127.0.0.1:0")

    async def refuses() -> bool:
        code, _ = await create(system, vm(classRef=SHUT), "--dry-run=server")
        return code == 1

    await system.until(refuses)
    return system


async def test_a_machine_that_is_mended_after_it_was_seen_is_not_refused_and_is_approved(judged: LocalSystem) -> None:
    async with rewriting(judged, {"name": "small"}):
        shown = "jsonpath={.spec.classRef} {.metadata.finalizers}"
        said = await create(judged, vm(classRef=SHUT), "-o", shown)
    assert said == (0, '{"name":"small"} ["virtualmachine.infra.virtrigaud.io/finalizer"]')


async def test_a_machine_that_is_spoilt_after_it_was_approved_is_refused(judged: LocalSystem) -> None:
    async with rewriting(judged, SHUT):
        code, said = await create(judged, vm())
    assert (code, said.partition("denied the request: ")[2]) == (
        1,
        "spec.classRef: VMClass infra/shut does not allow namespace default; add it to its spec.allowedNamespaces",
    )
