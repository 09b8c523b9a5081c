"""The machines that the suite makes: small ones, with names of their own, adjustable by options.

A real hypervisor needs to be told which image, network and storage it has; nothing else here knows it.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Final

from virtrigaud_api.contract import (
    BootImage,
    CloneOrder,
    GiB,
    Hardware,
    MachineSpec,
    MiB,
    Nic,
    Owner,
    RootDisk,
)

NAMESPACE: Final = "conformance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Specimens:
    """Makes specs that the hypervisor under test can run.

    Attributes:
        image: An image that exists and boots.
        image_url: Where an image can be fetched that boots; None where none is known.
        network: Network of the NICs; None for the provider's default or for `bridge`.
        staging: Address of a staging place that the provider can write, without a file name.
        run: Part of every name, so that runs on one hypervisor do not meet.
    """

    image: BootImage
    image_url: str | None = None
    network: str | None = None
    bridge: str | None = None
    cpus: int = 1
    memory: MiB = MiB(256)
    root_disk: RootDisk = RootDisk()
    staging: str = "pvc://conformance"
    run: str = field(default_factory=lambda: secrets.token_hex(3))
    _numbers: Iterator[int] = field(default_factory=lambda: count(1), repr=False)

    def name(self) -> str:
        """Return a name that nothing else has."""
        return f"conformance-{self.run}-{next(self._numbers)}"

    def owner(self, name: str) -> Owner:
        """Return an object that never owned anything."""
        return Owner(NAMESPACE, name, f"{self.run}-{secrets.token_hex(8)}")

    def nic(self, name: str = "net0") -> Nic:
        """Return a NIC on the network that is there."""
        return Nic(name=name, network=self.network, bridge=self.bridge)

    def hardware(self) -> Hardware:
        """Return the smallest hardware that the image runs on."""
        return Hardware(cpus=self.cpus, memory=self.memory, root_disk=self.root_disk)

    def spec(self) -> MachineSpec:
        """Return a machine with one NIC, of an owner and a name of its own."""
        name = self.name()
        return MachineSpec(
            owner=self.owner(name), name=name, hardware=self.hardware(), boot=self.image, nics=(self.nic(),)
        )

    def clone_order(self, *, linked: bool = False) -> CloneOrder:
        """Return a copy of an owner and a name of its own."""
        name = self.name()
        return CloneOrder(owner=self.owner(name), name=name, linked=linked)

    def absent_image(self) -> BootImage:
        """Return an image like the one that exists, which does not."""
        image = self.image
        return replace(
            image,
            template=image.template and f"{image.template}-absent",
            path=image.path and f"{image.path}-absent",
            url=image.url and f"{image.url}-absent",
        )


def larger(hardware: Hardware, *, cpus: int = 0, memory: int = 0) -> Hardware:
    """Return the hardware with more CPUs and MiB."""
    return replace(hardware, cpus=hardware.cpus + cpus, memory=MiB(hardware.memory + memory))


def with_root_disk(hardware: Hardware, size_bytes: int) -> Hardware:
    """Return the hardware with a root disk of at least so many bytes."""
    return replace(hardware, root_disk=replace(hardware.root_disk, size=GiB(-(-size_bytes // 2**30))))
