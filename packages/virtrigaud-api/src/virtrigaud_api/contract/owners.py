"""Facet of providers that find the machine of an owner, also while it is still being made."""

from typing import Protocol, runtime_checkable

from virtrigaud_api.contract.machine import Owner
from virtrigaud_api.contract.tasks import Submitted


@runtime_checkable
class OwnerSearch(Protocol):
    """Facet of a provider that tells what it has made, or is making, for an owner.

    `create` looks for that anyway. Without this facet only the list of machines can be asked, and a machine
    that is still being made is not in it: when its object is deleted at that moment and the manager has
    forgotten the task, it stays.
    """

    async def find(self, owner: Owner) -> Submitted | None:
        """Return the machine of an owner, or the task that makes it; None when there is neither.

        A creation that was asked for earlier counts, also where its caller has gone away since.
        """
        ...
