"""Disks: the root disk, data disks on virtio or on a SCSI controller, and the seed as a CD-ROM.

The seed's CD-ROM hangs on virtio-scsi, which every cloud kernel can read; AHCI is missing in some.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from string import ascii_lowercase
from xml.etree import ElementTree as ET

from virtrigaud_api.contract import DataDisk, ScsiController

from virtrigaud_provider_libvirt.domain_xml.document import attribute_of, element

ROOT_TARGET, SEED_TARGET = "vda", "sda"
_SEED_CONTROLLER = 0
_MODELS = {
    ScsiController.LSI_LOGIC: "lsilogic",
    ScsiController.BUS_LOGIC: "buslogic",
    ScsiController.LSI_LOGIC_SAS: "lsisas1068",
    ScsiController.PVSCSI: "vmpvscsi",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskFile:
    """Where the bytes of a disk are."""

    path: str
    format: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a disk is in the guest: its device name, and its number on its SCSI controller."""

    device: str
    scsi: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Places that other disks have: device names, and pairs of SCSI controller and number on it."""

    devices: frozenset[str] = frozenset({ROOT_TARGET, SEED_TARGET})
    scsi: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedDisk:
    """A data disk with its file and its place in the guest."""

    disk: DataDisk
    file: DiskFile
    target: Target


def root(file: DiskFile, iops: int | None) -> ET.Element:
    """The disk that the machine boots from."""
    limit = () if iops is None else (element("iotune", None, element("total_iops_sec", text=str(iops))),)
    return _disk(file, element("target", {"dev": ROOT_TARGET, "bus": "virtio"}), *limit)


def data(attached: AttachedDisk) -> ET.Element:
    """A data disk; its serial number tells the guest its name."""
    serial = element("serial", text=attached.disk.name[:20])
    if attached.disk.scsi is None:
        return _disk(attached.file, element("target", {"dev": attached.target.device, "bus": "virtio"}), serial)
    target = element("target", {"dev": attached.target.device, "bus": "scsi"})
    return _disk(attached.file, target, serial, _address(_controller_index(attached.disk), attached.target.scsi))


def bus_of(disk: DataDisk) -> str:
    """The bus that a data disk shall be on, with the number of its controller."""
    return "virtio" if disk.scsi is None else f"scsi {_controller_index(disk)}"


def bus_of_device(device: ET.Element) -> str:
    """The bus that a `<disk>` is on, with the number of its controller."""
    bus = attribute_of(device, "target", "bus")
    return f"{bus} {attribute_of(device, 'address', 'controller')}" if bus == "scsi" else bus


def seed(path: str) -> ET.Element:
    """The cloud-init seed."""
    return element(
        "disk",
        {"type": "file", "device": "cdrom"},
        element("driver", {"name": "qemu", "type": "raw"}),
        element("source", {"file": path}),
        element("target", {"dev": SEED_TARGET, "bus": "scsi"}),
        element("readonly"),
        _address(_SEED_CONTROLLER, 0),
    )


def controllers(disks: Iterable[DataDisk]) -> tuple[ET.Element, ...]:
    """The SCSI controllers: the seed's, then those that disks ask for; libvirt wants no gap between them."""
    models = {_SEED_CONTROLLER: "virtio-scsi"}
    for disk in disks:
        if disk.scsi is not None:
            models.setdefault(_controller_index(disk), _MODELS[disk.scsi.model])
    return tuple(_controller(index, models.get(index, "virtio-scsi")) for index in range(max(models) + 1))


def place(disks: Iterable[DataDisk], taken: Taken) -> Iterator[tuple[DataDisk, Target]]:
    """Give each disk a device name and, on a SCSI controller, a number that no other has."""
    devices, numbers = set(taken.devices), set(taken.scsi)
    for disk in disks:
        device = _free_target("vd" if disk.scsi is None else "sd", devices)
        devices.add(device)
        number = 0
        if disk.scsi is not None:
            controller = _controller_index(disk)
            number = next(free for free in count() if (controller, free) not in numbers)
            numbers.add((controller, number))
        yield disk, Target(device=device, scsi=number)


def _free_target(prefix: str, used: set[str]) -> str:
    names = (*ascii_lowercase, *(first + second for first in ascii_lowercase for second in ascii_lowercase))
    return next(f"{prefix}{letters}" for letters in names if f"{prefix}{letters}" not in used)


def _controller_index(disk: DataDisk) -> int:
    return _SEED_CONTROLLER + 1 + (disk.scsi.controller or 0 if disk.scsi is not None else 0)


def _controller(index: int, model: str) -> ET.Element:
    return element("controller", {"type": "scsi", "index": str(index), "model": model})


def _address(controller: int, target: int) -> ET.Element:
    place = {"controller": str(controller), "bus": "0", "target": str(target), "unit": "0"}
    return element("address", {"type": "drive", **place})


def _disk(file: DiskFile, *children: ET.Element) -> ET.Element:
    driver = {"name": "qemu", "type": file.format, "discard": "unmap"}
    source = (element("driver", driver), element("source", {"file": file.path}))
    return element("disk", {"type": "file", "device": "disk"}, *source, *children)
