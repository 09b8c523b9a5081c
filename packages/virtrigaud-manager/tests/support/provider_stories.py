"""The stories of Providers: what users, kubelets and certificate managers do, step by step."""

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from manager_world import World
from manifests import provider, secret, vm, vm_class, vm_image
from provider_world import AUTHORITY, DEPLOYMENT, ISSUED_SECRET, KEY, SERVICE, ProviderWorld
from stories import Step, Story
from virtrigaud_api.v1beta1.keys import ANNOTATION_FORCE_DELETE, ANNOTATION_MAINTENANCE
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind

VM = ObjectKey(ObjectKind.VIRTUAL_MACHINE, "default", "web")


def _step(title: str, deed: Callable[[ProviderWorld], None]) -> Step:
    def do(world: World) -> None:
        assert isinstance(world, ProviderWorld)
        deed(world)

    return Step(title, do)


def _deletes(*keys: ObjectKey) -> Callable[[ProviderWorld], None]:
    def do(world: ProviderWorld) -> None:
        for key in keys:
            world.store.delete(key)

    return do


def _edit(world: ProviderWorld) -> None:
    document = copy.deepcopy(world.store.objects[DEPLOYMENT])
    document["spec"]["template"]["spec"]["hostNetwork"] = True
    fields: dict[str, Any] = {"f:spec": {"f:template": {"f:spec": {"f:hostNetwork": {}}}}}
    document["metadata"]["managedFields"] = [{"manager": "kubectl-edit", "operation": "Update", "fieldsV1": fields}]
    world.store.put(document)


def _runtime(**more: Any) -> dict[str, Any]:
    return {"image": "memory:1", "service": {"tls": {"secretRef": {"name": "lab-tls"}}}, **more}


SECRETS = (secret("lab-credentials"), secret("lab-tls"))
APPLY = _step("a Provider and its Secrets are applied", lambda world: world.apply(provider(), *SECRETS))
PODS = _step("its pod answers", lambda world: world.pods(1))
MACHINE = _step("a VirtualMachine is applied", lambda world: world.apply(vm_class(), vm_image(), vm()))
DELETE = _step("the Provider is deleted", _deletes(KEY))


def _annotates(key: ObjectKey, name: str, value: str | None) -> Callable[[ProviderWorld], None]:
    return lambda world: world.store.annotate(key, **{name: value})


MAINTENANCE = _step("the Provider is put into maintenance", _annotates(KEY, ANNOTATION_MAINTENANCE, "true"))
OPERATION = _step("the maintenance ends", _annotates(KEY, ANNOTATION_MAINTENANCE, None))


def _later(days: int) -> Callable[[ProviderWorld], None]:
    def do(world: ProviderWorld) -> None:
        world.now += timedelta(days=days)
        world.touch_provider()

    return do


ISSUED = _step(
    "a Provider is applied whose certificates the manager issues",
    lambda world: world.apply(provider(runtime={"image": "memory:1", "service": {"tls": {}}}), SECRETS[0]),
)

PROVIDER_STORIES = (
    Story(
        "the-manager-issues-and-renews-certificates",
        (
            ISSUED,
            PODS,
            _step("59 days later", _later(59)),
            _step("a day later", _later(1)),
            _step("somebody deletes the certificate of the provider", _deletes(ISSUED_SECRET)),
            _step("the user brings a certificate", lambda world: world.apply(provider(), *SECRETS)),
        ),
    ),
    Story(
        "the-authority-of-providers-is-followed",
        (
            ISSUED,
            PODS,
            _step("2400 days later", _later(2400)),
            _step("a day later", _later(1)),
            _step("somebody deletes the authority", _deletes(AUTHORITY)),
        ),
    ),
    Story(
        "maintenance-puts-everything-off",
        (
            APPLY,
            PODS,
            MACHINE,
            MAINTENANCE,
            _step("the machine is to have more memory", lambda w: w.apply(vm(resources={"memoryMiB": 8192}))),
            OPERATION,
            MAINTENANCE,
            _step("the machine is deleted", _deletes(VM)),
            OPERATION,
        ),
    ),
    Story(
        "a-machine-is-asked-for-during-maintenance",
        (APPLY, PODS, MAINTENANCE, MACHINE, OPERATION),
    ),
    Story(
        "a-machine-is-given-up-during-maintenance",
        (
            APPLY,
            PODS,
            MACHINE,
            MAINTENANCE,
            _step("the machine is deleted", _deletes(VM)),
            _step("the user gives it up", _annotates(VM, ANNOTATION_FORCE_DELETE, "true")),
        ),
    ),
    Story("a-provider-lives", (APPLY, PODS, MACHINE, _step("the machine is deleted", _deletes(VM)), DELETE)),
    Story(
        "the-secrets-of-a-provider-come-later",
        (
            _step("a Provider is applied", lambda world: world.apply(provider())),
            _step("its Secrets are applied", lambda world: world.apply(*SECRETS)),
            PODS,
        ),
    ),
    Story(
        "the-credentials-of-a-provider-change",
        (APPLY, PODS, _step("its credentials change", lambda world: world.apply(secret("lab-credentials", user=b"x")))),
    ),
    Story(
        "somebody-edits-and-deletes-what-a-provider-needs",
        (
            APPLY,
            PODS,
            _step("somebody edits its Deployment", _edit),
            _step("somebody deletes its Service", _deletes(SERVICE)),
            _step("somebody deletes its Deployment", _deletes(DEPLOYMENT)),
            PODS,
        ),
    ),
    Story(
        "a-provider-of-several-pods",
        (
            _step(
                "a Provider with two pods is applied",
                lambda world: world.apply(provider(runtime=_runtime(replicas=2)), *SECRETS),
            ),
            _step("both answer", lambda world: world.pods(2)),
            _step("one is enough", lambda world: world.apply(provider(runtime=_runtime()))),
        ),
    ),
    Story(
        "a-provider-is-held-while-a-machine-needs-it",
        (APPLY, PODS, MACHINE, DELETE, _step("the machine is deleted", _deletes(VM))),
    ),
    Story(
        "everything-is-deleted-at-once-the-provider-first",
        (
            APPLY,
            PODS,
            MACHINE,
            _step(
                "everything is deleted, the Provider first",
                _deletes(
                    KEY,
                    ObjectKey(ObjectKind.SECRET, "default", "lab-credentials"),
                    ObjectKey(ObjectKind.SECRET, "default", "lab-tls"),
                    ObjectKey(ObjectKind.VM_CLASS, "default", "small"),
                    ObjectKey(ObjectKind.VM_IMAGE, "default", "debian"),
                    VM,
                ),
            ),
        ),
    ),
    Story(
        "a-provider-is-given-up-with-its-machine",
        (
            APPLY,
            PODS,
            MACHINE,
            DELETE,
            _step("the user gives it up", _annotates(KEY, ANNOTATION_FORCE_DELETE, "true")),
            _step("the machine is deleted", _deletes(VM)),
            _step("the user gives that up, too", _annotates(VM, ANNOTATION_FORCE_DELETE, "true")),
        ),
    ),
)
