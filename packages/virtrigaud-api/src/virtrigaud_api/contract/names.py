"""What providers call the things that they make: opaque to everybody else."""

from typing import NewType

TaskRef = NewType("TaskRef", str)
"""The provider's name of a running or ended task."""

MachineId = NewType("MachineId", str)
"""The hypervisor's stable name of a machine (UUID, managed object id, VMID)."""
