"""The hypervisor: the world under its settings and the clock, and what it tells its watchers.

The provider submits these changes as deeds. Functions that end in "-ed" only compute: the provider
calls them first, so that what can't be is refused at the call and not in the task.
"""

import asyncio
import time
from collections.abc import Callable

from virtrigaud_api.contract import (
    MachineEvent,
    MachineEventKind,
    MachineId,
    MachineSpec,
    MachineState,
    PowerState,
    PowerVerb,
    SnapshotId,
    Unsupported,
    WrongState,
)

from virtrigaud_provider_memory import create, power, reconfigure, snapshots
from virtrigaud_provider_memory.capacity import check_room_to_run, check_room_to_store
from virtrigaud_provider_memory.checks import check
from virtrigaud_provider_memory.describe import state_of
from virtrigaud_provider_memory.guest import address_delay
from virtrigaud_provider_memory.settings import MemorySettings
from virtrigaud_provider_memory.world import Change, Forget, Keep, Machine, World, size_of, started_at


class Hypervisor:
    """Changes machines and tells of it."""

    def __init__(self, world: World, settings: MemorySettings, publish: Callable[[MachineEvent], None]) -> None:
        self._world = world
        self._settings = settings
        self._publish = publish
        world.on_change(self._tell)

    def seen(self, machine: Machine) -> MachineState:
        """Return what is seen of the machine now."""
        return state_of(machine, self._settings, time.time())

    def powered(self, machine: Machine, verb: PowerVerb) -> Machine:
        """Return the machine after the verb; the same one when it is there already.

        Raises:
            Unsupported: It is to be suspended, and that is not had here.
            WrongState: It is to be rebooted or suspended and does not run.
            NoCapacity: There is no room to run it.
        """
        state = machine.body.power
        match verb:
            case PowerVerb.OFF | PowerVerb.SHUTDOWN:
                return machine if state is PowerState.OFF else power.stopped(machine)
            case PowerVerb.ON if state is PowerState.ON:
                return machine
            case PowerVerb.SUSPEND if not self._settings.suspend:
                raise Unsupported(f"cannot suspend machine {machine.name}: machines can't be suspended here")
            case PowerVerb.SUSPEND if state is PowerState.SUSPENDED:
                return machine
            case PowerVerb.REBOOT | PowerVerb.SUSPEND if state is not PowerState.ON:
                raise WrongState(f"cannot {verb} machine {machine.name}: it is {state}")
            case PowerVerb.SUSPEND:
                return power.suspended(machine)
            case PowerVerb.ON | PowerVerb.REBOOT:
                pass
        check_room_to_run(self._world, self._settings, machine, machine.body.spec.hardware)
        change = power.started if verb is PowerVerb.ON else power.restarted
        return change(machine, time.time())

    def made(self, spec: MachineSpec) -> MachineId:
        """Make a machine, and start it where that is asked for and there is room."""
        machine = create.make(self._world, self._settings, spec)
        self._announce_addresses_of(self._world.require(machine))
        return machine

    def set_power(self, machine: MachineId, verb: PowerVerb) -> MachineId:
        """Change the power state."""
        found = self._world.require(machine)
        changed = self.powered(found, verb)
        if changed is not found:
            self.keep(changed)
            self._announce_addresses_of(changed)
        return machine

    def end_run(self, machine: MachineId, run: float | None) -> MachineId:
        """Power the machine off unless it is gone, or runs anew since the shutdown was asked for."""
        found = self._world.machines.get(machine)
        if found is None or started_at(found) != run:
            return machine
        return self.set_power(machine, PowerVerb.SHUTDOWN)

    def reconfigured(self, machine: MachineId, spec: MachineSpec) -> Machine:
        """Return the machine with the new spec.

        Raises:
            NotFound: The machine, or something that the spec names, does not exist.
            InvalidSpec: A disk would shrink, the boot source would change, or the spec can't be right.
            Unsupported: The spec asks for something that is not had here.
            NoCapacity: There is no room for it.
        """
        found = self._world.require(machine)
        check(spec, self._settings)
        changed = reconfigure.reconfigured(found, spec, online=self._settings.reconfigure_online)
        check_room_to_store(self._world, self._settings, found.name, size_of(changed) - size_of(found))
        return self._with_room(changed)

    def reverted(self, machine: MachineId, snapshot: SnapshotId) -> Machine:
        """Return the machine as it was at the snapshot.

        Raises:
            NotFound: The machine or the snapshot does not exist.
            NoCapacity: There is no room to run it.
        """
        return self._with_room(snapshots.reverted(self._world.require(machine), snapshot, time.time()))

    def keep(self, machine: Machine) -> MachineId:
        """Put the machine in the place of what it was."""
        self._world.apply(Keep(machine))
        return machine.id

    def forget(self, machine: MachineId) -> MachineId:
        """Remove the machine, if it is there."""
        found = self._world.machines.get(machine)
        if found is not None:
            self._world.apply(Forget(found))
        return machine

    def announce_addresses(self) -> None:
        """Tell of each guest that is still booting when it has taken its addresses."""
        for machine in self._world.machines.values():
            self._announce_addresses_of(machine)

    def _announce_addresses_of(self, machine: Machine) -> None:
        run, delay = machine.body.run, address_delay(machine, self._settings).total_seconds()
        if run is not None and delay:
            remaining = run.started + delay - time.time()
            if remaining > 0:
                asyncio.get_running_loop().call_later(remaining, self._tell_of, machine.id)

    def _with_room(self, machine: Machine) -> Machine:
        if machine.body.run is not None:
            check_room_to_run(self._world, self._settings, machine, machine.body.run.hardware)
        return machine

    def _tell_of(self, machine: MachineId) -> None:
        found = self._world.machines.get(machine)
        if found is not None:
            self._tell(Keep(found))

    def _tell(self, change: Change) -> None:
        machine = change.thing
        if not isinstance(machine, Machine):
            return
        if isinstance(change, Keep):
            event = MachineEvent(kind=MachineEventKind.CHANGED, machine=machine.id, state=self.seen(machine))
        else:
            event = MachineEvent(kind=MachineEventKind.GONE, machine=machine.id)
        self._publish(event)
