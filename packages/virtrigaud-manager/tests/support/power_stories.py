"""The stories about power: suspending, restarting, reverting, and hooks around starts and stops."""

from datetime import UTC, datetime
from typing import Any

from manager_world import World
from manifests import snapshot
from stories import CREATE, DELETE, FURNISH, Step, Story, applies, wakes
from virtrigaud_api.contract import PowerState
from virtrigaud_api.v1beta1.keys import ANNOTATION_REBOOT

SUNDAY_NIGHT = {"schedule": "0 2 * * SUN", "duration": "2h", "timeZone": "Europe/Berlin"}
"""In January that is 1:00 to 3:00 UTC."""

WITHIN_WINDOW = {"type": "WithinWindow", "windows": [SUNDAY_NIGHT]}
ON_CHANGE = {"type": "OnChange"}
BEFORE = {"revertToRef": {"name": "before"}}
OFFLINE_CHANGES = {"reconfigure_online": False}


def reboots(title: str, nonce: str) -> Step:
    return Step(title, lambda world: world.store.annotate(world.key(), **{ANNOTATION_REBOOT: nonce}))


def at(title: str, moment: datetime) -> Step:
    def do(world: World) -> None:
        world.now = moment

    return wakes(title, do)


def takes(title: str, name: str, *, memory: bool = False) -> Step:
    return Step(title, lambda world: world.take(name, memory=memory))


def _set_power(power: PowerState) -> Any:
    def do(world: World) -> None:
        for machine in world.known_machines():
            world.hypervisor.administrator.set_power(machine, power)

    return do


def with_hooks(title: str, *, before: str = "/bin/true", after: str = "/bin/true", **spec: Any) -> Step:
    """Apply a machine with a program before its stop and one after its start."""
    lifecycle = {
        "preStop": {"exec": {"command": before.split()}, "timeout": "50ms"},
        "postStart": {"exec": {"command": after.split()}, "timeout": "50ms"},
    }
    return applies(title, lifecycle=lifecycle, **spec)


POWER_STORIES = (
    Story(
        "suspended-and-resumed",
        (
            FURNISH,
            CREATE,
            applies("it is suspended", powerState="Suspended"),
            applies("it is started"),
            applies("it is suspended", powerState="Suspended"),
            applies("it is switched off", powerState="Off"),
            applies("it is suspended, which an off machine can't be", powerState="Suspended"),
            DELETE,
        ),
    ),
    Story(
        "rebooted-once-for-each-nonce",
        (
            FURNISH,
            CREATE,
            reboots("a reboot is asked for", "first"),
            wakes("it is looked at again", lambda _: None),
            reboots("another reboot is asked for", "second"),
        ),
    ),
    Story(
        "a-reboot-while-nothing-runs-is-none",
        (
            FURNISH,
            applies("a VirtualMachine is applied that stays off", powerState="Off"),
            reboots("a reboot is asked for", "first"),
            applies("it is started"),
            reboots("the same reboot is asked for", "first"),
        ),
    ),
    Story(
        "started-again-after-a-crash-and-a-stop",
        (
            FURNISH,
            CREATE,
            wakes("somebody switches it off on the hypervisor", _set_power(PowerState.OFF)),
            wakes("it crashes", _set_power(PowerState.CRASHED)),
            reboots("a reboot is asked for", "first"),
        ),
    ),
    Story(
        "reverted-to-a-snapshot",
        (
            FURNISH,
            CREATE,
            takes("a snapshot is taken", "before"),
            applies("it is given more memory", resources={"memoryMiB": 8192}),
            applies("it is to be as it was", resources={"memoryMiB": 8192}, snapshot=BEFORE),
            wakes("it is looked at again", lambda _: None),
            applies("nothing is asked for any more", resources={"memoryMiB": 8192}),
            applies("it is to be as it was again", resources={"memoryMiB": 8192}, snapshot=BEFORE),
        ),
    ),
    Story(
        "reverted-to-a-running-guest",
        (
            FURNISH,
            CREATE,
            takes("a snapshot is taken with the memory", "before", memory=True),
            applies("it is switched off", powerState="Off"),
            applies("it is to be as it was, and off", powerState="Off", snapshot=BEFORE),
            applies("it is started", snapshot=BEFORE),
            takes("another snapshot is taken with the memory", "later", memory=True),
            applies("it is to be as it was then", snapshot={"revertToRef": {"name": "later"}}),
        ),
    ),
    Story(
        "a-snapshot-that-is-ready-later",
        (
            FURNISH,
            applies("a VirtualMachine is applied that is to be reverted", snapshot=BEFORE),
            Step("a snapshot is being taken", lambda world: world.apply(snapshot("before"))),
            takes("it is taken", "before"),
        ),
    ),
    Story(
        "a-snapshot-of-another-machine",
        (
            FURNISH,
            CREATE,
            Step("there is a snapshot of another", lambda world: world.apply(snapshot("before", machine="other"))),
            applies("it is to be as that was", snapshot=BEFORE),
            CREATE,
        ),
    ),
    Story(
        "restarted-for-a-change-at-once",
        (
            FURNISH,
            applies("a VirtualMachine is applied", restartPolicy=ON_CHANGE),
            applies("it is given more CPUs", restartPolicy=ON_CHANGE, resources={"cpu": 4}),
            applies("it is given more memory", restartPolicy=ON_CHANGE, resources={"cpu": 4, "memoryMiB": 8192}),
        ),
        OFFLINE_CHANGES,
    ),
    Story(
        "restarted-for-a-change-by-nobody",
        (
            FURNISH,
            CREATE,
            applies("it is given more CPUs", resources={"cpu": 4}),
            reboots("somebody asks for a reboot", "first"),
        ),
        OFFLINE_CHANGES,
    ),
    Story(
        "restarted-for-a-change-within-a-window",
        (
            FURNISH,
            applies("a VirtualMachine is applied on a Saturday", restartPolicy=WITHIN_WINDOW),
            applies("it is given more CPUs", restartPolicy=WITHIN_WINDOW, resources={"cpu": 4}),
            at("the window is about to open", datetime(2026, 2, 1, 0, 59, 59, tzinfo=UTC)),
            at("the window opens", datetime(2026, 2, 1, 1, 0, tzinfo=UTC)),
            at("the window has closed", datetime(2026, 2, 1, 3, 0, tzinfo=UTC)),
            applies("it is given more memory", restartPolicy=WITHIN_WINDOW, resources={"cpu": 4, "memoryMiB": 8192}),
            at("the window opens a week later", datetime(2026, 2, 8, 1, 0, tzinfo=UTC)),
        ),
        OFFLINE_CHANGES,
    ),
    Story(
        "switched-off-before-the-window-opens",
        (
            FURNISH,
            applies("a VirtualMachine is applied on a Saturday", restartPolicy=WITHIN_WINDOW),
            applies("it is given more CPUs", restartPolicy=WITHIN_WINDOW, resources={"cpu": 4}),
            applies("it is shut down", powerState="OffGraceful", restartPolicy=WITHIN_WINDOW, resources={"cpu": 4}),
            applies("it is started", restartPolicy=WITHIN_WINDOW, resources={"cpu": 4}),
        ),
        OFFLINE_CHANGES,
    ),
)

HOOK_STORIES = (
    Story(
        "hooks-around-starts-and-stops",
        (
            FURNISH,
            with_hooks("a VirtualMachine with hooks is applied"),
            with_hooks("it is shut down", powerState="OffGraceful"),
            with_hooks("it is started"),
            with_hooks("it is suspended", powerState="Suspended"),
            with_hooks("it goes on"),
            with_hooks("it is switched off", powerState="Off"),
        ),
    ),
    Story(
        "hooks-around-a-reboot",
        (
            FURNISH,
            with_hooks("a VirtualMachine with hooks is applied"),
            reboots("a reboot is asked for", "first"),
        ),
    ),
    Story(
        "a-hook-before-the-deletion",
        (FURNISH, with_hooks("a VirtualMachine with hooks is applied"), DELETE),
    ),
    Story(
        "hooks-that-fail",
        (
            FURNISH,
            with_hooks("a VirtualMachine with hooks is applied", before="/bin/false", after="/bin/false"),
            with_hooks("it is switched off", before="/bin/false", after="/bin/false", powerState="Off"),
        ),
    ),
    Story(
        "hooks-that-take-too-long",
        (
            FURNISH,
            with_hooks("a VirtualMachine with hooks is applied", before="/bin/sleep 60", after="/bin/sleep 60"),
            with_hooks("it is switched off", before="/bin/sleep 60", after="/bin/sleep 60", powerState="Off"),
        ),
    ),
    Story(
        "a-start-that-somebody-else-made",
        (
            FURNISH,
            with_hooks("a VirtualMachine with hooks is applied that stays off", powerState="Off"),
            wakes("somebody starts it on the hypervisor, and it is switched off", _set_power(PowerState.ON)),
            with_hooks("it is started"),
            wakes("it crashes, and is started again", _set_power(PowerState.CRASHED)),
        ),
    ),
    Story(
        "a-hook-that-comes-while-it-runs",
        (
            FURNISH,
            CREATE,
            with_hooks("it is given hooks"),
            with_hooks("it is switched off", powerState="Off"),
            with_hooks("it is started"),
            applies("its hooks are taken away"),
            applies("it is switched off", powerState="Off"),
        ),
    ),
)
