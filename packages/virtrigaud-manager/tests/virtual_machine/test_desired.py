"""Ring 1: from the words of users to the words of providers, and what is refused on the way."""

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from typing import Any

import pytest
from manifests import network, vm, vm_class, vm_image
from pydantic import BaseModel
from virtrigaud_api import contract
from virtrigaud_api.contract import InvalidSpec
from virtrigaud_api.v1beta1 import VirtualMachine, VMClass, VMClassSpec, VMImage, VMNetworkAttachment
from virtrigaud_api.v1beta1.provider import ProviderDefaults
from virtrigaud_api.v1beta1.virtual_machine import VirtualMachineSpec
from virtrigaud_api.v1beta1.vm_image import VMImageSpec
from virtrigaud_api.v1beta1.vm_network_attachment import VMNetworkAttachmentSpec
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.kinds.virtual_machine import refused
from virtrigaud_manager.kinds.virtual_machine.desired import Parts, wanted
from virtrigaud_manager.kinds.virtual_machine.guest_data import SecretUse, guest_data, secrets_of
from virtrigaud_manager.kinds.virtual_machine.refused import image_faults, network_faults, vm_faults

GUEST = contract.GuestData(user_data=b"#cloud-config")


def _with_uid(document: dict[str, Any]) -> dict[str, Any]:
    document["metadata"]["uid"] = "uid-1"
    return document


LAB = ObjectKey(ObjectKind.PROVIDER, "default", "lab")


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


def leaves(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Return the path of every field of a model, down to those that are no models."""
    for name, field in model.model_fields.items():
        inner = list(_models(field.annotation))
        if inner:
            for part in inner:
                yield from leaves(part, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _models(argument)


HONOURED = {
    "VirtualMachine": {
        "restart_policy",
        "snapshot",
        "class_ref",
        "deletion_policy",
        "deletion_protection",
        "management_policy",
        "drift_policy",
        "disks",
        "image_ref",
        "imported_disk.disk_id",
        "imported_disk.format",
        "imported_disk.path",
        "lifecycle",
        "meta_data",
        "network_data",
        "networks",
        "placement",
        "power_state",
        "provider_ref",
        "resources",
        "tags",
        "user_data",
    },
    "VMClass": {
        "allowed_namespaces",
        "cpu",
        "memory",
        "firmware",
        "disk_defaults",
        "guest_tools_policy",
        "performance_profile",
        "security_profile",
        "resource_limits",
        "extra_config",
    },
    "VMImage": {
        "allowed_namespaces",
        "source.vsphere.template_name",
        "source.vsphere.ova_url",
        "source.vsphere.checksum",
        "source.vsphere.checksum_type",
        "source.libvirt",
        "source.proxmox.template_id",
        "source.proxmox.template_name",
        "source.proxmox.storage",
        "source.proxmox.format",
        "source.vsphere.provider_ref",
        "source.http.url",
        "source.http.headers",
        "source.http.timeout",
        "source.http.authentication.basic_auth",
        "source.http.authentication.bearer",
        "prepare.on_missing",
        "prepare.validate_checksum",
        "prepare.timeout",
        "prepare.retries",
        "prepare.force",
        "prepare.providers",
        "prepare.deletion_policy",
        "prepare.storage.preferred_format",
        "prepare.storage.vsphere.datastore",
        "prepare.storage.libvirt.storage_pool",
        "prepare.optimization.convert_format",
        "source.http.checksum",
        "source.http.checksum_type",
    },
    "VMNetworkAttachment": {
        "allowed_namespaces",
        "network.mtu",
        "network.vsphere.portgroup",
        "network.vsphere.adapter_type",
        "network.vsphere.pci_slot_number",
        "network.vsphere.vlan.vlan_id",
        "network.vsphere.vlan.type",
        "network.libvirt.network_name",
        "network.libvirt.bridge.name",
        "network.libvirt.model",
        "network.proxmox.bridge",
        "network.proxmox.model",
        "network.proxmox.vlan_tag",
        "network.proxmox.mtu",
        "ip_allocation.type",
        "ip_allocation.static_config.address",
        "ip_allocation.static_config.gateway",
        "ip_allocation.dns_config.servers",
        "ip_allocation.dns_config.search_domains",
        "ip_allocation.static_config.routes",
    },
}
FOR_PEOPLE = {
    "VirtualMachine": {"imported_disk.source", "imported_disk.migration_ref", "imported_disk.size_gib"},
    "VMClass": set[str](),
    "VMImage": {"metadata", "distribution"},
    "VMNetworkAttachment": {"metadata", "network.type"},
}
REFUSED = {
    "VirtualMachine": set(refused.VIRTUAL_MACHINE_REFUSED),
    "VMClass": set[str](),
    "VMImage": {
        *refused.IMAGE_REFUSED,
        *refused.PREPARATION_REFUSED,
        *(path for paths in refused.IMAGE_REFUSED_OF_SOURCE.values() for path in paths),
    },
    "VMNetworkAttachment": {
        *refused.NETWORK_REFUSED,
        *(path for paths in refused.NETWORK_REFUSED_OF_BACKEND.values() for path in paths),
    },
}


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        ("VirtualMachine", VirtualMachineSpec),
        ("VMClass", VMClassSpec),
        ("VMImage", VMImageSpec),
        ("VMNetworkAttachment", VMNetworkAttachmentSpec),
    ],
)
def test_l19_every_field_is_honoured_or_for_people_or_refused_and_only_one_of_these(
    kind: str, spec: type[BaseModel]
) -> None:
    tables = (HONOURED[kind], FOR_PEOPLE[kind], REFUSED[kind])
    found = {
        leaf: sum(any(leaf == path or leaf.startswith(f"{path}.") for path in table) for table in tables)
        for leaf in leaves(spec)
    }
    assert {leaf: times for leaf, times in found.items() if times != 1} == {}


def faults_of_vm(machine: dict[str, Any]) -> tuple[str, ...]:
    made = VirtualMachine.from_manifest(machine)
    return vm_faults(made, made.status, "default/lab")


@pytest.mark.parametrize(
    ("spec", "fault"),
    [
        ({"placementRef": {"name": "p"}}, "VirtualMachine: spec.placementRef is not supported; remove it"),
        (
            {
                "restartPolicy": {
                    "type": "WithinWindow",
                    "windows": [{"schedule": "@daily", "duration": "1h", "timeZone": "Mars/Olympus"}],
                }
            },
            "spec.restartPolicy.windows[0]: time zone Mars/Olympus is not known",
        ),
        ({"imageRef": None}, "exactly one of spec.imageRef and spec.importedDisk must be set"),
        ({"importedDisk": {"diskID": "d"}}, "exactly one of spec.imageRef and spec.importedDisk must be set"),
        ({"networks": [{"name": "eth0", "ipAddress": "192.0.2.1"}]}, "spec.networks[eth0].ipAddress needs a prefix"),
    ],
)
def test_l19_a_virtual_machine_that_asks_for_too_much_is_refused(spec: dict[str, Any], fault: str) -> None:
    assert faults_of_vm(vm(**spec)) == (fault,)


def test_l19_an_image_is_refused_only_for_what_matters_to_the_provider() -> None:
    both = VMImage.from_manifest(vm_image(libvirt={"path": "p"}, proxmox={"templateID": 100, "node": "pve1"}))
    assert image_faults(both, "libvirt", LAB) == ()
    assert image_faults(both, "proxmox", LAB) == (
        "VMImage default/debian: spec.source.proxmox.node is not supported; remove it",
    )
    assert image_faults(both, "vsphere", LAB) == (
        "VMImage default/debian has no source for a provider of type vsphere",
    )


def test_l19_how_an_image_is_prepared_matters_only_for_one_that_is_fetched() -> None:
    there, fetched = vm_image(libvirt={"path": "p"}), vm_image(libvirt={"url": "https://i.test/a"})
    for image in (there, fetched):
        image["spec"]["prepare"] = {"timeout": "1h", "storage": {"compression": True}}
    assert image_faults(VMImage.from_manifest(there), "libvirt", LAB) == ()
    expected = ("VMImage default/debian: spec.prepare.storage.compression is not supported; remove it",)
    assert image_faults(VMImage.from_manifest(fetched), "libvirt", LAB) == expected


def test_l19_a_template_is_used_only_on_the_provider_that_the_image_names() -> None:
    image = VMImage.from_manifest(vm_image(vsphere={"templateName": "t", "providerRef": {"name": "other"}}))
    assert image_faults(image, "vsphere", ObjectKey(ObjectKind.PROVIDER, "default", "other")) == ()
    named = "VMImage default/debian: spec.source.vsphere.providerRef says that Provider default/other has the image"
    assert image_faults(image, "vsphere", LAB) == (f"{named}, not Provider default/lab",)


def test_l19_a_network_is_refused_only_for_what_matters_to_the_provider() -> None:
    config: dict[str, Any] = {"libvirt": {"filterRef": {"filter": "f"}}, "proxmox": {"bridge": "vmbr0"}}
    lan = VMNetworkAttachment.from_manifest(network(**config))
    assert network_faults(lan, "proxmox") == ()
    expected = ("VMNetworkAttachment default/lan: spec.network.libvirt.filterRef is not supported; remove it",)
    assert network_faults(lan, "libvirt") == expected


@pytest.mark.parametrize("type_", ["Pool", "None"])
def test_l19_a_way_of_giving_addresses_that_nobody_knows_is_refused(type_: str) -> None:
    lan = network()
    lan["spec"]["ipAllocation"] = {"type": type_}
    expected = f"VMNetworkAttachment default/lan: spec.ipAllocation.type {type_} is not supported; use DHCP or Static"
    assert network_faults(VMNetworkAttachment.from_manifest(lan), "libvirt") == (expected,)
