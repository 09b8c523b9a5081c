"""How much a VirtualMachine takes of what a ResourceQuota can limit. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from virtrigaud_api.quantity import GIB, MIB
from virtrigaud_api.v1beta1 import VirtualMachine, VMClass, keys
from virtrigaud_api.v1beta1.machine_resources import MachineResources


class Limited(StrEnum):
    """What a ResourceQuota can limit, by the keys of its `spec.hard`."""

    MACHINES = keys.QUOTA_MACHINES
    CPUS = keys.QUOTA_CPUS
    MEMORY = keys.QUOTA_MEMORY
    DISK = keys.QUOTA_DISK


@dataclass(frozen=True, slots=True)
class Amounts:
    """Numbers of machines and CPUs, and sizes in bytes."""

    machines: int = 0
    cpus: int = 0
    memory_bytes: int = 0
    disk_bytes: int = 0

    def __add__(self, other: "Amounts") -> "Amounts":
        """Add each amount."""
        return Amounts(
            self.machines + other.machines,
            self.cpus + other.cpus,
            self.memory_bytes + other.memory_bytes,
            self.disk_bytes + other.disk_bytes,
        )

    def __sub__(self, other: "Amounts") -> "Amounts":
        """Take each amount away."""
        return Amounts(
            self.machines - other.machines,
            self.cpus - other.cpus,
            self.memory_bytes - other.memory_bytes,
            self.disk_bytes - other.disk_bytes,
        )

    def of(self, limited: Limited) -> int:
        """Return one of the amounts."""
        match limited:
            case Limited.MACHINES:
                return self.machines
            case Limited.CPUS:
                return self.cpus
            case Limited.MEMORY:
                return self.memory_bytes
            case Limited.DISK:
                return self.disk_bytes


NOTHING: Final = Amounts()
_SUFFIXES: Final[Mapping[str, int]] = {"Ti": GIB * 1024, "Gi": GIB, "Mi": MIB}


def taken_by(vm: VirtualMachine, vm_class: VMClass | None) -> Amounts:
    """Say what a machine takes: by its spec, and by its class where the spec says nothing.

    The size of a root disk counts where the class or the imported disk states it; an image's own does not.
    """
    spec, wanted = vm.spec, vm.spec.resources or MachineResources()
    cpus = wanted.cpu or (vm_class.spec.cpu if vm_class is not None else 0)
    memory = wanted.memory_mib or (vm_class.spec.memory.mib if vm_class is not None else 0)
    data = sum(disk.size_gib for disk in spec.disks)
    return Amounts(1, cpus, memory * MIB, (_root_gib(vm, vm_class) + data) * GIB)


def spelled(limited: Limited, amount: int) -> str:
    """Write an amount as Kubernetes does."""
    if limited in (Limited.MACHINES, Limited.CPUS):
        return str(amount)
    suffix = next((suffix for suffix, size in _SUFFIXES.items() if amount and amount % size == 0), "")
    return f"{amount // _SUFFIXES[suffix]}{suffix}" if suffix else str(amount)


def _root_gib(vm: VirtualMachine, vm_class: VMClass | None) -> int:
    imported = vm.spec.imported_disk
    if imported is not None:
        return imported.size_gib or 0
    defaults = vm_class.spec.disk_defaults if vm_class is not None else None
    return defaults.size.gib if defaults is not None else 0
