"""What a person does at the hypervisor behind the provider's back. For tests and demonstrations.

Nothing of the provider itself calls this.
"""

import time
from dataclasses import replace

from virtrigaud_api.contract import (
    BootImage,
    GiB,
    Hardware,
    MachineId,
    MachineSpec,
    MiB,
    Nic,
    Owner,
    Placement,
    PowerState,
    SnapshotOrder,
)

from virtrigaud_provider_memory.capacity import GIB
from virtrigaud_provider_memory.create import new_machine
from virtrigaud_provider_memory.devices import disk_path, stable_mac
from virtrigaud_provider_memory.power import started, stopped
from virtrigaud_provider_memory.snapshots import with_snapshot
from virtrigaud_provider_memory.world import ROOT_DISK, Body, Disk, Forget, Interface, Keep, World


class Administrator:
    """Somebody with a console of the hypervisor, to whom no rule of ours applies.

    Attributes:
        commands: What guests ran through their agents, in the order in which it ended.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.commands: list[tuple[MachineId, tuple[str, ...]]] = []

    def make(
        self, name: str, *, cpus: int = 1, memory: int = 512, tags: tuple[str, ...] = (), folder: str | None = None
    ) -> MachineId:
        """Make a machine that belongs to nobody of ours, with so many CPUs and so much memory in MiB."""
        spec = MachineSpec(
            owner=Owner("", name, ""),
            name=name,
            hardware=Hardware(cpus=cpus, memory=MiB(memory)),
            boot=BootImage(),
            nics=(Nic(name="net0"),),
            placement=Placement(folder=folder),
            tags=tags,
        )
        machine = new_machine(self._world, spec, Disk(name=ROOT_DISK, path="", size_bytes=2**30, content=""))
        self._world.apply(Keep(replace(machine, owner=None)))
        return machine.id

    def remove(self, machine: MachineId) -> None:
        """Remove a machine."""
        self._world.apply(Forget(self._world.require(machine)))

    def rename(self, machine: MachineId, name: str) -> None:
        """Give a machine another name."""
        self._world.apply(Keep(replace(self._world.require(machine), name=name)))

    def resize(self, machine: MachineId, *, cpus: int, memory: MiB) -> None:
        """Give a machine other CPUs and memory."""
        body = self._world.require(machine).body
        hardware = replace(body.spec.hardware, cpus=cpus, memory=memory)
        run = None if body.run is None else replace(body.run, hardware=hardware)
        self._keep(machine, replace(body, spec=replace(body.spec, hardware=hardware), run=run))

    def tag(self, machine: MachineId, *tags: str) -> None:
        """Give a machine these tags and no others."""
        body = self._world.require(machine).body
        self._keep(machine, replace(body, spec=replace(body.spec, tags=tags)))

    def move(self, machine: MachineId, host: str) -> None:
        """Move a machine to another host."""
        body = self._world.require(machine).body
        placement = replace(body.spec.placement, host=host)
        self._keep(machine, replace(body, spec=replace(body.spec, placement=placement)))

    def plug_disk(self, machine: MachineId, name: str, size: GiB) -> None:
        """Plug in a disk, or plug in a larger one in its place."""
        body = self._world.require(machine).body
        kept = {disk.name: disk for disk in body.disks}
        disk = kept.get(name, Disk(name=name, path=disk_path(machine, name), size_bytes=0, content=""))
        kept[name] = replace(disk, size_bytes=size * GIB)
        self._keep(machine, replace(body, disks=tuple(kept.values())))

    def unplug_disk(self, machine: MachineId, name: str) -> None:
        """Take a disk out, with its content."""
        body = self._world.require(machine).body
        self._keep(machine, replace(body, disks=tuple(disk for disk in body.disks if disk.name != name)))

    def plug_nic(self, machine: MachineId, nic: Nic) -> None:
        """Plug in a network interface, or connect the one of that name differently."""
        body = self._world.require(machine).body
        kept = {interface.nic.name: interface for interface in body.interfaces}
        former = kept.get(nic.name)
        mac = nic.mac or (former.mac if former is not None else stable_mac(machine, nic.name))
        kept[nic.name] = Interface(nic=nic, mac=mac)
        self._keep(machine, replace(body, interfaces=tuple(kept.values())))

    def unplug_nic(self, machine: MachineId, name: str) -> None:
        """Take a network interface out."""
        body = self._world.require(machine).body
        kept = tuple(interface for interface in body.interfaces if interface.nic.name != name)
        self._keep(machine, replace(body, interfaces=kept))

    def take_snapshot(self, machine: MachineId, name: str, *, memory: bool = False) -> None:
        """Take a snapshot of a machine."""
        order = SnapshotOrder(name=name, memory=memory)
        self._world.apply(Keep(with_snapshot(self._world.require(machine), order, time.time())))

    def set_power(self, machine: MachineId, power: PowerState) -> None:
        """Bring a machine to a power state, also to one that no verb of the port leads to."""
        found = self._world.require(machine)
        match power:
            case PowerState.OFF | PowerState.CRASHED:
                found = stopped(found)
            case PowerState.ON | PowerState.SUSPENDED | PowerState.UNKNOWN:
                found = started(found, time.time())
        self._world.apply(Keep(replace(found, body=replace(found.body, power=power))))

    def _keep(self, machine: MachineId, body: Body) -> None:
        self._world.apply(Keep(replace(self._world.require(machine), body=body)))
