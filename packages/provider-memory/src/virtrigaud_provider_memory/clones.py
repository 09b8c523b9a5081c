"""Copying a machine. A layer of a disk never changes, so a linked copy outlives its source."""

from dataclasses import replace

from virtrigaud_api.contract import CloneOrder, GuestData, MachineId, MachineSpec

from virtrigaud_provider_memory.capacity import check_room_to_store
from virtrigaud_provider_memory.checks import check, check_guest
from virtrigaud_provider_memory.create import check_name, new_machine
from virtrigaud_provider_memory.devices import disk_path
from virtrigaud_provider_memory.settings import MemorySettings
from virtrigaud_provider_memory.world import Disk, Keep, Machine, World, size_of


def check_order(world: World, settings: MemorySettings, source: Machine, order: CloneOrder) -> None:
    """Check a copy whose owner has none yet.

    Raises:
        InvalidSpec: The order can't be right.
        Unsupported: It asks for something that is not had here.
        Conflict: The name is taken.
    """
    spec = _spec(source, order)
    check(spec, settings)
    check_guest(spec.guest)
    check_name(world, order.name, order.owner)


def clone(world: World, settings: MemorySettings, source: Machine, order: CloneOrder) -> MachineId:
    """Make the copy, or return the one that the owner has meanwhile."""
    owned = world.owned_by(order.owner)
    if owned is not None:
        return owned.id
    check_order(world, settings, source, order)
    copy = _copy(world, source, order)
    check_room_to_store(world, settings, order.name, size_of(copy))
    world.apply(Keep(copy))
    return copy.id


def _copy(world: World, source: Machine, order: CloneOrder) -> Machine:
    spec = _spec(source, order)
    made = new_machine(world, spec, replace(source.body.disks[0], path=""))
    sources = {disk.name: disk for disk in source.body.disks}
    disks = tuple(_copied(made.id, disk, sources.get(disk.name, disk), linked=order.linked) for disk in made.body.disks)
    hostname = order.customization.hostname
    return replace(made, body=replace(made.body, disks=disks, hostname=hostname, customization=order.customization))


def _copied(machine: MachineId, disk: Disk, source: Disk, *, linked: bool) -> Disk:
    backing = source.path if linked else source.backing
    return replace(disk, path=disk_path(machine, disk.name), content=source.content, backing=backing)


def _spec(source: Machine, order: CloneOrder) -> MachineSpec:
    """Return what is wanted of the copy: the source's spec with everything that the order replaces."""
    spec, customization = source.body.spec, order.customization
    nics = customization.nics
    if nics is None:
        nics = tuple(replace(nic, mac=None, static=None) for nic in spec.nics)
    return replace(
        spec,
        owner=order.owner,
        name=order.name,
        hardware=order.hardware or spec.hardware,
        placement=order.placement,
        nics=nics,
        guest=spec.guest if customization.guest == GuestData() else customization.guest,
    )
