"""Every field of a spec is honoured in the document, in the seed or on the storage, or is refused."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from libvirt_specs import EMULATED_PC, RICH_PC, plan_of, spec_of
from virtrigaud_api.contract import (
    DataDisk,
    DiskType,
    Firmware,
    GiB,
    GuestTools,
    ImportedDisk,
    InvalidSpec,
    LatencySensitivity,
    MachineSpec,
    NotFound,
    ProviderError,
    ScsiController,
    Unsupported,
)
from virtrigaud_provider_libvirt.admission import admit
from virtrigaud_provider_libvirt.boot_image import wanted_path
from virtrigaud_provider_libvirt.domain_xml.domain import domain_document
from virtrigaud_provider_libvirt.seed_iso import seed_image
from virtrigaud_provider_sdk.conformance.fields import IDENTITY, LEFT_ASIDE, SOURCE, VALUES, paths, with_field

REFUSED: dict[str, type[ProviderError]] = {
    "hardware.extra": InvalidSpec,
    "hardware.gpus.count": Unsupported,
    "hardware.gpus.memory": Unsupported,
    "hardware.gpus.type": Unsupported,
    "hardware.limits.cpu_reservation": Unsupported,
    "hardware.limits.memory_limit": Unsupported,
    "hardware.limits.memory_reservation": Unsupported,
    "hardware.performance.hyper_threading": Unsupported,
    "hardware.performance.latency": Unsupported,
    "hardware.performance.virtualization_based_security": Unsupported,
    "hardware.security.encryption.enabled": Unsupported,
    "hardware.security.encryption.key_provider": Unsupported,
    "hardware.security.encryption.required": Unsupported,
    "disks.scsi.shared_bus": Unsupported,
    "nics.pci_slot": InvalidSpec,
    "placement.cluster": Unsupported,
    "placement.folder": Unsupported,
    "placement.host": NotFound,
    "placement.resource_pool": Unsupported,
    "placement.storage_pod": Unsupported,
}
"""With the values of the conformance suite, on a host that has everything."""

REFUSED_SOURCES: dict[str, type[ProviderError]] = {"boot.disk_id": Unsupported, "boot.url": Unsupported}
"""What no machine starts from here."""

IN_THE_SEED = {
    "guest.meta_data",
    "guest.network_data",
    "guest.user_data",
    "nics.name_servers",
    "nics.search",
    "nics.static.address",
    "nics.static.dns",
    "nics.static.gateway",
    "nics.static.prefix",
    "nics.static.routes.destination",
    "nics.static.routes.gateway",
    "nics.static.routes.metric",
}
ON_THE_STORAGE = {
    "boot.checksum.hex",
    "boot.checksum.type",
    "boot.format",
    "boot.pool",
    "disks.grows_online",
    "disks.size",
    "disks.storage_class",
    "disks.type",
    "hardware.root_disk.size",
    "hardware.root_disk.storage_class",
    "hardware.root_disk.type",
    "placement.datastore",
}
"""Seen only on a real pool: test_storage and test_machines do that."""

IN_THE_DOCUMENT = VALUES.keys() - REFUSED.keys() - IN_THE_SEED - ON_THE_STORAGE


def with_value(path: str) -> MachineSpec:
    spec = spec_of()
    match path:
        case "hardware.security.secure_boot":
            spec = replace(spec, hardware=replace(spec.hardware, firmware=Firmware.UEFI))
        case "nics.bridge":
            spec = replace(spec, nics=(replace(spec.nics[0], network=None),))
    return with_field(spec, path, VALUES[path])


@pytest.mark.parametrize("path", sorted(REFUSED))
def test_l19_what_cannot_be_had_is_refused(path: str) -> None:
    with pytest.raises(REFUSED[path]):
        admit(with_value(path), RICH_PC)


@pytest.mark.parametrize("path", sorted(IN_THE_DOCUMENT))
def test_l19_a_field_changes_the_document(path: str) -> None:
    spec = with_value(path)
    admit(spec, RICH_PC)
    assert domain_document(plan_of(spec, RICH_PC)) != domain_document(plan_of(_without(spec, path), RICH_PC))


def _without(spec: MachineSpec, path: str) -> MachineSpec:
    """The same machine without the field; a disk or a TPM that it belongs to stays where it can."""
    match path:
        case "hardware.security.secure_boot":
            return with_field(spec, path, value=False)
        case "disks.scsi.controller" | "disks.scsi.model":
            plain = spec.disks[0].scsi
            assert plain is not None
            default = {"disks.scsi.controller": None, "disks.scsi.model": ScsiController.PVSCSI}[path]
            return with_field(spec, path, default)
        case _:
            return spec_of()


@pytest.mark.parametrize("path", sorted(IN_THE_SEED))
def test_l19_a_field_changes_the_seed(path: str) -> None:
    spec, plain = with_value(path), with_value("nics.static.address") if "static" in path else spec_of()
    if path == "nics.static.address":
        plain = spec_of()
    admit(spec, RICH_PC)
    plan, other = plan_of(spec, RICH_PC), plan_of(plain, RICH_PC)
    assert _documents(seed_image(spec, plan.identity, plan.nics)) != _documents(
        seed_image(plain, other.identity, other.nics)
    )


def _documents(image: bytes) -> bytes:
    """The image without its dates, which are in the first part."""
    return image[0x9000:]


def test_l19_every_field_is_tested_somewhere() -> None:
    covered = VALUES.keys() | IDENTITY | SOURCE | LEFT_ASIDE
    assert set(paths()) <= covered
    assert REFUSED.keys().isdisjoint(IN_THE_SEED | ON_THE_STORAGE)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("hardware.firmware", Firmware.UEFI),
        ("hardware.security.tpm", VALUES["hardware.security.tpm"]),
        ("hardware.performance.nested_virtualization", True),
    ],
)
def test_l19_what_this_host_does_not_have_is_refused(path: str, value: object) -> None:
    with pytest.raises(Unsupported):
        admit(with_field(spec_of(), path, value), EMULATED_PC)


@pytest.mark.parametrize(
    "change",
    [
        lambda spec: with_field(spec, "hardware.guest_tools", GuestTools.UPGRADE),
        lambda spec: with_field(spec, "hardware.guest_tools", GuestTools.UNINSTALL),
        lambda spec: with_field(spec, "hardware.performance.latency", LatencySensitivity.LOW),
        lambda spec: with_field(spec, "hardware.root_disk.type", DiskType.THICK),
        lambda spec: replace(spec, disks=(DataDisk(name="data", size=GiB(1), type=DiskType.NVME),)),
        lambda spec: with_field(spec, "disks.scsi.model", ScsiController.BUS_LOGIC),
        lambda spec: with_field(spec, "nics.model", "ne2000"),
        lambda spec: replace(spec, nics=(replace(spec.nics[0], network=None, bridge="br0", vlan=7),)),
        lambda spec: with_field(spec, "hardware.cpus", 289),
    ],
)
def test_l19_a_value_that_cannot_be_had_is_refused(change: Callable[[MachineSpec], MachineSpec]) -> None:
    with pytest.raises(Unsupported):
        admit(change(spec_of()), RICH_PC)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("hardware.cpus", 0),
        ("hardware.memory", 0),
        ("hardware.root_disk.size", 0),
        ("disks.size", 0),
        ("disks.name", "../etc/passwd"),
        ("disks.scsi.controller", 4),
        ("nics.vlan", 4095),
        ("nics.mtu", 12),
        ("nics.mac", "01:00:5e:00:00:01"),
        ("nics.pci_slot", 31),
        ("nics.bridge", "br0"),
        ("nics.static.address", "192.0.2.300"),
        ("nics.static.prefix", 33),
        ("nics.static.gateway", "router"),
        ("nics.static.dns", ("one",)),
        ("hardware.security.secure_boot", True),
    ],
)
def test_l19_a_value_that_cannot_be_right_is_refused(path: str, value: object) -> None:
    with pytest.raises(InvalidSpec):
        admit(with_field(spec_of(), path, value), RICH_PC)


def test_everything_that_cannot_be_had_is_named_at_once() -> None:
    spec = with_field(with_field(spec_of(), "placement.cluster", "c1"), "hardware.gpus.count", 1)
    with pytest.raises(Unsupported, match=r"team-a/web asks for .*: GPUs; placement in cluster c1"):
        admit(spec, RICH_PC)


def test_an_imported_disk_is_refused() -> None:
    with pytest.raises(REFUSED_SOURCES["boot.disk_id"], match="imported disk brought"):
        wanted_path(ImportedDisk(disk_id="brought"))


@pytest.mark.parametrize(("path", "error"), [("boot.url", REFUSED_SOURCES["boot.url"]), ("boot.template", InvalidSpec)])
def test_an_image_that_is_in_no_pool_is_refused(path: str, error: type[ProviderError]) -> None:
    spec = with_field(with_field(spec_of(), "boot.path", None), path, "golden")
    with pytest.raises(error):
        wanted_path(spec.boot)
