"""The libvirt networks that NICs are on: found and checked, never made or changed."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import libvirt
from virtrigaud_api.contract import Nic, NotFound, Unsupported

from virtrigaud_provider_libvirt.domain_xml.document import attribute_of, parse
from virtrigaud_provider_libvirt.domain_xml.interface import PluggedNic
from virtrigaud_provider_libvirt.faults import is_absent

_UNNAMED_NIC = Nic(name="default")
_TAGGING_PORT = "openvswitch"
_TAGGING_FORWARD = frozenset({"hostdev", "passthrough"})


def plugged_nics(
    connection: libvirt.virConnect, nics: Iterable[Nic], macs: Callable[[str], str], default_network: str
) -> tuple[PluggedNic, ...]:
    """Give every NIC its backing and its MAC address; a machine that asks for no NIC gets one on the default network.

    Args:
        connection: Where the networks are.
        nics: The wanted NICs.
        macs: The MAC address of the NIC of a name, for those that want no other.
        default_network: The backing of NICs that name none.

    Raises:
        NotFound: A network does not exist or is not active.
        Unsupported: A network cannot carry the wanted VLAN tag.
    """
    plugged = []
    for nic in tuple(nics) or (_UNNAMED_NIC,):
        backed = nic if nic.network or nic.bridge else replace(nic, network=default_network)
        if backed.network:
            _check(connection, backed, backed.network)
        plugged.append(PluggedNic(nic=backed, mac=(nic.mac or macs(nic.name)).lower()))
    return tuple(plugged)


def _check(connection: libvirt.virConnect, nic: Nic, name: str) -> None:
    try:
        network = connection.networkLookupByName(name)
    except libvirt.libvirtError as error:
        if not is_absent(error, libvirt.VIR_ERR_NO_NETWORK):
            raise
        raise NotFound(f"network {name} of interface {nic.name} does not exist on the hypervisor") from error
    if not network.isActive():
        raise NotFound(f"network {name} of interface {nic.name} is not active: start it on the hypervisor")
    if nic.vlan is not None and not _carries_tags(network):
        raise Unsupported(
            f"network {name} of interface {nic.name} carries no VLAN tags: it needs Open vSwitch or SR-IOV"
        )


def _carries_tags(network: libvirt.virNetwork) -> bool:
    document = parse(network.XMLDesc())
    port = attribute_of(document, "virtualport", "type")
    return port == _TAGGING_PORT or attribute_of(document, "forward", "mode") in _TAGGING_FORWARD
