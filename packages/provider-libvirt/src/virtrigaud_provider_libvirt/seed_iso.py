"""The cloud-init seed of a machine as bytes; `create` stores it beside the root disk."""

from collections.abc import Sequence
from dataclasses import replace

from virtrigaud_api.contract import MachineSpec
from virtrigaud_provider_sdk.cloud_init import NoCloudSeed

from virtrigaud_provider_libvirt.domain_xml.interface import PluggedNic
from virtrigaud_provider_libvirt.identity import Identity


def seed_image(spec: MachineSpec, identity: Identity, nics: Sequence[PluggedNic]) -> bytes:
    """Write the ISO image.

    Raises:
        InvalidSpec: The meta data or the network data of the spec cannot be read.
    """
    known = [replace(plugged.nic, mac=plugged.mac) for plugged in nics]
    return NoCloudSeed.of(instance_id=identity.machine, hostname=spec.name, guest=spec.guest, nics=known).iso()
