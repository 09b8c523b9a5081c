"""What the guest reads at its first boot, from inline documents and Secrets. Pure; part of `desired`.

The documents may hold secrets: they go into `GuestData`, which never shows them, and nowhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from virtrigaud_api.contract import GuestData, InvalidSpec
from virtrigaud_api.user_data_archive import UserDataPart, multipart_user_data
from virtrigaud_api.v1beta1 import VirtualMachine

USER_DATA_KEYS = ("userdata", "user-data", "cloud-init", "cloud-config")
META_DATA_KEYS = ("metadata", "meta-data", "meta_data")
NETWORK_DATA_KEYS = ("networkdata", "network-data", "network-config", "network_data")
IGNITION_KEYS = ("ignition", "userdata", "user-data")


@dataclass(frozen=True, slots=True)
class SecretUse:
    """A Secret that a guest document comes from, and the keys under which it may be, the best first."""

    name: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GuestSecrets:
    """The Secrets that a VirtualMachine names for its guest."""

    user_data: SecretUse | None = None
    meta_data: SecretUse | None = None
    network_data: SecretUse | None = None
    ignition: SecretUse | None = None

    @property
    def all(self) -> tuple[SecretUse, ...]:
        """Return those that are named."""
        uses = (self.user_data, self.meta_data, self.network_data, self.ignition)
        return tuple(use for use in uses if use is not None)


def secrets_of(vm: VirtualMachine) -> GuestSecrets:
    """Tell which Secrets the guest's documents come from."""
    user, meta, network = vm.spec.user_data, vm.spec.meta_data, vm.spec.network_data
    cloud_init = user.cloud_init.secret_ref if user and user.cloud_init else None
    ignition = user.ignition.secret_ref if user and user.ignition else None
    meta_data = meta.cloud_init.secret_ref if meta and meta.cloud_init else None
    network_data = network.cloud_init.secret_ref if network and network.cloud_init else None
    return GuestSecrets(
        user_data=SecretUse(cloud_init.name, USER_DATA_KEYS) if cloud_init else None,
        meta_data=SecretUse(meta_data.name, META_DATA_KEYS) if meta_data else None,
        network_data=SecretUse(network_data.name, NETWORK_DATA_KEYS) if network_data else None,
        ignition=SecretUse(ignition.name, IGNITION_KEYS) if ignition else None,
    )


def guest_data(vm: VirtualMachine, documents: Mapping[SecretUse, bytes]) -> GuestData:
    """Put the documents together: user data of both sources as parts, meta data one after the other.

    Raises:
        InvalidSpec: cloud-init would not know what one of two user data is, or there are two network data.
    """
    uses, user, meta, network = secrets_of(vm), vm.spec.user_data, vm.spec.meta_data, vm.spec.network_data
    inline_user = _bytes(user.cloud_init.inline if user and user.cloud_init else None)
    inline_meta = _bytes(meta.cloud_init.inline if meta and meta.cloud_init else None)
    inline_network = _bytes(network.cloud_init.inline if network and network.cloud_init else None)
    inline_ignition = _bytes(user.ignition.inline if user and user.ignition else None)
    return GuestData(
        user_data=_archive(inline_user, _document(uses.user_data, documents)),
        meta_data=_joined(inline_meta, _document(uses.meta_data, documents)),
        network_data=_either(inline_network, _document(uses.network_data, documents)),
        ignition=inline_ignition or _document(uses.ignition, documents),
    )


def _bytes(text: str | None) -> bytes | None:
    return text.encode() if text else None


def _document(use: SecretUse | None, documents: Mapping[SecretUse, bytes]) -> bytes | None:
    return None if use is None else documents.get(use)


def _joined(first: bytes | None, second: bytes | None) -> bytes | None:
    if first is None or second is None:
        return first or second
    return first.rstrip(b"\n") + b"\n" + second


def _either(inline: bytes | None, secret: bytes | None) -> bytes | None:
    """Return the one that there is: each of them is the whole network, so that they can't be joined."""
    if inline is not None and secret is not None:
        raise InvalidSpec(
            "spec.networkData.cloudInit has a document inline and in the Secret that secretRef names: write it in one"
        )
    return inline or secret


def _archive(inline: bytes | None, secret: bytes | None) -> bytes | None:
    """Let cloud-init work on two documents, the inline one first; a single one goes as it is."""
    if inline is None or secret is None:
        return inline or secret
    parts = (UserDataPart(name="inline", content=inline), UserDataPart(name="secret", content=secret))
    return multipart_user_data(parts)
