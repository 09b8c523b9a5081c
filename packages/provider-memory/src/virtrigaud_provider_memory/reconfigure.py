"""Bringing a machine to a changed spec. Pure: returns the machine as it is afterwards."""

from dataclasses import replace

from virtrigaud_api.contract import Hardware, InvalidSpec, MachineSpec

from virtrigaud_provider_memory.capacity import GIB
from virtrigaud_provider_memory.create import image_name
from virtrigaud_provider_memory.devices import fitted_disks, fitted_interfaces
from virtrigaud_provider_memory.world import Body, Machine, Run


def reconfigured(machine: Machine, spec: MachineSpec, *, online: bool) -> Machine:
    """Return the machine with the new spec.

    A running guest gains CPUs and memory at once where `online` allows it; whatever else of its
    hardware changed waits for the next start. Name, owner and guest data are given once, at creation.

    Raises:
        InvalidSpec: A disk would shrink, or the boot source would change.
    """
    body = machine.body
    before, after = image_name(body.spec.boot), image_name(spec.boot)
    if before is not None and after != before:
        raise InvalidSpec(f"the boot source of machine {machine.name} is {before} and can't become {after}")
    disks = fitted_disks(machine.id, spec, body)
    body = replace(
        body,
        spec=replace(
            spec, name=body.spec.name, owner=body.spec.owner, guest=body.spec.guest, boot=body.spec.boot, starts=False
        ),
        disks=disks.plugged,
        shelved=disks.shelved,
        interfaces=fitted_interfaces(machine.id, spec.nics, body.interfaces, body.spec.nics),
        run=_run_after(body.run, spec.hardware, online=online),
    )
    return replace(machine, body=body)


def restart_is_pending(body: Body) -> bool:
    """Tell whether the guest that runs, or was suspended, lacks something that the spec has."""
    if body.run is None:
        return False
    sizes = {disk.name: disk.size_bytes for disk in body.disks}
    grown = all(sizes.get(wanted.name, 0) >= wanted.size * GIB for wanted in body.spec.disks if wanted.name in sizes)
    return not grown or _fixed_at_start(body.run.hardware) != _fixed_at_start(body.spec.hardware)


def _run_after(run: Run | None, wanted: Hardware, *, online: bool) -> Run | None:
    if run is None or not online:
        return run
    cpus, memory = max(run.hardware.cpus, wanted.cpus), max(run.hardware.memory, wanted.memory)
    return replace(run, hardware=replace(run.hardware, cpus=cpus, memory=memory))


def _fixed_at_start(hardware: Hardware) -> Hardware:
    """Return the hardware without what takes effect while the guest runs."""
    fresh = Hardware(cpus=1, memory=hardware.memory)
    return replace(
        hardware, root_disk=fresh.root_disk, guest_tools=fresh.guest_tools, limits=fresh.limits, extra=fresh.extra
    )
