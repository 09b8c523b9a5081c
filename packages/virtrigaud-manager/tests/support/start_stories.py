"""The stories about the first start of a machine: with its creation, after it, or not yet."""

from late_starters import KilledBeforeTheStart, LeavesStartsAside
from manager_world import World
from stories import CREATE, DELETE, FURNISH, Step, Story, applies, remove_behind_our_back, wakes
from virtrigaud_api.contract import PowerState
from virtrigaud_provider_memory import Verb

BEFORE = {"snapshot": {"revertToRef": {"name": "before"}}}
POWER_REPORTED = {"driftPolicy": {"power": "Report"}}
THEIRS = "theirs"


def _lose_the_reply(world: World) -> None:
    world.hypervisor.faults.lose_next_reply(Verb.CREATE)


def _take_the_room(world: World) -> None:
    theirs = world.hypervisor.administrator.make(THEIRS, cpus=2)
    world.hypervisor.administrator.set_power(theirs, PowerState.ON)


async def _give_the_room_back(world: World) -> None:
    (theirs,) = [state.id for state in await world.hypervisor.machines() if state.name == THEIRS]
    world.hypervisor.administrator.set_power(theirs, PowerState.OFF)
    world.wake()


LOOK_AGAIN = wakes("it is looked at again", lambda _: None)
VANISH = wakes("somebody removes the machine on the hypervisor", remove_behind_our_back)

START_STORIES = (
    Story(
        "started-after-it-is-made-where-the-provider-does-no-more",
        (FURNISH, CREATE, VANISH, DELETE),
        {"provider": LeavesStartsAside},
    ),
    Story(
        "made-where-there-is-no-room-to-run",
        (
            FURNISH,
            Step("a machine of somebody else takes 2 of 3 CPUs", _take_the_room),
            CREATE,
            LOOK_AGAIN,
            Step("that machine is switched off", _give_the_room_back),
        ),
        {"capacity_cpus": 3},
    ),
    Story(
        "the-provider-is-killed-before-it-starts-the-machine",
        (FURNISH, CREATE, LOOK_AGAIN),
        {"provider": KilledBeforeTheStart},
    ),
    Story(
        "the-answer-about-a-started-machine-is-lost",
        (FURNISH, Step("the next answer will be lost", _lose_the_reply), CREATE, LOOK_AGAIN),
    ),
    Story(
        "the-answer-is-lost-and-it-shall-not-run-any-more",
        (
            FURNISH,
            Step("the next answer will be lost", _lose_the_reply),
            CREATE,
            applies("it shall be off", powerState="Off"),
        ),
    ),
    Story(
        "made-anew-where-drift-of-power-is-only-reported",
        (FURNISH, applies("a VirtualMachine is applied", **POWER_REPORTED), VANISH),
    ),
    Story(
        "made-anew-while-it-is-to-be-reverted",
        (
            FURNISH,
            applies("a VirtualMachine is applied that stays off", powerState="Off"),
            Step("a snapshot is taken", lambda world: world.take("before")),
            VANISH,
            applies("it is to be as it was, and run", **BEFORE),
            VANISH,
        ),
    ),
)
