"""CPUs, memory and GPUs of one virtual machine, over and above its class."""

from typing import Annotated

from pydantic import Field, StringConstraints

from virtrigaud_api.v1beta1.kube_model import KubeModel
from virtrigaud_api.v1beta1.scalars import Int32, Int64

MOST_CPUS = 128
LEAST_MEMORY_MIB, MOST_MEMORY_MIB = 128, 1048576


class Gpu(KubeModel):
    """GPUs of a virtual machine."""

    count: Int32 = Field(ge=1, le=8)
    """How many."""
    type: Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9-_]+$")] | None = None
    """Model or profile, by the provider's name for it."""
    memory: Int64 | None = Field(default=None, ge=512)
    """Memory of each GPU in MiB."""


class MachineResources(KubeModel):
    """Resources of a virtual machine."""

    cpu: Int32 | None = Field(default=None, ge=1, le=MOST_CPUS)
    """Number of virtual CPUs."""
    memory_mib: Int64 | None = Field(default=None, ge=LEAST_MEMORY_MIB, le=MOST_MEMORY_MIB)
    """Memory in MiB."""
    gpu: Gpu | None = None
    """GPUs."""
