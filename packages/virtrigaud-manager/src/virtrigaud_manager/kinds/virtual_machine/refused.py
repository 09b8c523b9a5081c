"""What a spec may not ask for: fields that nobody honours yet, and values that can't be right together.

The table is complete: a test walks every field of the models and finds it either honoured, or for people
only, or here. A refused field is refused when it is set to something else than its default. Pure.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import BaseModel
from virtrigaud_api.v1beta1 import VirtualMachine, VirtualMachineStatus, VMImage, VMNetworkAttachment
from virtrigaud_api.v1beta1.ip_allocation import IPAllocationType
from virtrigaud_api.v1beta1.provider import ProviderType
from virtrigaud_api.v1beta1.restart_policy import RestartPolicy
from virtrigaud_api.v1beta1.spelling import camel_case
from virtrigaud_api.v1beta1.vm_image_source import VSphereImageSource

from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.kinds.virtual_machine.boot_source import Source, is_fetched, source_for
from virtrigaud_manager.kinds.virtual_machine.receipt_keys import RECEIPT_PROVIDER
from virtrigaud_manager.windows import fault

VIRTUAL_MACHINE_REFUSED = ("placement_ref",)

IMAGE_REFUSED = ("source.data_volume", "source.registry")

PREPARATION_REFUSED = (
    "prepare.optimization.enable_compression",
    "prepare.optimization.enable_delta_sync",
    "prepare.optimization.remove_unused_space",
    "prepare.storage.compression",
    "prepare.storage.libvirt.allocation_policy",
    "prepare.storage.libvirt.preallocation",
    "prepare.storage.vsphere.disk_type",
    "prepare.storage.vsphere.folder",
    "prepare.storage.vsphere.thin_provisioned",
)
"""Of images that have to be fetched; one that is on the hypervisor is not prepared at all."""

IMAGE_REFUSED_OF_SOURCE = {
    "vsphere": ("source.vsphere.content_library",),
    "proxmox": ("source.proxmox.full_clone", "source.proxmox.node"),
    "http": ("source.http.authentication.client_cert",),
}

NETWORK_REFUSED = (
    "ip_allocation.dhcp_config",
    "ip_allocation.dns_config.options",
    "ip_allocation.pool_config",
    "qos",
    "security",
)

NETWORK_REFUSED_OF_BACKEND = {
    ProviderType.VSPHERE.value: (
        "network.vsphere.distributed_switch",
        "network.vsphere.security",
        "network.vsphere.traffic_shaping",
        "network.vsphere.vlan.primary_vlan_id",
        "network.vsphere.vlan.secondary_vlan_id",
        "network.vsphere.vlan.trunk_vlan_ids",
    ),
    ProviderType.LIBVIRT.value: (
        "network.libvirt.bridge.delay",
        "network.libvirt.bridge.stp",
        "network.libvirt.driver",
        "network.libvirt.filter_ref",
    ),
    ProviderType.PROXMOX.value: ("network.proxmox.firewall", "network.proxmox.rate_limit"),
}


def vm_faults(vm: VirtualMachine, status: VirtualMachineStatus, provider_path: str) -> tuple[str, ...]:
    """Say what is wrong with the VirtualMachine itself."""
    spec = vm.spec
    faults = [*_refused("VirtualMachine", vm.spec, VIRTUAL_MACHINE_REFUSED)]
    if (spec.image_ref is None) == (spec.imported_disk is None):
        faults.append("exactly one of spec.imageRef and spec.importedDisk must be set")
    faults.extend(
        f"spec.networks[{network.name}].ipAddress needs a prefix"
        for network in spec.networks
        if network.ip_address is not None and network.prefix is None
    )
    faults.extend(
        f"spec.restartPolicy.windows[{index}]: {wrong}"
        for index, window in enumerate((spec.restart_policy or RestartPolicy()).windows)
        if (wrong := fault(window)) is not None
    )
    made_on = status.provider.get(RECEIPT_PROVIDER)
    if made_on is not None and made_on != provider_path:
        faults.append(f"spec.providerRef can't be changed: the machine is on Provider {made_on}; use a VMMigration")
    return tuple(faults)


def image_faults(image: VMImage, provider_type: str, provider: ObjectKey) -> tuple[str, ...]:
    """Say what of an image can't be had on a provider."""
    what = f"VMImage {image.metadata.namespace}/{image.metadata.name}"
    source = source_for(image.spec.source, provider_type)
    if source is None:
        faults = tuple(_refused(what, image.spec, IMAGE_REFUSED))
        return (*faults, f"{what} has no source for a provider of type {provider_type}")
    used = next(name for name in type(image.spec.source).model_fields if getattr(image.spec.source, name) is source)
    preparation = PREPARATION_REFUSED if is_fetched(source) else ()
    paths = (*IMAGE_REFUSED, *IMAGE_REFUSED_OF_SOURCE.get(used, ()), *preparation)
    faults = tuple(_refused(what, image.spec, paths))
    return (*faults, *_elsewhere(what, image, source, provider))


def _elsewhere(what: str, image: VMImage, source: Source, provider: ObjectKey) -> Iterator[str]:
    """Name the Provider that has a template, where it is another one."""
    if not isinstance(source, VSphereImageSource) or source.provider_ref is None:
        return
    has_it = (image.metadata.namespace, source.provider_ref.name)
    if has_it != (provider.namespace, provider.name):
        named = f"Provider {'/'.join(has_it)}"
        yield f"{what}: spec.source.vsphere.providerRef says that {named} has the image, not {provider}"


def network_faults(network: VMNetworkAttachment, provider_type: str) -> tuple[str, ...]:
    """Say what of a network can't be had on a type of provider."""
    what = f"VMNetworkAttachment {network.metadata.namespace}/{network.metadata.name}"
    every = tuple(path for paths in NETWORK_REFUSED_OF_BACKEND.values() for path in paths)
    paths = NETWORK_REFUSED_OF_BACKEND.get(provider_type, every)
    faults = [*_refused(what, network.spec, (*NETWORK_REFUSED, *paths))]
    allocation = network.spec.ip_allocation
    if allocation is not None and allocation.type not in (IPAllocationType.DHCP, IPAllocationType.STATIC):
        faults.append(f"{what}: spec.ipAllocation.type {allocation.type} is not supported; use DHCP or Static")
    return tuple(faults)


def _refused(what: str, spec: BaseModel, paths: tuple[str, ...]) -> Iterator[str]:
    for path in paths:
        if _is_set(spec, path.split(".")):
            yield f"{what}: spec.{_spelled(path)} is not supported; remove it"


def _is_set(model: BaseModel | None, path: list[str]) -> bool:
    """Tell whether a field is set to something else than its default; an API that lacks the field sets none."""
    first, *rest = path
    if model is None or first not in type(model).model_fields:
        return False
    value: Any = getattr(model, first)
    return _is_set(value, rest) if rest else bool(value != _default(type(model), first))


@cache
def _default(model: type[BaseModel], name: str) -> object:
    return model.model_fields[name].get_default(call_default_factory=True)


def _spelled(path: str) -> str:
    return ".".join(map(camel_case, path.split(".")))
