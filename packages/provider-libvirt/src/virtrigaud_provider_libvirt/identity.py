"""Names that follow from the owner: the same owner always gets the same UUID, domain, volumes and MACs.

A second machine for one owner is thereby impossible: libvirt itself refuses a second domain of a name or UUID.
"""

import hashlib
import re
import uuid
from dataclasses import dataclass

from virtrigaud_api.contract import InvalidSpec, MachineId, Owner

_NAMESPACE = uuid.UUID("6f0fd1a5-4a43-5d0c-9d53-6a0f7f7f6a7e")
_LONGEST_DOMAIN = 150
_ROLE_OF_VOLUME = re.compile(r"-[0-9a-f]{8}-(?P<role>[^/]+)\.(qcow2|raw|iso|ign)$")
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Identity:
    """The native names of one machine."""

    machine: MachineId
    domain: str

    def volume(self, role: str, suffix: str) -> str:
        """Name of a volume that is made for the machine; it carries enough of the UUID to be nobody else's."""
        return f"{self.domain}-{self.machine[:8]}-{role}.{suffix}"

    def mac(self, nic: str) -> str:
        """A locally administered MAC address that this NIC keeps for the machine's whole life."""
        digest = hashlib.sha256(f"{self.machine}/{nic}".encode()).digest()
        return ":".join(f"{octet:02x}" for octet in (0x52, *digest[:5]))


def identify(owner: Owner, name: str) -> Identity:
    """Derive the names of an owner's machine.

    A namespace has no dot, so that the first dot of a domain's name keeps two namespaces apart.

    Raises:
        InvalidSpec: The name cannot be part of a file name.
    """
    plain = f"{owner.namespace}.{name}" if owner.namespace else name
    if not _SAFE_NAME.fullmatch(plain):
        raise InvalidSpec(f"cannot name a machine {plain!r}: letters, digits, dots, dashes and underscores only")
    return Identity(machine_of(owner), _shortened(plain))


def machine_of(owner: Owner) -> MachineId:
    """Derive the UUID of an owner's machine."""
    return MachineId(str(uuid.uuid5(_NAMESPACE, f"{owner.namespace}\n{owner.name}\n{owner.uid}")))


def is_volume_of_a_machine(volume: str) -> bool:
    """The volume's name is one that `Identity.volume` gives."""
    return _ROLE_OF_VOLUME.search(volume) is not None


def _shortened(name: str) -> str:
    if len(name) <= _LONGEST_DOMAIN:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:12]
    return f"{name[: _LONGEST_DOMAIN - 13]}-{digest}"
