"""What reconciles hold of a provider: the port, and the facets that they use.

A provider on the other side of the wire has the methods of every facet; one that it lacks raises `Unsupported`.
"""

from typing import Protocol

from virtrigaud_api.contract import GuestCommands, MachineProvider, Snapshots


class RemoteProvider(MachineProvider, Snapshots, GuestCommands, Protocol):
    """A provider with every facet that the manager calls."""
