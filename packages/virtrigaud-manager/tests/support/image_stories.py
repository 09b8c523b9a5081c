"""The stories of images: what users do, step by step. The sentences that follow are in `stories/image-*.story`."""

from datetime import timedelta
from typing import Any

from image_world import ImageWorld, fetched
from manifests import network, vm, vm_image
from stories import Step, Story
from virtrigaud_api.contract import InvalidSpec, NotFound, Unavailable
from virtrigaud_api.v1beta1.keys import ANNOTATION_FORCE_DELETE
from virtrigaud_provider_memory import Fault, FaultKind, Verb

NEWER = "https://images.example/debian-13.qcow2"
MINUTE = timedelta(minutes=1)


def _furnish(*manifests: Any) -> Step:
    return Step("the provider, the class and the image are there", lambda world: world.furnish_with(*manifests))


def _applies(title: str, *manifests: Any) -> Step:
    return Step(title, lambda world: world.apply(*manifests))


def _fails(title: str, error: type[Exception], times: int = 1) -> Step:
    fault = Fault(verb=Verb.PREPARE_IMAGE, kind=FaultKind.FAIL, error=error.__name__, times=times)
    return Step(title, lambda world: world.hypervisor.faults.order(fault))


def _passes(title: str, time: timedelta) -> Step:
    return Step(title, lambda world: world.let_pass(time))


def _cut(world: ImageWorld) -> None:
    world.links.cut = Unavailable("connection refused")


def _mend(world: ImageWorld) -> None:
    world.links.cut = None
    world.wake_all()


def _upload(world: ImageWorld) -> None:
    world.put_image("debian-12")
    world.let_pass(MINUTE)


CREATE = _applies("a VirtualMachine is applied", vm())
DELETE_VM = Step("the VirtualMachine is deleted", lambda world: world.delete())
DELETE_IMAGE = Step("the VMImage is deleted", lambda world: world.store.delete(world.image_key()))

STORIES = (
    Story("image-imported", (_furnish(fetched()), CREATE, DELETE_VM, DELETE_IMAGE)),
    Story("image-used-where-it-is", (_furnish(vm_image()), CREATE, DELETE_VM, DELETE_IMAGE)),
    Story(
        "image-fails-when-missing",
        (_furnish(fetched(prepare={"onMissing": "Fail"})), CREATE, DELETE_IMAGE, DELETE_VM),
    ),
    Story(
        "image-waited-for",
        (
            _furnish(vm_image()),
            CREATE,
            Step("somebody puts the image on the hypervisor", _upload),
            DELETE_VM,
        ),
    ),
    Story(
        "image-retried-then-ready",
        (
            _furnish(fetched(prepare={"retries": 2})),
            _fails("the next two imports will fail", NotFound, 2),
            CREATE,
            _passes("ten seconds pass", timedelta(seconds=10)),
            _passes("twenty seconds pass", timedelta(seconds=20)),
            DELETE_VM,
        ),
    ),
    Story(
        "image-retries-exhausted",
        (
            _furnish(fetched(prepare={"retries": 1})),
            _fails("the next two imports will fail", NotFound, 2),
            CREATE,
            _passes("ten seconds pass", timedelta(seconds=10)),
            _passes("an hour passes", timedelta(hours=1)),
            _applies("the image gets another source", fetched(url=NEWER, prepare={"retries": 1})),
            DELETE_VM,
        ),
    ),
    Story(
        "image-checksum-mismatch",
        (
            _furnish(fetched(checksum="ab" * 32)),
            _fails("the bytes will not match the checksum", InvalidSpec),
            CREATE,
            _passes("an hour passes", timedelta(hours=1)),
            _applies("the checksum is corrected", fetched(checksum="cd" * 32)),
            DELETE_VM,
        ),
    ),
    Story(
        "image-source-changed",
        (
            _furnish(fetched()),
            CREATE,
            _applies("the image gets another source", fetched(url=NEWER)),
            _applies("a second VirtualMachine is applied", vm("two")),
            DELETE_VM,
            Step("the second VirtualMachine is deleted", lambda world: world.delete("two")),
        ),
    ),
    Story(
        "image-deleted-while-in-use",
        (_furnish(fetched()), CREATE, DELETE_IMAGE, _applies("it is changed", vm(resources={"cpu": 4})), DELETE_VM),
    ),
    Story(
        "image-retained",
        (_furnish(fetched(prepare={"deletionPolicy": "Retain"})), CREATE, DELETE_VM, DELETE_IMAGE),
    ),
    Story(
        "image-provider-cut-off-in-the-middle",
        (
            _furnish(fetched()),
            Step("the provider is cut off", _cut),
            CREATE,
            Step("the provider is back", _mend),
            DELETE_VM,
            Step("the provider is cut off", _cut),
            DELETE_IMAGE,
            Step("the provider is back", _mend),
        ),
    ),
    Story(
        "image-provider-deleted-first",
        (
            _furnish(fetched()),
            CREATE,
            DELETE_VM,
            Step("the Provider is gone", lambda w: w.remove_provider()),
            DELETE_IMAGE,
        ),
    ),
    Story(
        "image-leaves-a-provider",
        (
            _furnish(fetched()),
            CREATE,
            DELETE_VM,
            Step("the Provider is deleted, which something holds", lambda world: world.begin_to_remove_provider()),
        ),
    ),
    Story(
        "image-given-up",
        (
            _furnish(fetched()),
            CREATE,
            DELETE_VM,
            Step("the provider is cut off", _cut),
            DELETE_IMAGE,
            Step(
                "the user gives the import up",
                lambda world: world.store.annotate(world.image_key(), **{ANNOTATION_FORCE_DELETE: "true"}),
            ),
        ),
    ),
    Story(
        "image-brought-before-it-is-needed",
        (_furnish(fetched(prepare={"providers": [{"name": "lab"}]})), CREATE, DELETE_IMAGE, DELETE_VM),
    ),
    Story(
        "class-and-network-deleted-while-in-use",
        (
            _furnish(vm_image(), network()),
            _applies("a VirtualMachine is applied", vm(networks=[{"name": "eth0", "networkRef": {"name": "lan"}}])),
            Step("class and network are deleted", lambda world: world.delete_class_and_network()),
            DELETE_VM,
        ),
    ),
    Story(
        "everything-deleted-with-the-machine-first",
        (
            _furnish(fetched(), network()),
            CREATE,
            Step("all is deleted", lambda world: world.delete_all(machines_first=True)),
        ),
    ),
    Story(
        "everything-deleted-at-once", (_furnish(fetched()), CREATE, Step("all is deleted", lambda w: w.delete_all()))
    ),
)
