"""What a person does at the hypervisor behind the provider's back. For tests and demonstrations.

Nothing of the provider itself calls this.
"""

import time
from dataclasses import replace

from virtrigaud_api.contract import BootImage, Hardware, MachineId, MachineSpec, MiB, Owner, PowerState

from virtrigaud_provider_memory.create import new_machine
from virtrigaud_provider_memory.power import started, stopped
from virtrigaud_provider_memory.world import ROOT_DISK, Disk, Forget, Keep, World


class Administrator:
    """Somebody with a console of the hypervisor, to whom no rule of ours applies."""

    def __init__(self, world: World) -> None:
        self._world = world

    def make(self, name: str) -> MachineId:
        """Make a machine that belongs to nobody of ours."""
        spec = MachineSpec(
            owner=Owner("", name, ""), name=name, hardware=Hardware(cpus=1, memory=MiB(512)), boot=BootImage()
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

    def set_power(self, machine: MachineId, power: PowerState) -> None:
        """Bring a machine to a power state, also to one that no verb of the port leads to."""
        found = self._world.require(machine)
        match power:
            case PowerState.OFF | PowerState.CRASHED:
                found = stopped(found)
            case PowerState.ON | PowerState.SUSPENDED | PowerState.UNKNOWN:
                found = started(found, time.time())
        self._world.apply(Keep(replace(found, body=replace(found.body, power=power))))
