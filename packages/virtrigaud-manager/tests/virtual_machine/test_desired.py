"""Ring 1: from the words of users to the words of providers."""

from dataclasses import replace
from email import message_from_bytes
from typing import Any

import pytest
from manifests import network, vm, vm_class, vm_image
from virtrigaud_api import contract
from virtrigaud_api.contract import InvalidSpec
from virtrigaud_api.v1beta1 import VirtualMachine, VMClass, VMImage, VMNetworkAttachment
from virtrigaud_api.v1beta1.provider import ProviderDefaults
from virtrigaud_manager.kinds.virtual_machine.desired import Parts, wanted
from virtrigaud_manager.kinds.virtual_machine.guest_data import SecretUse, guest_data, secrets_of

GUEST = contract.GuestData(user_data=b"#cloud-config")


def _with_uid(document: dict[str, Any]) -> dict[str, Any]:
    document["metadata"]["uid"] = "uid-1"
    return document


def parts(
    machine: dict[str, Any], *, of_class: dict[str, Any] | None = None, image: dict[str, Any] | None = None, **more: Any
) -> Parts:
    made = Parts(
        vm=VirtualMachine.from_manifest(_with_uid(machine)),
        provider_type="libvirt",
        defaults=ProviderDefaults(),
        vm_class=VMClass.from_manifest(of_class or vm_class()),
        image=VMImage.from_manifest(image or vm_image()),
        networks={},
        guest=GUEST,
    )
    return replace(made, **more)


FULL_VM = vm(
    resources={"cpu": 6, "memoryMiB": 3072, "gpu": {"count": 2, "type": "a100", "memory": 1024}},
    networks=[
        {
            "name": "eth0",
            "networkRef": {"name": "lan"},
            "ipAddress": "192.0.2.10",
            "prefix": 24,
            "gateway": "192.0.2.1",
            "dns": "192.0.2.2, 192.0.2.3",
            "macAddress": "52:54:00:00:00:01",
        }
    ],
    disks=[
        {
            "name": "data",
            "sizeGiB": 10,
            "type": "thick",
            "expandPolicy": "Online",
            "storageClass": "fast",
            "scsi": {"controller": 1, "controllerType": "lsilogic", "sharedBus": "virtualSharing"},
        }
    ],
    placement={
        "datastore": "ds1",
        "storagePod": "pod1",
        "cluster": "c1",
        "folder": "f1",
        "host": "h1",
        "resourcePool": "p1",
    },
    tags=["a", "b"],
)
FULL_CLASS = vm_class(
    cpu=4,
    memory="8Gi",
    firmware="EFI",
    diskDefaults={"size": "40Gi", "type": "nvme", "iops": 500, "storageClass": "ssd"},
    guestToolsPolicy="skip",
    extraConfig={"key": "value"},
    performanceProfile={
        "latencySensitivity": "high",
        "cpuHotAddEnabled": True,
        "memoryHotAddEnabled": True,
        "virtualizationBasedSecurity": True,
        "nestedVirtualization": True,
        "hyperThreadingPolicy": "avoid",
    },
    securityProfile={
        "secureBoot": True,
        "tpmEnabled": True,
        "tpmVersion": "1.2",
        "vtdEnabled": True,
        "encryptionPolicy": {"enabled": True, "requireEncryption": True, "keyProvider": "external"},
    },
    resourceLimits={
        "cpuLimit": 2000,
        "cpuReservation": 1000,
        "cpuShares": 100,
        "memoryLimit": "4Gi",
        "memoryReservation": "1Gi",
    },
)
FULL_SPEC = contract.MachineSpec(
    owner=contract.Owner("default", "web", "uid-1"),
    name="web",
    hardware=contract.Hardware(
        cpus=6,
        memory=contract.MiB(3072),
        firmware=contract.Firmware.UEFI,
        root_disk=contract.RootDisk(size=contract.GiB(40), type=contract.DiskType.NVME, iops=500, storage_class="ssd"),
        performance=contract.Performance(
            latency=contract.LatencySensitivity.HIGH,
            cpu_hot_add=True,
            memory_hot_add=True,
            virtualization_based_security=True,
            nested_virtualization=True,
            hyper_threading=contract.HyperThreading.AVOID,
        ),
        security=contract.Security(
            secure_boot=True,
            tpm=contract.TpmVersion.TPM_1_2,
            iommu=True,
            encryption=contract.Encryption(enabled=True, required=True, key_provider=contract.KeyProvider.EXTERNAL),
        ),
        limits=contract.ResourceLimits(
            cpu_limit=contract.MHz(2000),
            cpu_reservation=contract.MHz(1000),
            cpu_shares=100,
            memory_limit=contract.MiB(4096),
            memory_reservation=contract.MiB(1024),
        ),
        guest_tools=contract.GuestTools.SKIP,
        gpus=contract.Gpus(count=2, type="a100", memory=contract.MiB(1024)),
        extra={"key": "value"},
    ),
    boot=contract.BootImage(
        path="debian-12",
        format="raw",
        checksum=contract.Checksum(type=contract.ChecksumType.SHA512, hex="abcd"),
        pool="images",
    ),
    nics=(
        contract.Nic(
            name="eth0",
            network="default",
            model="virtio",
            mac="52:54:00:00:00:01",
            static=contract.StaticAddress(
                address="192.0.2.10", prefix=24, gateway="192.0.2.1", dns=("192.0.2.2", "192.0.2.3")
            ),
            mtu=9000,
        ),
    ),
    disks=(
        contract.DataDisk(
            name="data",
            size=contract.GiB(10),
            type=contract.DiskType.THICK,
            grows_online=True,
            storage_class="fast",
            scsi=contract.Scsi(
                controller=1, model=contract.ScsiController.LSI_LOGIC, shared_bus=contract.SharedBus.VIRTUAL
            ),
        ),
    ),
    guest=GUEST,
    placement=contract.Placement(
        datastore="ds1", storage_pod="pod1", cluster="c1", folder="f1", host="h1", resource_pool="p1"
    ),
    tags=("a", "b"),
)


def test_l19_every_field_of_the_spec_reaches_the_provider() -> None:
    lan = VMNetworkAttachment.from_manifest(network(libvirt={"networkName": "default"}, mtu=9000))
    source = {
        "path": "debian-12",
        "format": "raw",
        "storagePool": "images",
        "checksum": "ABCD",
        "checksumType": "sha512",
    }
    made = parts(FULL_VM, of_class=FULL_CLASS, image=vm_image(libvirt=source), networks={"eth0": lan})
    assert wanted(made).spec == FULL_SPEC


def test_l20_what_is_not_said_is_left_to_the_provider() -> None:
    made = parts(vm(), of_class=vm_class(securityProfile={"tpmEnabled": False, "tpmVersion": "2.0"}))
    hardware = wanted(made).spec.hardware
    assert hardware == contract.Hardware(cpus=2, memory=contract.MiB(4096))


def test_the_defaults_of_the_provider_fill_in_what_the_machine_does_not_say() -> None:
    defaults = ProviderDefaults(resource_pool="shared", network="lan-0")
    spec = wanted(parts(vm(networks=[{"name": "eth0"}]), defaults=defaults)).spec
    assert (spec.placement.resource_pool, spec.nics) == ("shared", (contract.Nic(name="eth0", network="lan-0"),))


@pytest.mark.parametrize(
    ("provider_type", "source", "boot"),
    [
        ("vsphere", {"vsphere": {"templateName": "t1"}}, contract.BootImage(template="t1", format="template")),
        ("proxmox", {"proxmox": {"templateID": 900}}, contract.BootImage(template="900", format="qcow2")),
        ("proxmox", {"http": {"url": "https://i.test/a"}}, contract.BootImage(url="https://i.test/a")),
        ("memory", {"libvirt": {"path": "p"}, "vsphere": {}}, contract.BootImage(path="p", format="qcow2")),
    ],
)
def test_each_type_of_provider_boots_from_the_source_that_is_meant_for_it(
    provider_type: str, source: dict[str, Any], boot: contract.BootImage
) -> None:
    made = parts(vm(), image=vm_image(**source), provider_type=provider_type)
    assert wanted(made).spec.boot == boot


def test_an_imported_disk_is_what_the_machine_boots_from() -> None:
    imported = vm(importedDisk={"diskID": "d1", "path": "/p", "format": "raw"})
    del imported["spec"]["imageRef"]
    assert wanted(parts(imported, image=None)).spec.boot == contract.ImportedDisk(disk_id="d1", path="/p", format="raw")


@pytest.mark.parametrize(
    ("provider_type", "config", "nic"),
    [
        (
            "vsphere",
            {"vsphere": {"portgroup": "pg", "vlan": {"type": "vlan", "vlanID": 7}, "pciSlotNumber": 160}},
            contract.Nic(name="eth0", network="pg", vlan=7, model="vmxnet3", pci_slot=160),
        ),
        ("libvirt", {"libvirt": {"bridge": {"name": "br0"}}}, contract.Nic(name="eth0", bridge="br0", model="virtio")),
        (
            "proxmox",
            {"proxmox": {"bridge": "vmbr0", "vlanTag": 9, "model": "e1000", "mtu": 1400}},
            contract.Nic(name="eth0", bridge="vmbr0", vlan=9, model="e1000", mtu=1400),
        ),
    ],
)
def test_each_type_of_provider_is_connected_to_the_network_that_is_meant_for_it(
    provider_type: str, config: dict[str, Any], nic: contract.Nic
) -> None:
    lan = VMNetworkAttachment.from_manifest(network(**config))
    machine = vm(networks=[{"name": "eth0", "networkRef": {"name": "lan"}}])
    assert wanted(parts(machine, networks={"eth0": lan}, provider_type=provider_type)).spec.nics == (nic,)


def test_the_digest_changes_with_what_can_be_applied_and_with_nothing_else() -> None:
    usual = wanted(parts(vm())).digest
    assert wanted(parts(vm(), guest=contract.GuestData())).digest == usual
    assert wanted(parts(vm(), image=vm_image(libvirt={"path": "another"}))).digest == usual
    assert wanted(parts(vm(powerState="Off"))).digest == usual
    assert wanted(parts(vm(imageRef={"name": "another"}))).digest == usual
    changed = [
        wanted(parts(vm(tags=["a"]))).digest,
        wanted(parts(vm(resources={"cpu": 3}))).digest,
        wanted(parts(vm(disks=[{"name": "data", "sizeGiB": 1}]))).digest,
    ]
    assert len({usual, *changed}) == 4


def parts_of_user_data(inline: str, secret: bytes) -> list[tuple[str, bytes]]:
    """Return type and content of each part that cloud-init finds."""
    machine = VirtualMachine.from_manifest(
        vm(userData={"cloudInit": {"inline": inline, "secretRef": {"name": "seed"}}})
    )
    (use,) = secrets_of(machine).all
    archive = message_from_bytes(guest_data(machine, {use: secret}).user_data or b"")
    return [
        (part.get_content_type(), part.get_payload(decode=True))  # type: ignore[misc]
        for part in archive.walk()
        if not part.is_multipart()
    ]


def test_both_sources_of_user_data_become_parts_of_their_types() -> None:
    assert parts_of_user_data("#cloud-config\na: 1", b"#!/bin/sh\necho\n") == [
        ("text/cloud-config", b"#cloud-config\na: 1"),
        ("text/x-shellscript", b"#!/bin/sh\necho\n"),
    ]


def test_user_data_that_cloud_init_would_not_know_is_named() -> None:
    with pytest.raises(InvalidSpec, match="user data 'secret' does not begin with a line that cloud-init knows"):
        parts_of_user_data("#cloud-config", b"password: hunter2")


def test_meta_data_and_ignition_reach_the_guest() -> None:
    machine = VirtualMachine.from_manifest(
        vm(
            userData={"ignition": {"secretRef": {"name": "boot"}}},
            metaData={"cloudInit": {"inline": "a: 1\n", "secretRef": {"name": "meta"}}},
        )
    )
    documents = {use: use.name.encode() for use in secrets_of(machine).all}
    assert guest_data(machine, documents) == contract.GuestData(meta_data=b"a: 1\nmeta", ignition=b"boot")
    assert isinstance(next(iter(documents)), SecretUse)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"inline": "version: 2\n"}, b"version: 2\n"),
        ({"secretRef": {"name": "net"}}, b"net"),
        ({"inline": ""}, None),
    ],
)
def test_network_data_of_either_place_reaches_the_guest(document: dict[str, Any], told: bytes | None) -> None:
    machine = VirtualMachine.from_manifest(vm(networkData={"cloudInit": document}))
    documents = {use: use.name.encode() for use in secrets_of(machine).all}
    assert guest_data(machine, documents) == contract.GuestData(network_data=told)


def test_network_data_of_two_places_is_refused_without_repeating_it() -> None:
    both = {"inline": "hunter2: 1", "secretRef": {"name": "net"}}
    machine = VirtualMachine.from_manifest(vm(networkData={"cloudInit": both}))
    (use,) = secrets_of(machine).all
    assert use.keys == ("networkdata", "network-data", "network-config", "network_data")
    with pytest.raises(InvalidSpec) as raised:
        guest_data(machine, {use: b"hunter2: 2"})
    assert raised.value.message == (
        "spec.networkData.cloudInit has a document inline and in the Secret that secretRef names: write it in one"
    )
