"""What a copy's guest is told, in the shape of a VMClone's customization, as Clone carries it."""

from ipaddress import IPv4Network

from virtrigaud_api.contract import Customization, GuestData, Nic, StaticAddress
from virtrigaud_api.wire.json_fields import (
    CustomizeField,
    CustomizeNetworkField,
    CustomizeUserDataField,
    NetworkField,
)
from virtrigaud_api.wire.json_reader import Document, JsonObject, present
from virtrigaud_api.wire.payloads.guest import guest_bytes_from_json, guest_bytes_to_json
from virtrigaud_api.wire.payloads.nics import nics_from_json, routes_to_json

_UNCARRIED = (
    CustomizeField.SYSPREP,
    CustomizeField.TAGS,
    CustomizeField.GUEST_COMMANDS,
    CustomizeField.CERTIFICATES,
)


def customization_to_json(customization: Customization) -> Document | None:
    """Return the customization, None when there is none; what is unset is left out."""
    guest, nics = customization.guest, customization.nics
    user_data: Document = {
        CustomizeUserDataField.CLOUD_INIT: _inline(guest.user_data),
        CustomizeUserDataField.IGNITION: _inline(guest.ignition),
    }
    meta_data: Document = {CustomizeUserDataField.CLOUD_INIT: _inline(guest.meta_data)}
    network_data: Document = {CustomizeUserDataField.CLOUD_INIT: _inline(guest.network_data)}
    document: Document = {
        CustomizeField.HOSTNAME: customization.hostname,
        CustomizeField.DOMAIN: customization.domain,
        CustomizeField.TIME_ZONE: customization.time_zone,
        CustomizeField.NETWORKS: None if nics is None else [_nic_to_json(nic) for nic in nics],
        CustomizeField.USER_DATA: present(user_data) or None,
        CustomizeField.META_DATA: present(meta_data) or None,
        CustomizeField.NETWORK_DATA: present(network_data) or None,
    }
    return present(document) or None


def customization_from_json(document: JsonObject) -> Customization:
    """Read a customization.

    Raises:
        InvalidSpec: A member is not what it must be, or asks for what no provider here can do: nothing
            that a user wrote is ignored in silence.
    """
    for key in _UNCARRIED:
        if document.truthy(key):
            raise document.invalid(key, "providers can't apply this to a copy; leave it out")
    return Customization(
        hostname=document.optional_text(CustomizeField.HOSTNAME),
        domain=document.optional_text(CustomizeField.DOMAIN),
        time_zone=document.optional_text(CustomizeField.TIME_ZONE),
        nics=_nics_from_json(document),
        guest=_guest_from_json(document),
    )


def _guest_from_json(document: JsonObject) -> GuestData:
    user_data, meta_data = document.child(CustomizeField.USER_DATA), document.child(CustomizeField.META_DATA)
    network_data = document.child(CustomizeField.NETWORK_DATA)
    return GuestData(
        user_data=_inline_bytes(user_data, CustomizeUserDataField.CLOUD_INIT),
        meta_data=_inline_bytes(meta_data, CustomizeUserDataField.CLOUD_INIT),
        network_data=_inline_bytes(network_data, CustomizeUserDataField.CLOUD_INIT),
        ignition=_inline_bytes(user_data, CustomizeUserDataField.IGNITION),
    )


def _nics_from_json(document: JsonObject) -> tuple[Nic, ...] | None:
    if not document.has(CustomizeField.NETWORKS):
        return None
    return nics_from_json(document.children(CustomizeField.NETWORKS))


def _nic_to_json(nic: Nic) -> Document:
    """Return a NIC; the members that a customization does not have go by their names in Create."""
    document: Document = {
        CustomizeNetworkField.NAME: nic.name,
        CustomizeNetworkField.MAC_ADDRESS: nic.mac,
        NetworkField.NETWORK_NAME: nic.network,
        NetworkField.BRIDGE: nic.bridge,
        NetworkField.VLAN: nic.vlan,
        NetworkField.MODEL: nic.model,
        NetworkField.PCI_SLOT_NUMBER: nic.pci_slot,
        NetworkField.MTU: nic.mtu,
        NetworkField.NAME_SERVERS: list(nic.name_servers) or None,
        NetworkField.DNS_SEARCH: list(nic.search) or None,
    }
    return present(document) | _address_to_json(nic.static)


def _address_to_json(static: StaticAddress | None) -> Document:
    if static is None:
        return {CustomizeNetworkField.DHCP: True}
    document: Document = {
        CustomizeNetworkField.IP_ADDRESS: static.address,
        CustomizeNetworkField.SUBNET_MASK: str(IPv4Network((0, static.prefix)).netmask),
        CustomizeNetworkField.GATEWAY: static.gateway,
        CustomizeNetworkField.DNS: list(static.dns) or None,
        NetworkField.ROUTES: routes_to_json(static.routes),
    }
    return present(document)


def _inline(data: bytes | None) -> Document | None:
    return guest_bytes_to_json(data, CustomizeUserDataField.INLINE)


def _inline_bytes(document: JsonObject, key: str) -> bytes | None:
    source = document.child(key)
    if source.truthy(CustomizeUserDataField.SECRET_REF):
        raise source.invalid(CustomizeUserDataField.SECRET_REF, "a provider reads no Secrets; send the text inline")
    return guest_bytes_from_json(source, CustomizeUserDataField.INLINE)
