"""What an action for a Provider returns when it was done, or when the API server refused it."""

from dataclasses import dataclass

from virtrigaud_api.contract import Capabilities

from virtrigaud_manager.cluster.object_key import ObjectKey


@dataclass(frozen=True, slots=True)
class Done:
    """It is done, or there was nothing to do."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The hypervisor is well."""

    capabilities: Capabilities


@dataclass(frozen=True, slots=True)
class NotApplied:
    """The API server refused a manifest."""

    key: ObjectKey
    message: str


Result = Done | Checked | NotApplied
