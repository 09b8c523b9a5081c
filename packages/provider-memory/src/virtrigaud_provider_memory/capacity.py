"""How much the hypervisor can carry. Without limits in the settings nothing is counted."""

from typing import Final

from virtrigaud_api.contract import Hardware, NoCapacity

from virtrigaud_provider_memory.settings import MemorySettings
from virtrigaud_provider_memory.world import Machine, World

GIB: Final = 2**30


def check_room_to_run(world: World, settings: MemorySettings, machine: Machine, hardware: Hardware) -> None:
    """Check that the machine can run with this hardware beside all others that run.

    Raises:
        NoCapacity: CPUs or memory do not suffice.
    """
    if settings.capacity_cpus is None and settings.capacity_memory is None:
        return
    others = [other.body.run.hardware for other in world.machines.values() if other.body.run and other.id != machine.id]
    for what, limit, needed, used in (
        ("CPUs", settings.capacity_cpus, hardware.cpus, sum(other.cpus for other in others)),
        ("MiB of memory", settings.capacity_memory, hardware.memory, sum(other.memory for other in others)),
    ):
        if limit is not None and used + needed > limit:
            raise NoCapacity(
                f"no room to run machine {machine.name}: {used} of {limit} {what} are used, {needed} needed"
            )


def check_room_to_store(world: World, settings: MemorySettings, machine: str, more_bytes: int) -> None:
    """Check that the disks can grow by so many bytes.

    Raises:
        NoCapacity: The storage does not suffice.
    """
    if settings.capacity_disk is None or more_bytes <= 0:
        return
    disks = [disk for other in world.machines.values() for disk in (*other.body.disks, *other.body.shelved)] + list(
        world.loose_disks.values()
    )
    used = sum(disk.size_bytes for disk in disks)
    if used + more_bytes > settings.capacity_disk * GIB:
        raise NoCapacity(
            f"no room to store the disks of machine {machine}: {used / GIB:.1f} of {settings.capacity_disk} GiB "
            f"are used, {more_bytes / GIB:.1f} GiB more needed"
        )
