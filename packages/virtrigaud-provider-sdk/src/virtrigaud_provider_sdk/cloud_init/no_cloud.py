"""The NoCloud seed: three documents on a volume labelled `cidata`.

Providers that can attach a CD-ROM or upload a snippet build one `NoCloudSeed` per machine.

Source: https://docs.cloud-init.io/en/latest/reference/datasources/nocloud.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

from virtrigaud_api.contract import GuestData, Nic

from virtrigaud_provider_sdk.cloud_init.meta_data import owners_meta_data, owners_network_config, yaml_document
from virtrigaud_provider_sdk.cloud_init.network_config import network_config
from virtrigaud_provider_sdk.cloud_init.volume import iso_image

VOLUME_LABEL: Final = "cidata"
"""The label by which cloud-init finds the seed."""

_EMPTY_USER_DATA: Final = b"#cloud-config\n{}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoCloudSeed:
    """The documents of a seed. They may hold secrets, so they never show in a repr or a log.

    Attributes:
        network_config: The owner's own, or version 2 of the NICs; None leaves the network to the guest's own
            default.
    """

    user_data: bytes = field(repr=False)
    meta_data: bytes = field(repr=False)
    network_config: bytes | None = field(default=None, repr=False)

    @classmethod
    def of(cls, *, instance_id: str, hostname: str, guest: GuestData, nics: Sequence[Nic] = ()) -> Self:
        """Write the seed of a machine.

        An Ignition config has no place in this seed: hand it to the guest by the hypervisor's own channel
        (a firmware config item, guest info), or use a config drive.

        Args:
            instance_id: Changes when, and only when, cloud-init should treat the guest as a new instance.
            hostname: Name of the guest unless its meta data says otherwise.
            guest: User data, taken as it is; meta data, merged over what is stated here; network data, taken
                as it is in place of what the NICs say.
            nics: Wanted NICs, each with the MAC address that the machine really has.

        Raises:
            InvalidSpec: The meta data or the network data is no YAML mapping, or an address of a NIC is none.
            ValueError: A NIC has no MAC address yet.
        """
        facts = {"instance-id": instance_id, "local-hostname": hostname}
        return cls(
            user_data=guest.user_data or _EMPTY_USER_DATA,
            meta_data=yaml_document({**facts, **owners_meta_data(guest.meta_data)}),
            network_config=owners_network_config(told) if (told := guest.network_data) else network_config(nics),
        )

    def documents(self) -> Mapping[str, bytes]:
        """Return the documents by their NoCloud file names."""
        documents = {"user-data": self.user_data, "meta-data": self.meta_data}
        if self.network_config is not None:
            documents["network-config"] = self.network_config
        return documents

    def iso(self) -> bytes:
        """Return an ISO 9660 image labelled `cidata`; the same seed is always the same bytes."""
        return iso_image(VOLUME_LABEL, self.documents())
