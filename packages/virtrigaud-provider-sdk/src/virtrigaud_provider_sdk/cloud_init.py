"""The NoCloud seed: what cloud-init reads at a guest's first boot, as documents and as an ISO 9660 volume.

Providers that can attach a CD-ROM or upload a snippet build one `NoCloudSeed` per machine. Nothing here
invents a user, a password or a key: a guest gets what its owner wrote and the facts of its machine.

Sources: https://docs.cloud-init.io/en/latest/reference/datasources/nocloud.html and
https://docs.cloud-init.io/en/latest/reference/network-config-format-v2.html
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import pycdlib
import yaml
from virtrigaud_api.contract import GuestData, InvalidSpec, Nic

VOLUME_ID = "cidata"
"""The volume label by which cloud-init finds the seed."""

_EMPTY_USER_DATA = b"#cloud-config\n{}\n"
_DEFAULT_ROUTE = "0.0.0.0/0"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoCloudSeed:
    """The documents of a seed. They may hold secrets, so they never show in a repr or a log.

    Attributes:
        network_config: Version 2 network config; None leaves the network to the guest's own default.
    """

    user_data: bytes = field(repr=False)
    meta_data: bytes = field(repr=False)
    network_config: bytes | None = field(default=None, repr=False)

    @classmethod
    def of(cls, *, instance_id: str, hostname: str, guest: GuestData, nics: Sequence[Nic] = ()) -> Self:
        """Write the seed of a machine.

        Args:
            instance_id: Changes when, and only when, cloud-init should treat the guest as a new instance.
            hostname: Name of the guest unless its meta data says otherwise.
            guest: User data, taken as it is, and meta data, merged over what is stated here.
            nics: Wanted NICs, each with the MAC address that the machine really has.

        Raises:
            InvalidSpec: The meta data is no YAML mapping.
            ValueError: A NIC has no MAC address yet.
        """
        return cls(
            user_data=guest.user_data or _EMPTY_USER_DATA,
            meta_data=_meta_data(instance_id, hostname, guest.meta_data),
            network_config=_network_config(nics),
        )

    def documents(self) -> Mapping[str, bytes]:
        """Return the documents by their NoCloud file names."""
        documents = {"user-data": self.user_data, "meta-data": self.meta_data}
        if self.network_config is not None:
            documents["network-config"] = self.network_config
        return documents

    def iso(self) -> bytes:
        """Return an ISO 9660 image with Joliet and Rock Ridge names and the label `cidata`."""
        volume = pycdlib.PyCdlib()
        volume.new(interchange_level=3, joliet=3, rock_ridge="1.09", vol_ident=VOLUME_ID)
        try:
            for name, content in self.documents().items():
                plain = name.replace("-", "").upper()
                volume.add_fp(io.BytesIO(content), len(content), f"/{plain}.;1", rr_name=name, joliet_path=f"/{name}")
            image = io.BytesIO()
            volume.write_fp(image)
        finally:
            volume.close()
        return image.getvalue()


def _meta_data(instance_id: str, hostname: str, wanted: bytes | None) -> bytes:
    """Merge the owner's meta data over the machine's own facts."""
    return _yaml({"instance-id": instance_id, "local-hostname": hostname, **_mapping(wanted)})


def _mapping(text: bytes | None) -> Mapping[str, Any]:
    """Read the owner's meta data; the error names the place and never quotes the text."""
    if not text:
        return {}
    try:
        document = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        place = f" at line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise InvalidSpec(f"the cloud-init meta data is not valid YAML{place}") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise InvalidSpec("the cloud-init meta data is not valid YAML text") from None
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise InvalidSpec("the cloud-init meta data must be a YAML mapping")
    return document


def _network_config(nics: Sequence[Nic]) -> bytes | None:
    """Write network config version 2, each NIC found by its MAC address."""
    if not nics:
        return None
    return _yaml({"version": 2, "ethernets": {nic.name: _ethernet(nic) for nic in nics}})


def _ethernet(nic: Nic) -> dict[str, Any]:
    """Describe one NIC: its static address, or DHCP."""
    if nic.mac is None:
        raise ValueError(f"network interface {nic.name} needs its MAC address before a seed can be written")
    ethernet: dict[str, Any] = {"match": {"macaddress": nic.mac.lower()}}
    if nic.mtu is not None:
        ethernet["mtu"] = nic.mtu
    if nic.static is None:
        return ethernet | {"dhcp4": True}
    ethernet["dhcp4"] = False
    ethernet["addresses"] = [f"{nic.static.address}/{nic.static.prefix}"]
    if nic.static.gateway is not None:
        ethernet["routes"] = [{"to": _DEFAULT_ROUTE, "via": nic.static.gateway}]
    if nic.static.dns:
        ethernet["nameservers"] = {"addresses": list(nic.static.dns)}
    return ethernet


def _yaml(document: Mapping[str, Any]) -> bytes:
    return yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True).encode()
