"""A machine as the world outside sees it."""

from virtrigaud_api.contract import DiskState, MachineState, NicState

from virtrigaud_provider_memory.facts import facts_of
from virtrigaud_provider_memory.guest import address_of, has_agent, is_up
from virtrigaud_provider_memory.reconfigure import restart_is_pending
from virtrigaud_provider_memory.settings import MemorySettings
from virtrigaud_provider_memory.world import Machine


def state_of(machine: Machine, settings: MemorySettings, now: float) -> MachineState:
    """Return what is seen of the machine at this moment (seconds since the epoch)."""
    body = machine.body
    hardware = body.run.hardware if body.run is not None else body.spec.hardware
    up = is_up(machine, settings, now)
    nics = tuple(
        NicState(
            name=interface.nic.name,
            mac=interface.mac,
            addresses=(address_of(machine, index),) if up else (),
        )
        for index, interface in enumerate(body.interfaces)
    )
    return MachineState(
        id=machine.id,
        name=machine.name,
        owner=machine.owner,
        power=body.power,
        cpus=hardware.cpus,
        memory=hardware.memory,
        addresses=tuple(address for nic in nics for address in nic.addresses),
        hostname=body.hostname if up and has_agent(machine) else None,
        console_url=f"memory://console/{machine.id}" if body.run is not None else None,
        nics=nics,
        disks=tuple(
            DiskState(id=disk.name, path=disk.path, size_bytes=disk.size_bytes, format=disk.format)
            for disk in body.disks
        ),
        pending_restart=restart_is_pending(body),
        raw=facts_of(machine),
    )
