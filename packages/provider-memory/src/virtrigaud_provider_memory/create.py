"""Making a machine from a spec. The provider calls `check_creation` at the call and `make` at the effect."""

import time
from dataclasses import replace

from virtrigaud_api.contract import (
    BootSource,
    Conflict,
    ImportedDisk,
    InvalidSpec,
    MachineId,
    MachineSpec,
    NoCapacity,
    Owner,
    PowerState,
)

from virtrigaud_provider_memory.capacity import GIB, check_room_to_run, check_room_to_store
from virtrigaud_provider_memory.checks import check, check_boot, check_guest
from virtrigaud_provider_memory.devices import disk_path, fitted_disks, fitted_interfaces
from virtrigaud_provider_memory.power import started
from virtrigaud_provider_memory.settings import MemorySettings
from virtrigaud_provider_memory.world import ROOT_DISK, Body, Disk, Forget, Keep, Machine, World, size_of


def new_id(serial: int) -> MachineId:
    """Return the id of the machine with this serial number; no other machine ever has it."""
    return MachineId(f"vm-{serial}")


def image_name(boot: BootSource) -> str | None:
    """Return what a boot source is called here: the first of its fields that means something."""
    if isinstance(boot, ImportedDisk):
        return boot.disk_id
    return boot.template or boot.path or boot.url


def check_creation(world: World, settings: MemorySettings, spec: MachineSpec) -> None:
    """Check a spec whose owner has no machine yet.

    Raises:
        InvalidSpec: The spec can't be right.
        Unsupported: It asks for something that is not had here.
        NotFound: The image or another named thing does not exist.
        Conflict: The name is taken.
    """
    check(spec, settings)
    check_guest(spec.guest)
    check_boot(spec.boot, world, settings)
    check_name(world, spec.name, spec.owner)


def check_name(world: World, name: str, owner: Owner) -> None:
    """Check that no machine has the name.

    Raises:
        Conflict: It belongs to another owner, or to none.
    """
    taken = world.named(name)
    if taken is not None:
        raise Conflict(
            f"cannot make machine {name} for {owner}: machine {taken.id} of that name {_whose(taken, owner)}"
        )


def _whose(taken: Machine, owner: Owner) -> str:
    if taken.owner is None:
        return "was not made by us"
    if (taken.owner.namespace, taken.owner.name) == (owner.namespace, owner.name):
        return "belongs to an earlier object of that name"
    return f"belongs to {taken.owner}"


def make(world: World, settings: MemorySettings, spec: MachineSpec) -> MachineId:
    """Make the machine, or return the one that the owner has meanwhile."""
    owned = world.owned_by(spec.owner)
    if owned is not None:
        return owned.id
    check_creation(world, settings, spec)
    root, loose = _root_disk(world, settings, spec)
    machine = new_machine(world, replace(spec, starts=False), root)
    check_room_to_store(world, settings, spec.name, size_of(machine) - (loose.size_bytes if loose else 0))
    if spec.starts:
        machine = _started(world, settings, machine)
    world.apply(Keep(machine), *((Forget(loose),) if loose else ()))
    return machine.id


def new_machine(world: World, spec: MachineSpec, root: Disk) -> Machine:
    """Return a machine of this spec, powered off, with a serial number of its own."""
    serial = world.next_serial()
    machine = new_id(serial)
    root = replace(root, path=root.path or disk_path(machine, ROOT_DISK))
    bare = Body(
        spec=replace(spec, disks=(), nics=()),
        power=PowerState.OFF,
        disks=(root,),
        interfaces=fitted_interfaces(machine, spec.nics, ()),
    )
    body = replace(bare, spec=spec, disks=fitted_disks(machine, spec, bare).plugged)
    return Machine(id=machine, serial=serial, name=spec.name, owner=spec.owner, body=body)


def _started(world: World, settings: MemorySettings, machine: Machine) -> Machine:
    """Return the machine running; off where there is no room to run it, which `power` tells whoever asks for it."""
    try:
        check_room_to_run(world, settings, machine, machine.body.spec.hardware)
    except NoCapacity:
        return machine
    return started(machine, time.time())


def _root_disk(world: World, settings: MemorySettings, spec: MachineSpec) -> tuple[Disk, Disk | None]:
    """Return the root disk and, where it is an imported one, the loose disk that it stops being."""
    wanted = spec.hardware.root_disk
    if isinstance(spec.boot, ImportedDisk):
        loose = world.loose_disks[spec.boot.disk_id]
        return replace(loose, name=ROOT_DISK, type=wanted.type, storage=wanted.storage_class), loose
    image = image_name(spec.boot)
    if image is None:
        raise InvalidSpec("the image names no template, no path and no URL")
    prepared = world.images.get(image)
    return Disk(
        name=ROOT_DISK,
        path="",
        size_bytes=settings.image_size * GIB,
        content=prepared.content if prepared else image,
        type=wanted.type,
        storage=wanted.storage_class or spec.placement.datastore,
        backing=prepared.path if prepared else f"memory://images/{image}",
    ), None
