"""Facet of providers that can copy a machine."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from virtrigaud_api.contract.hardware import Hardware
from virtrigaud_api.contract.machine import GuestData, Owner, Placement
from virtrigaud_api.contract.names import MachineId
from virtrigaud_api.contract.nic import Nic
from virtrigaud_api.contract.tasks import Submitted


@dataclass(frozen=True, slots=True, kw_only=True)
class Customization:
    """What the copy's guest is told to be.

    Attributes:
        nics: NICs that replace those of the source; None keeps them, with fresh MAC addresses.
    """

    hostname: str | None = None
    domain: str | None = None
    time_zone: str | None = None
    nics: tuple[Nic, ...] | None = None
    guest: GuestData = GuestData()


@dataclass(frozen=True, slots=True, kw_only=True)
class CloneOrder:
    """Copy a machine.

    Attributes:
        owner: Makes the call idempotent, as in `create`.
        linked: Share the source's disks copy-on-write, through a snapshot.
        hardware: Hardware of the copy; None keeps the source's.
    """

    owner: Owner
    name: str
    linked: bool = False
    hardware: Hardware | None = None
    placement: Placement = Placement()
    customization: Customization = Customization()


@runtime_checkable
class Clones(Protocol):
    """Facet of a provider that copies machines."""

    async def clone(self, source: MachineId, order: CloneOrder) -> Submitted:
        """Copy a machine, or return the copy that the owner has already.

        Raises:
            NotFound: The source does not exist.
            Conflict: The name belongs to another owner's machine.
            Unsupported: A linked copy was asked for and can't be had.
        """
        ...
