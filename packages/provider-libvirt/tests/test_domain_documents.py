"""Whole domain documents, compared with files that people read. VIRTRIGAUD_WRITE_DOCUMENTS=1 writes them anew."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from libvirt_specs import ARM_SERVER, EMULATED_PC, RICH_PC, plan_of, spec_of
from virtrigaud_api.contract import (
    DataDisk,
    DiskType,
    Firmware,
    GiB,
    GuestData,
    GuestTools,
    Hardware,
    MachineSpec,
    MHz,
    MiB,
    Nic,
    Performance,
    ResourceLimits,
    RootDisk,
    Scsi,
    ScsiController,
    Security,
    TpmVersion,
)
from virtrigaud_provider_libvirt.admission import admit
from virtrigaud_provider_libvirt.domain_xml.domain import domain_document
from virtrigaud_provider_libvirt.domain_xml.reading import machine_document
from virtrigaud_provider_libvirt.domain_xml.traits import traits_of
from virtrigaud_provider_libvirt.host import Host

DOCUMENTS = Path(__file__).parent / "documents"

EVERYTHING = replace(
    spec_of("database"),
    hardware=Hardware(
        cpus=2,
        memory=MiB(4096),
        firmware=Firmware.UEFI,
        root_disk=RootDisk(size=GiB(40), iops=500),
        performance=Performance(cpu_hot_add=True, memory_hot_add=True, nested_virtualization=True),
        security=Security(secure_boot=True, tpm=TpmVersion.TPM_2_0, iommu=True),
        limits=ResourceLimits(cpu_limit=MHz(1000), cpu_shares=2048),
    ),
    nics=(
        Nic(name="lan", network="blue", vlan=42, mtu=9000),
        Nic(name="storage", bridge="br-storage", model="e1000e", mac="02:00:00:00:00:07", pci_slot=16),
    ),
    disks=(
        DataDisk(name="data", size=GiB(100), type=DiskType.THICK),
        DataDisk(name="log", size=GiB(10), scsi=Scsi(controller=1, model=ScsiController.LSI_LOGIC_SAS)),
        DataDisk(name="log-2", size=GiB(10), scsi=Scsi(controller=1, model=ScsiController.LSI_LOGIC_SAS)),
    ),
    guest=GuestData(user_data=b"#cloud-config\n", ignition=b"{}"),
    tags=("production", "db"),
)
ON_ARM = replace(
    spec_of("edge"),
    hardware=replace(spec_of().hardware, firmware=Firmware.UEFI, guest_tools=GuestTools.SKIP),
)


@pytest.mark.parametrize(
    ("name", "spec", "host"),
    [
        ("smallest-on-an-emulated-pc", spec_of(), EMULATED_PC),
        ("everything-on-a-rich-pc", EVERYTHING, RICH_PC),
        ("small-on-an-arm-server", ON_ARM, ARM_SERVER),
    ],
)
def test_a_spec_becomes_this_document(name: str, spec: MachineSpec, host: Host) -> None:
    admit(spec, host)
    path = DOCUMENTS / f"{name}.xml"
    written = domain_document(plan_of(spec, host))
    if os.environ.get("VIRTRIGAUD_WRITE_DOCUMENTS"):
        path.write_text(written, encoding="utf-8")
    assert written == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("spec", "host"), [(spec_of(), EMULATED_PC), (EVERYTHING, RICH_PC), (ON_ARM, ARM_SERVER)])
def test_what_is_written_is_read_back(spec: MachineSpec, host: Host) -> None:
    plan = plan_of(spec, host)
    found = machine_document(domain_document(plan))
    assert (found.metadata, found.traits) == (plan.metadata, traits_of(spec.hardware))
    assert (found.cpus, found.memory) == (spec.hardware.cpus, spec.hardware.memory)
    assert [nic.name for nic in found.nics] == [nic.name for nic in spec.nics]
    assert len(found.disks) == 1 + len(spec.disks)


def test_l31_user_data_is_in_no_document() -> None:
    canary = b"canary-4711"
    spec = replace(
        EVERYTHING, guest=GuestData(user_data=canary, meta_data=canary, network_data=canary, ignition=canary)
    )
    assert canary.decode() not in domain_document(plan_of(spec, RICH_PC))


def test_l25_emulator_machine_type_and_architecture_are_those_of_the_host() -> None:
    host = replace(ARM_SERVER, emulator="/opt/qemu", machine="virt-99", arch="aarch64", domain_type="qemu")
    document = domain_document(plan_of(ON_ARM, host))
    assert "<emulator>/opt/qemu</emulator>" in document
    assert '<type arch="aarch64" machine="virt-99">hvm</type>' in document
    assert ' type="qemu">' in document.splitlines()[0]
