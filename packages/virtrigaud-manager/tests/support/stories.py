"""The stories: what users do to a VirtualMachine, step by step. The sentences that follow are in `stories/*.story`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from manager_world import World
from manifests import vm, vm_class
from virtrigaud_api.contract import Unavailable
from virtrigaud_api.v1beta1.keys import ANNOTATION_FORCE_DELETE

Deed = Callable[[Any], Awaitable[None] | None]
"""What is done to a world, of the sort that the story is told in."""


@dataclass(frozen=True)
class Step:
    title: str
    do: Deed


@dataclass(frozen=True)
class Story:
    """Attributes: settings are those of the world: of the memory provider, or another `provider`."""

    name: str
    steps: tuple[Step, ...]
    settings: dict[str, Any] = field(default_factory=dict)


def applies(title: str, **spec: Any) -> Step:
    return Step(title, lambda world: world.apply(vm(**spec)))


def wakes(title: str, deed: Deed) -> Step:
    def do(world: World) -> None:
        deed(world)
        world.wake()

    return Step(title, do)


def _cut(world: World) -> None:
    world.links.cut = Unavailable("connection refused")


def _mend(world: World) -> None:
    world.links.cut = None


def remove_behind_our_back(world: World) -> None:
    for machine in world.known_machines():
        world.hypervisor.administrator.remove(machine)


FURNISH = Step("the provider, the class and the image are there", World.furnish)
CREATE = applies("a VirtualMachine is applied")
DELETE = Step("it is deleted", World.delete)

STORIES = (
    Story(
        "a-life",
        (
            FURNISH,
            CREATE,
            applies("it is given more memory", resources={"memoryMiB": 8192}),
            applies("it is shut down", resources={"memoryMiB": 8192}, powerState="OffGraceful"),
            applies("it is started", resources={"memoryMiB": 8192}),
            DELETE,
        ),
    ),
    Story("what-it-needs-comes-later", (CREATE, FURNISH, DELETE)),
    Story(
        "a-larger-class-while-it-is-off",
        (
            FURNISH,
            CREATE,
            applies("it is switched off", powerState="Off"),
            Step("its class grows", lambda world: world.apply(vm_class(cpu=4))),
            CREATE,
            DELETE,
        ),
    ),
    Story(
        "the-provider-goes-away-and-comes-back",
        (
            FURNISH,
            wakes("the provider is cut off", _cut),
            CREATE,
            wakes("the provider is back", _mend),
            wakes("the provider is cut off", _cut),
            DELETE,
            wakes("the provider is back", _mend),
        ),
    ),
    Story(
        "the-machine-vanishes",
        (
            FURNISH,
            CREATE,
            wakes("somebody removes the machine on the hypervisor", remove_behind_our_back),
            DELETE,
        ),
    ),
    Story(
        "a-forced-deletion",
        (
            FURNISH,
            CREATE,
            wakes("the provider is cut off", _cut),
            DELETE,
            Step(
                "the user gives it up",
                lambda world: world.store.annotate(world.key(), **{ANNOTATION_FORCE_DELETE: "true"}),
            ),
        ),
    ),
)
