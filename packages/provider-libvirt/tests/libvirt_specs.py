"""Specs, hosts and plans that the tests of documents share."""

from dataclasses import replace

from virtrigaud_api.contract import BootImage, Firmware, GiB, Hardware, MachineSpec, MiB, Nic, Owner, RootDisk
from virtrigaud_provider_libvirt.domain_xml.disk import AttachedDisk, DiskFile, Taken, place
from virtrigaud_provider_libvirt.domain_xml.domain import DomainPlan
from virtrigaud_provider_libvirt.domain_xml.interface import PluggedNic
from virtrigaud_provider_libvirt.domain_xml.metadata import Metadata, NamedNic, OwnedVolume
from virtrigaud_provider_libvirt.host import Host
from virtrigaud_provider_libvirt.identity import identify

POOL_FOLDER = "/var/lib/images"

EMULATED_PC = Host(
    name="host-a",
    arch="x86_64",
    domain_type="qemu",
    emulator="/usr/bin/qemu-system-x86_64",
    machine="pc-q35-7.2",
    cpu_modes=frozenset({"maximum", "host-model", "custom"}),
    firmwares=frozenset({Firmware.BIOS}),
    secure_boot=False,
    emulated_tpm=False,
    nested_feature=None,
    most_cpus=288,
    cpu_mhz=2000,
)
RICH_PC = replace(
    EMULATED_PC,
    domain_type="kvm",
    cpu_modes=frozenset({"host-passthrough", "host-model", "custom"}),
    firmwares=frozenset({Firmware.BIOS, Firmware.UEFI}),
    secure_boot=True,
    emulated_tpm=True,
    nested_feature="vmx",
)
ARM_SERVER = replace(
    RICH_PC,
    arch="aarch64",
    emulator="/usr/bin/qemu-system-aarch64",
    machine="virt-7.2",
    firmwares=frozenset({Firmware.UEFI}),
    nested_feature=None,
    most_cpus=512,
)


def spec_of(name: str = "web") -> MachineSpec:
    return MachineSpec(
        owner=Owner("team-a", name, f"uid-of-{name}"),
        name=name,
        hardware=Hardware(cpus=1, memory=MiB(128), root_disk=RootDisk(size=GiB(1))),
        boot=BootImage(path="guest.qcow2", format="qcow2"),
        nics=(Nic(name="lan", network="blue"),),
    )


def plan_of(spec: MachineSpec, host: Host) -> DomainPlan:
    """The plan of a machine whose volumes were all made."""
    identity = identify(spec.owner, spec.name)
    nics = tuple(PluggedNic(nic=nic, mac=nic.mac or identity.mac(nic.name)) for nic in spec.nics)
    disks = tuple(
        AttachedDisk(disk=disk, file=_file(identity.volume(f"disk-{disk.name}", "qcow2")), target=target)
        for disk, target in place(spec.disks, Taken())
    )
    metadata = Metadata(
        owner=spec.owner,
        image="guest.qcow2",
        volumes=(
            OwnedVolume(role="root", pool="images", name=identity.volume("root", "qcow2"), target="vda"),
            OwnedVolume(role="seed", pool="images", name=identity.volume("seed", "iso")),
        ),
        nics=tuple(NamedNic(name=plugged.nic.name, mac=plugged.mac) for plugged in nics),
        tags=spec.tags,
    )
    return DomainPlan(
        spec=spec,
        identity=identity,
        host=host,
        metadata=metadata,
        console_listen="127.0.0.1",
        root=_file(identity.volume("root", "qcow2")),
        seed=f"{POOL_FOLDER}/{identity.volume('seed', 'iso')}",
        disks=disks,
        nics=nics,
        ignition=None if spec.guest.ignition is None else f"{POOL_FOLDER}/{identity.volume('ignition', 'ign')}",
    )


def _file(name: str) -> DiskFile:
    return DiskFile(path=f"{POOL_FOLDER}/{name}", format="qcow2")
