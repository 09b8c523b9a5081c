"""Every field of `MachineSpec`, each with a value that is not its default.

The fields are found by looking at the dataclasses, so that a new one can't be forgotten: the suite
fails until it has a value here. Used by `suite/test_fields`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from virtrigaud_api.contract import (
    Checksum,
    ChecksumType,
    DataDisk,
    DiskType,
    Firmware,
    GiB,
    Gpus,
    GuestTools,
    HyperThreading,
    KeyProvider,
    LatencySensitivity,
    MachineSpec,
    Nic,
    Route,
    Scsi,
    ScsiController,
    SharedBus,
    StaticAddress,
    TpmVersion,
)

IDENTITY: Final = frozenset({"owner", "name"})
"""Fields that say which machine it is; tests of their own cover them."""

SOURCE: Final = frozenset({"boot.template", "boot.path", "boot.url", "boot.disk_id"})
"""Fields that say where the root disk comes from; most tests of the suite cover them."""

LEFT_ASIDE: Final = frozenset({"starts"})
"""Fields that a provider may leave aside without a word; `suite/test_starts` covers them."""

VALUES: Final[Mapping[str, object]] = {
    "hardware.cpus": 2,
    "hardware.memory": 320,
    "hardware.firmware": Firmware.UEFI,
    "hardware.root_disk.size": GiB(40),
    "hardware.root_disk.type": DiskType.THIN,
    "hardware.root_disk.iops": 500,
    "hardware.root_disk.storage_class": "conformance-storage",
    "hardware.performance.latency": LatencySensitivity.HIGH,
    "hardware.performance.cpu_hot_add": True,
    "hardware.performance.memory_hot_add": True,
    "hardware.performance.virtualization_based_security": True,
    "hardware.performance.nested_virtualization": True,
    "hardware.performance.hyper_threading": HyperThreading.AVOID,
    "hardware.security.secure_boot": True,
    "hardware.security.tpm": TpmVersion.TPM_2_0,
    "hardware.security.iommu": True,
    "hardware.security.encryption.enabled": True,
    "hardware.security.encryption.required": True,
    "hardware.security.encryption.key_provider": KeyProvider.STANDARD,
    "hardware.limits.cpu_limit": 2000,
    "hardware.limits.cpu_reservation": 100,
    "hardware.limits.cpu_shares": 2048,
    "hardware.limits.memory_limit": 4096,
    "hardware.limits.memory_reservation": 64,
    "hardware.guest_tools": GuestTools.SKIP,
    "hardware.gpus.count": 1,
    "hardware.gpus.type": "conformance-gpu",
    "hardware.gpus.memory": 1024,
    "hardware.extra": {"conformance.noSuchKey": "1"},
    "boot.format": "qcow2",
    "boot.checksum.type": ChecksumType.SHA512,
    "boot.checksum.hex": "0" * 64,
    "boot.pool": "conformance-storage",
    "nics.name": "uplink",
    "nics.network": "conformance-network",
    "nics.bridge": "conformance-br",
    "nics.vlan": 42,
    "nics.model": "e1000",
    "nics.mac": "02:00:00:c0:f0:01",
    "nics.static.address": "192.0.2.77",
    "nics.static.prefix": 25,
    "nics.static.gateway": "192.0.2.1",
    "nics.static.dns": ("192.0.2.53",),
    "nics.static.routes.destination": "198.51.100.0/24",
    "nics.static.routes.gateway": "192.0.2.3",
    "nics.static.routes.metric": 50,
    "nics.name_servers": ("192.0.2.54",),
    "nics.search": ("conformance.example",),
    "nics.pci_slot": 160,
    "nics.mtu": 1400,
    "disks.name": "logs",
    "disks.size": GiB(2),
    "disks.type": DiskType.THICK,
    "disks.grows_online": True,
    "disks.deleted_when_removed": True,
    "disks.storage_class": "conformance-storage",
    "disks.scsi.controller": 1,
    "disks.scsi.model": ScsiController.LSI_LOGIC,
    "disks.scsi.shared_bus": SharedBus.VIRTUAL,
    "guest.user_data": b"#cloud-config\nhostname: conformance\n",
    "guest.meta_data": b"local-hostname: conformance\n",
    "guest.network_data": b"version: 2\nethernets: {}\n",
    "guest.ignition": b'{"ignition": {"version": "3.4.0"}}',
    "placement.datastore": "conformance-storage",
    "placement.storage_pod": "conformance-storage",
    "placement.cluster": "conformance-cluster",
    "placement.folder": "conformance-folder",
    "placement.host": "conformance-host",
    "placement.resource_pool": "conformance-pool",
    "tags": ("conformance",),
}
"""A value for each field by its path."""

_PARTS: Final[Mapping[str, object]] = {
    "hardware.gpus": Gpus(count=1),
    "boot.checksum": Checksum(type=ChecksumType.SHA256, hex="0" * 64),
    "nics": (Nic(name="net0"),),
    "nics.static": StaticAddress(address="192.0.2.10", prefix=24),
    "nics.static.routes": (Route(destination="203.0.113.0/24", gateway="192.0.2.2"),),
    "disks": (DataDisk(name="data", size=GiB(1)),),
    "disks.scsi": Scsi(),
}
"""What a field is put into where the spec has nothing there."""


def paths(kind: type = MachineSpec, prefix: str = "") -> Iterator[str]:
    """Find the path of every field that holds a value and not a further dataclass."""
    hints = get_type_hints(kind)
    for field in fields(kind):
        path = prefix + field.name
        inner = [] if path in IDENTITY else list(_dataclasses(hints[field.name]))
        if not inner:
            yield path
        for part in inner:
            yield from paths(part, f"{path}.")


def with_field(spec: MachineSpec, path: str, value: object) -> MachineSpec:
    """Return the spec with one field changed."""
    return _with(spec, "", path, value)  # type: ignore[no-any-return]


def _with(whole: Any, at: str, path: str, value: object) -> Any:  # noqa: ANN401 - dataclasses of many kinds
    name, _, rest = path.partition(".")
    if not rest:
        return replace(whole, **{name: value})
    at = f"{at}.{name}".lstrip(".")
    part = getattr(whole, name) or _PARTS[at]
    if isinstance(part, tuple):
        first, *others = part
        return replace(whole, **{name: (_with(first, at, rest, value), *others)})
    return replace(whole, **{name: _with(part, at, rest, value)})


def _dataclasses(hint: Any) -> Iterator[type]:  # noqa: ANN401 - any type hint
    if isinstance(hint, type) and is_dataclass(hint):
        yield hint
    elif get_origin(hint) in (Union, UnionType, tuple):
        for argument in get_args(hint):
            if argument not in (NoneType, Ellipsis):
                yield from _dataclasses(argument)
