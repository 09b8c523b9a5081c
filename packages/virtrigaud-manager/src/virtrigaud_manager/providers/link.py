"""One Provider as reconciles reach it: the port, its machines as last seen, and whether it streams events."""

from dataclasses import dataclass
from typing import Protocol

from virtrigaud_api.contract import TaskRef
from virtrigaud_api.v1beta1 import Provider

from virtrigaud_manager.cluster.object_key import ObjectKey
from virtrigaud_manager.providers.machines import Machines
from virtrigaud_manager.providers.remote import RemoteProvider


@dataclass(frozen=True, slots=True)
class Link:
    """A way to a provider that was open when it was asked for.

    Attributes:
        watched: The provider tells what happens, so nothing needs to be polled.
    """

    provider: RemoteProvider
    machines: Machines
    watched: bool


class Links(Protocol):
    """The ways to all providers."""

    async def link(self, provider: Provider) -> Link:
        """Return the way to a Provider, opening it where it is not open.

        Raises:
            ProviderError: It can't be opened; the message names what is missing.
        """
        ...

    def expect(self, provider: ObjectKey, task: TaskRef, key: ObjectKey) -> None:
        """Wake an object when a task of a provider ends."""
        ...

    async def close(self, provider: ObjectKey) -> None:
        """Close the way to a Provider that is gone."""
        ...
