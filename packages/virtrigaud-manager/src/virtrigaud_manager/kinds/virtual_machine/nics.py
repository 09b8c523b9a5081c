"""A network interface of a machine, in the words of its provider's type. Pure; part of `desired`."""

from virtrigaud_api import contract
from virtrigaud_api.v1beta1 import VMNetworkAttachment
from virtrigaud_api.v1beta1.ip_allocation import IPAllocation, IPAllocationType
from virtrigaud_api.v1beta1.network_ref import NetworkRef
from virtrigaud_api.v1beta1.provider import ProviderType
from virtrigaud_api.v1beta1.vm_network_backend import (
    LibvirtNetwork,
    NetworkConfig,
    ProxmoxNetwork,
    VSphereNetwork,
)

DEFAULT_MTU = 1500

Backend = VSphereNetwork | LibvirtNetwork | ProxmoxNetwork


def nic(reference: NetworkRef, attachment: VMNetworkAttachment | None, provider_type: str) -> contract.Nic:
    """Say what an interface is and what it is connected to."""
    plain = contract.Nic(
        name=reference.name,
        mac=reference.mac_address,
        static=_static(reference, attachment.spec.ip_allocation if attachment is not None else None),
    )
    if attachment is None:
        return plain
    return _connected(plain, attachment.spec.network, provider_type)


def backend_for(network: NetworkConfig, provider_type: str) -> Backend | None:
    """Choose the network that is meant for a type of provider; a type without one takes the first."""
    match provider_type:
        case ProviderType.VSPHERE:
            return network.vsphere
        case ProviderType.LIBVIRT:
            return network.libvirt
        case ProviderType.PROXMOX:
            return network.proxmox
        case _:
            return network.libvirt or network.vsphere or network.proxmox


def _connected(plain: contract.Nic, network: NetworkConfig, provider_type: str) -> contract.Nic:
    mtu = network.mtu if network.mtu != DEFAULT_MTU else None
    match backend_for(network, provider_type):
        case VSphereNetwork() as vsphere:
            return contract.Nic(
                name=plain.name,
                mac=plain.mac,
                static=plain.static,
                network=vsphere.portgroup,
                vlan=vsphere.vlan.vlan_id if vsphere.vlan is not None else None,
                model=vsphere.adapter_type.value,
                pci_slot=vsphere.pci_slot_number,
                mtu=mtu,
            )
        case LibvirtNetwork() as libvirt:
            return contract.Nic(
                name=plain.name,
                mac=plain.mac,
                static=plain.static,
                network=libvirt.network_name if libvirt.bridge is None else None,
                bridge=libvirt.bridge.name if libvirt.bridge is not None else None,
                model=libvirt.model.value,
                mtu=mtu,
            )
        case ProxmoxNetwork() as proxmox:
            return contract.Nic(
                name=plain.name,
                mac=plain.mac,
                static=plain.static,
                bridge=proxmox.bridge,
                vlan=proxmox.vlan_tag,
                model=proxmox.model.value,
                mtu=proxmox.mtu or mtu,
            )
        case None:
            return plain


def _static(reference: NetworkRef, allocation: IPAllocation | None) -> contract.StaticAddress | None:
    """Take the address of the interface, else that of its network."""
    if reference.ip_address is not None and reference.prefix is not None:
        dns = tuple(part.strip() for part in (reference.dns or "").split(",") if part.strip())
        return contract.StaticAddress(
            address=reference.ip_address, prefix=reference.prefix, gateway=reference.gateway, dns=dns
        )
    if allocation is None or allocation.type is not IPAllocationType.STATIC or allocation.static_config is None:
        return None
    address, _, prefix = allocation.static_config.address.partition("/")
    return contract.StaticAddress(
        address=address,
        prefix=int(prefix),
        gateway=allocation.static_config.gateway,
        dns=allocation.dns_config.servers if allocation.dns_config is not None else (),
    )
