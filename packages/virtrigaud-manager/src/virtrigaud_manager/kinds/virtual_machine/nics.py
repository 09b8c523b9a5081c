"""A network interface of a machine, in the words of its provider's type. Pure; part of `desired`."""

from dataclasses import replace

from virtrigaud_api import contract
from virtrigaud_api.v1beta1 import VMNetworkAttachment
from virtrigaud_api.v1beta1.ip_allocation import DnsConfig, IPAllocation, IPAllocationType, Route
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
    allocation = (attachment.spec.ip_allocation if attachment is not None else None) or IPAllocation()
    dns = allocation.dns_config or DnsConfig()
    static = _static(reference, allocation, dns.servers)
    plain = contract.Nic(
        name=reference.name,
        mac=reference.mac_address,
        static=static,
        name_servers=dns.servers if static is None else (),
        search=dns.search_domains,
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
            return replace(
                plain,
                network=vsphere.portgroup,
                vlan=vsphere.vlan.vlan_id if vsphere.vlan is not None else None,
                model=vsphere.adapter_type.value,
                pci_slot=vsphere.pci_slot_number,
                mtu=mtu,
            )
        case LibvirtNetwork() as libvirt:
            return replace(
                plain,
                network=libvirt.network_name if libvirt.bridge is None else None,
                bridge=libvirt.bridge.name if libvirt.bridge is not None else None,
                model=libvirt.model.value,
                mtu=mtu,
            )
        case ProxmoxNetwork() as proxmox:
            return replace(
                plain,
                bridge=proxmox.bridge,
                vlan=proxmox.vlan_tag,
                model=proxmox.model.value,
                mtu=proxmox.mtu or mtu,
            )
        case None:
            return plain


def _static(reference: NetworkRef, allocation: IPAllocation, dns: tuple[str, ...]) -> contract.StaticAddress | None:
    """Take the address of the interface, else that of its network; routes are the network's in either case."""
    config = allocation.static_config if allocation.type is IPAllocationType.STATIC else None
    routes = tuple(map(_route, config.routes)) if config is not None else ()
    if reference.ip_address is not None and reference.prefix is not None:
        own = tuple(part.strip() for part in (reference.dns or "").split(",") if part.strip())
        return contract.StaticAddress(
            address=reference.ip_address,
            prefix=reference.prefix,
            gateway=reference.gateway,
            dns=own or dns,
            routes=routes,
        )
    if config is None:
        return None
    address, _, prefix = config.address.partition("/")
    return contract.StaticAddress(address=address, prefix=int(prefix), gateway=config.gateway, dns=dns, routes=routes)


def _route(route: Route) -> contract.Route:
    return contract.Route(destination=route.destination, gateway=route.gateway, metric=route.metric)
