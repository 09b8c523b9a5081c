"""The config drive, version 2: OpenStack's documents on a volume labelled `config-2`.

For guests that know no NoCloud seed: cloudbase-init on Windows, and CoreOS or Flatcar, which read an Ignition
config where others read user data.

Sources: https://docs.openstack.org/nova/latest/user/metadata.html,
https://docs.cloud-init.io/en/latest/reference/datasources/configdrive.html and
https://coreos.github.io/ignition/supported-platforms/
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from virtrigaud_api.contract import GuestData, InvalidSpec, Nic, Unsupported

from virtrigaud_provider_sdk.cloud_init.ignition import ignition_config
from virtrigaud_provider_sdk.cloud_init.meta_data import owners_meta_data
from virtrigaud_provider_sdk.cloud_init.network_data import network_data
from virtrigaud_provider_sdk.cloud_init.volume import iso_image

VOLUME_LABEL: Final = "config-2"
"""The label by which guests find the drive."""

_FOLDER: Final = "openstack/latest"
_NAMES_OF_CLOUD_INIT: Final = {"instance-id": "uuid", "local-hostname": "hostname", "public-keys": "public_keys"}
_NO_PLACE_FOR_NETWORK_DATA: Final = (
    "a config drive tells the network in OpenStack's words and has no place for cloud-init network data:"
    " say it in the machine's networks"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigDriveSeed:
    """The documents of a config drive. They may hold secrets, so they never show in a repr or a log.

    Attributes:
        user_data: cloud-init user data or an Ignition config, as the guest's owner wrote it; None is none.
        network_data: None leaves the network to the guest's own default.
    """

    meta_data: bytes = field(repr=False)
    user_data: bytes | None = field(default=None, repr=False)
    network_data: bytes | None = field(default=None, repr=False)

    @classmethod
    def of(cls, *, instance_id: str, hostname: str, guest: GuestData, nics: Sequence[Nic] = ()) -> Self:
        """Write the drive of a machine.

        Args:
            instance_id: Changes when, and only when, the guest should treat itself as a new instance.
            hostname: Name of the guest unless its meta data says otherwise.
            guest: User data or an Ignition config, and meta data, merged over what is stated here; the
                names that NoCloud has for the machine's facts are understood.
            nics: Wanted NICs, each with the MAC address that the machine really has.

        Raises:
            InvalidSpec: The meta data is no YAML mapping, an address of a NIC is none, or the guest has both
                user data and an Ignition config, for which there is one place.
            Unsupported: The guest has network data, which has no place on this drive.
            ValueError: A NIC has no MAC address yet.
        """
        if guest.network_data:
            raise Unsupported(_NO_PLACE_FOR_NETWORK_DATA)
        return cls(
            meta_data=_meta_data(instance_id, hostname, owners_meta_data(guest.meta_data)),
            user_data=_user_data(guest),
            network_data=network_data(nics),
        )

    def documents(self) -> Mapping[str, bytes]:
        """Return the documents by their paths on the drive."""
        documents = {f"{_FOLDER}/meta_data.json": self.meta_data}
        if self.user_data is not None:
            documents[f"{_FOLDER}/user_data"] = self.user_data
        if self.network_data is not None:
            documents[f"{_FOLDER}/network_data.json"] = self.network_data
        return documents

    def iso(self) -> bytes:
        """Return an ISO 9660 image labelled `config-2`; the same seed is always the same bytes."""
        return iso_image(VOLUME_LABEL, self.documents())


def _meta_data(instance_id: str, hostname: str, wanted: Mapping[str, Any]) -> bytes:
    """Merge the owner's meta data over the machine's own facts."""
    facts: dict[str, Any] = {"uuid": instance_id, "hostname": hostname, "name": hostname}
    facts |= {_NAMES_OF_CLOUD_INIT.get(name, name): value for name, value in wanted.items()}
    try:
        return (json.dumps(facts, indent=2, default=str) + "\n").encode()
    except (TypeError, ValueError):
        raise InvalidSpec("the cloud-init meta data cannot be written as JSON, which a config drive needs") from None


def _user_data(guest: GuestData) -> bytes | None:
    if not guest.ignition:
        return guest.user_data or None
    if guest.user_data:
        raise InvalidSpec("a config drive has one place for cloud-init user data and an Ignition config: give one")
    return ignition_config(guest.ignition)
