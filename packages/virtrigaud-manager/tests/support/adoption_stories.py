"""The stories of adoption: machines that were there before, and what becomes of them."""

from collections.abc import Callable
from typing import Any

from adoption_world import AdoptionWorld
from manager_world import World
from manifests import vm, vm_class
from stories import Step, Story
from virtrigaud_api.contract import PowerState
from virtrigaud_api.v1beta1.keys import ANNOTATION_RELEASE


def there_is(name: str, **how: Any) -> Step:
    return _on(f"a machine {name} is there", lambda world: world.hypervisor.administrator.make(name, **how))


def terms(title: str, mode: str, wanted: str = "") -> Step:
    return _on(title, lambda world: world.terms(mode, wanted))


def respec(title: str, **spec: Any) -> Step:
    return Step(title, lambda world: world.store.respec(world.key(), **spec))


def _on(title: str, deed: Callable[[AdoptionWorld], object]) -> Step:
    def do(world: World) -> None:
        assert isinstance(world, AdoptionWorld)
        deed(world)

    return Step(title, do)


def _switched_on(world: AdoptionWorld) -> None:
    (machine,) = world.known_machines()
    world.hypervisor.administrator.set_power(machine, PowerState.ON)
    world.wake()


def _removed(world: AdoptionWorld) -> None:
    (machine,) = world.known_machines()
    world.hypervisor.administrator.remove(machine)
    world.wake()


FURNISH = Step("the provider is there", World.furnish)
DELETE = Step("its object is deleted", World.delete)
ADOPT = terms("adoption is switched on", "true")
STOP = terms("adoption is switched off", "false")

ADOPTION_STORIES = (
    Story(
        "a-rehearsed-adoption", (FURNISH, there_is("web"), terms("a dry run is asked for", "dry-run"), ADOPT, DELETE)
    ),
    Story(
        "adopted-and-only-observed",
        (
            FURNISH,
            there_is("web"),
            ADOPT,
            respec("somebody edits its object", powerState="On", resources={"cpu": 4}),
            _on("somebody switches it on at the hypervisor", _switched_on),
            STOP,
            DELETE,
        ),
    ),
    Story(
        "adopted-and-promoted",
        (
            FURNISH,
            there_is("web"),
            ADOPT,
            respec("it is promoted", managementPolicy="Manage"),
            respec("it is started", powerState="On"),
            respec("it grows", resources={"memoryMiB": 1024}),
            STOP,
            respec("it shall go with its object", deletionPolicy="Delete"),
            DELETE,
        ),
    ),
    Story(
        "adopted-and-released",
        (
            FURNISH,
            there_is("web"),
            terms("adoption that manages is switched on", "managed"),
            Step("it is released", lambda world: world.store.annotate(world.key(), **{ANNOTATION_RELEASE: "true"})),
            respec("somebody edits its object", powerState="On"),
            STOP,
            DELETE,
        ),
    ),
    Story(
        "adopted-two-of-one-name",
        (FURNISH, there_is("Web"), there_is("web"), ADOPT),
    ),
    Story(
        "adopted-with-a-class-that-is-there",
        (
            FURNISH,
            Step("a class of its size is there", lambda world: world.apply(vm_class("tiny", cpu=1, memory="512Mi"))),
            there_is("web"),
            ADOPT,
        ),
    ),
    Story(
        "adopted-by-a-filter",
        (
            FURNISH,
            there_is("web-1", cpus=2, tags=("prod",), folder="team-a"),
            there_is("web-2", cpus=2, folder="team-b"),
            there_is("db-1", cpus=8),
            terms("two CPUs in a folder are wanted", "true", '{"maxCPU": 2, "folders": ["team-a"], "tags": ["prod"]}'),
            terms("everything that is called web is wanted", "true", '{"namePattern": "^web"}'),
        ),
    ),
    Story(
        "adopted-and-vanished", (FURNISH, there_is("web"), ADOPT, _on("somebody removes it", _removed), STOP, DELETE)
    ),
    Story(
        "adopted-beside-a-name-that-is-taken",
        (
            FURNISH,
            Step("another VirtualMachine has the name", lambda world: world.apply(vm())),
            there_is("web"),
            ADOPT,
        ),
    ),
    Story(
        "adoption-in-words-that-mean-nothing",
        (
            FURNISH,
            there_is("web"),
            terms("the filter is no JSON", "true", "name=web"),
            ADOPT,
        ),
    ),
)
