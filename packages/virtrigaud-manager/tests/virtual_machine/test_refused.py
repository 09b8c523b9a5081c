"""Ring 1: every field is honoured, for people, or refused, and what is refused is named."""

from collections.abc import Iterator
from typing import Any

import pytest
from manifests import network, vm, vm_image
from pydantic import BaseModel
from virtrigaud_api.v1beta1 import VirtualMachine, VMClassSpec, VMImage, VMNetworkAttachment
from virtrigaud_api.v1beta1.virtual_machine import VirtualMachineSpec
from virtrigaud_api.v1beta1.vm_image import VMImageSpec
from virtrigaud_api.v1beta1.vm_network_attachment import VMNetworkAttachmentSpec
from virtrigaud_manager.cluster.object_key import ObjectKey, ObjectKind
from virtrigaud_manager.kinds.virtual_machine import refused
from virtrigaud_manager.kinds.virtual_machine.refused import image_faults, network_faults, vm_faults

LAB = ObjectKey(ObjectKind.PROVIDER, "default", "lab")


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
