"""A machine as the world outside sees it."""

from virtrigaud_api.contract import DiskState, MachineState, NicState

from virtrigaud_provider_memory.facts import facts_of
from virtrigaud_provider_memory.guest import address_of, has_agent, is_up
from virtrigaud_provider_memory.reconfigure import restart_is_pending
from virtrigaud_provider_memory.settings import MemorySettings
from virtrigaud_provider_memory.world import ROOT_DISK, Body, Machine


def state_of(machine: Machine, settings: MemorySettings, now: float) -> MachineState:
    """Return what is seen of the machine at this moment (seconds since the epoch)."""
    body = machine.body
    hardware = body.run.hardware if body.run is not None else body.spec.hardware
    described = {nic.name for nic in body.spec.nics}
    up = is_up(machine, settings, now)
    nics = tuple(
        NicState(
            name=interface.nic.name,
            mac=interface.mac,
            addresses=(address_of(machine, index),) if up else (),
            network=interface.nic.network,
            bridge=interface.nic.bridge,
            vlan=interface.nic.vlan,
            model=interface.nic.model,
            is_described=interface.nic.name in described,
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
        disks=_disks(body),
        pending_restart=restart_is_pending(body),
        tags=body.spec.tags,
        placement=body.spec.placement,
        is_complete=machine.owner is not None,
        raw=facts_of(machine),
    )


def _disks(body: Body) -> tuple[DiskState, ...]:
    described = {disk.name for disk in body.spec.disks}
    return tuple(
        DiskState(
            id=disk.name,
            path=disk.path,
            size_bytes=disk.size_bytes,
            format=disk.format,
            name=disk.name if disk.name in described else "",
            is_root=disk.name == ROOT_DISK,
        )
        for disk in body.disks
    )
