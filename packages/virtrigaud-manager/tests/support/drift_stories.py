"""The stories about what people change beside the object, and about disks, networks and origins that change in it."""

from collections.abc import Callable
from typing import Any

from manager_world import World
from manifests import network, secret, vm, vm_image
from stories import CREATE, DELETE, FURNISH, Step, Story, applies, wakes
from virtrigaud_api.contract import GiB, MachineId, MiB, Nic, PowerState
from virtrigaud_provider_memory.administrator import Administrator

Tampering = Callable[[Administrator, MachineId], None]

DISKS = [{"name": "data", "sizeGiB": 2}, {"name": "logs", "sizeGiB": 1, "removalPolicy": "Delete"}]
BRIDGE = {"bridge": {"name": "br9"}}
NICS = [{"name": "lan", "networkRef": {"name": "lan"}}, {"name": "dmz", "networkRef": {"name": "dmz"}}]
FITTED: dict[str, Any] = {"disks": DISKS, "networks": NICS, "tags": ["blue"], "placement": {"host": "rack-1"}}
EVERYTHING_REPORTED = dict.fromkeys(("power", "resources", "disks", "networks", "tags", "placement"), "Report")
EVERYTHING_ENFORCED = {"placement": "Enforce"}


def _furnish(world: World) -> None:
    world.furnish()
    world.apply(network(), network("dmz", libvirt={"networkName": "dmz"}), secret("seed", userdata=b"#cloud-config"))


def somebody(title: str, deed: Tampering) -> Step:
    """Change something behind the manager's back, on whatever machine there is."""

    def do(world: World) -> None:
        for machine in world.known_machines():
            deed(world.hypervisor.administrator, machine)

    return wakes(title, do)


NETWORKS_TOO = Step("the provider, the class, the image, two networks and a Secret are there", _furnish)
TAMPER = (
    somebody("somebody halves its CPUs", lambda person, machine: person.resize(machine, cpus=1, memory=MiB(4096))),
    somebody("somebody takes a disk out", lambda person, machine: person.unplug_disk(machine, "data")),
    somebody(
        "somebody connects it elsewhere",
        lambda person, machine: person.plug_nic(machine, Nic(name="lan", network="wild", model="virtio", vlan=7)),
    ),
    somebody("somebody takes a network interface out", lambda person, machine: person.unplug_nic(machine, "dmz")),
    somebody("somebody tags it", lambda person, machine: person.tag(machine, "red")),
    somebody("somebody moves it", lambda person, machine: person.move(machine, "rack-9")),
    somebody("somebody switches it off", lambda person, machine: person.set_power(machine, PowerState.OFF)),
)

DRIFT_STORIES = (
    Story(
        "what-somebody-changed-is-put-right",
        (
            NETWORKS_TOO,
            applies("a VirtualMachine is applied", **FITTED, driftPolicy=EVERYTHING_ENFORCED),
            *TAMPER,
            DELETE,
        ),
    ),
    Story(
        "what-somebody-changed-is-only-reported",
        (
            NETWORKS_TOO,
            applies("a VirtualMachine is applied", **FITTED, driftPolicy=EVERYTHING_REPORTED),
            *TAMPER,
            applies("its owner asks for other tags", **FITTED | {"tags": ["green"]}, driftPolicy=EVERYTHING_REPORTED),
            applies("its owner has all of it put right", **FITTED),
            DELETE,
        ),
    ),
    Story(
        "switched-off-by-somebody-and-left-so",
        (
            FURNISH,
            applies("a VirtualMachine is applied", driftPolicy={"power": "Report"}),
            TAMPER[-1],
            applies("its owner switches it off as well", driftPolicy={"power": "Report"}, powerState="Off"),
            applies("its owner starts it", driftPolicy={"power": "Report"}),
            DELETE,
        ),
    ),
    Story(
        "a-disk-that-nobody-described",
        (
            FURNISH,
            CREATE,
            somebody("somebody plugs a disk in", lambda person, machine: person.plug_disk(machine, "extra", GiB(5))),
            applies("its owner wants a disk too", disks=DISKS[:1]),
            somebody("somebody makes it larger", lambda person, machine: person.plug_disk(machine, "data", GiB(9))),
            applies("its owner tags the machine", disks=DISKS[:1], tags=["blue"]),
            DELETE,
        ),
    ),
    Story(
        "disks-come-go-and-come-back",
        (
            FURNISH,
            CREATE,
            applies("it is given two disks", disks=DISKS),
            applies("both are taken away", disks=[]),
            applies("both are given back", disks=DISKS),
            applies("one becomes larger while it runs", disks=[{**DISKS[0], "sizeGiB": 3, "expandPolicy": "Online"}]),
            DELETE,
        ),
    ),
    Story(
        "a-disk-that-grows-while-it-is-off",
        (
            FURNISH,
            applies("a VirtualMachine is applied", disks=DISKS[:1]),
            applies("its disk shall be larger", disks=[{"name": "data", "sizeGiB": 4}]),
            applies("it is switched off", disks=[{"name": "data", "sizeGiB": 4}], powerState="Off"),
            applies("it is started", disks=[{"name": "data", "sizeGiB": 4}]),
            DELETE,
        ),
    ),
    Story(
        "a-disk-that-shall-shrink",
        (
            FURNISH,
            applies("a VirtualMachine is applied", disks=DISKS[:1]),
            applies("its disk shall be smaller", disks=[{"name": "data", "sizeGiB": 1}]),
            applies("its owner thinks better of it", disks=DISKS[:1]),
            DELETE,
        ),
    ),
    Story(
        "networks-come-and-go",
        (
            NETWORKS_TOO,
            applies("a VirtualMachine is applied", networks=NICS[:1]),
            applies("it is given another network interface", networks=NICS),
            applies("the first one is taken away", networks=NICS[1:]),
            Step("its network moves to another bridge", lambda world: world.apply(network("dmz", libvirt=BRIDGE))),
            applies("it is given a hardware address", networks=[{**NICS[1], "macAddress": "52:54:00:00:00:07"}]),
            DELETE,
        ),
    ),
    Story(
        "its-image-is-edited",
        (
            FURNISH,
            CREATE,
            Step("the image has another source", lambda world: world.apply(vm_image(libvirt={"path": "debian-13"}))),
            applies("it is given more memory", resources={"memoryMiB": 8192}),
            DELETE,
        ),
    ),
    Story(
        "its-user-data-changes",
        (
            NETWORKS_TOO,
            applies("a VirtualMachine is applied", userData={"cloudInit": {"inline": "#cloud-config\n"}}),
            applies("its user data is another", userData={"cloudInit": {"inline": "#cloud-config\na: 1\n"}}),
            applies("its user data is as it was", userData={"cloudInit": {"inline": "#cloud-config\n"}}),
            DELETE,
        ),
    ),
    Story(
        "its-secret-changes",
        (
            NETWORKS_TOO,
            applies("a VirtualMachine is applied", userData={"cloudInit": {"secretRef": {"name": "seed"}}}),
            Step("the Secret changes", lambda world: world.apply(secret("seed", userdata=b"#cloud-config\na: 1\n"))),
            DELETE,
        ),
    ),
    Story(
        "network-data-that-no-guest-could-read",
        (
            FURNISH,
            applies("a VirtualMachine is applied", networkData={"cloudInit": {"inline": "- no mapping\n"}}),
            applies("its network data is mended", networkData={"cloudInit": {"inline": "version: 2\n"}}),
            applies("its network data is another", networkData={"cloudInit": {"inline": "version: 1\n"}}),
            DELETE,
        ),
    ),
    Story(
        "made-anew-with-what-changed",
        (
            FURNISH,
            CREATE,
            Step("the image has another source", lambda world: world.apply(vm_image(libvirt={"path": "debian-13"}))),
            somebody("somebody removes the machine", lambda person, machine: person.remove(machine)),
            Step("its owner looks", lambda world: world.apply(vm())),
            DELETE,
        ),
    ),
)
