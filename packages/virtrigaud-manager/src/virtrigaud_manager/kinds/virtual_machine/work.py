"""What is under way for a machine, and what is not tried again because it failed for good; part of the observation."""

from dataclasses import dataclass
from datetime import datetime

from virtrigaud_api.contract import ProviderError, TaskRef
from virtrigaud_api.v1beta1.provider_status import ReportedCapabilities

from virtrigaud_manager.kinds.virtual_machine.actions import Action


@dataclass(frozen=True, slots=True)
class NoTask:
    """Nothing is under way."""


@dataclass(frozen=True, slots=True)
class TaskRunning:
    """Work is under way at the provider.

    Attributes:
        action: What started it; None when an earlier process did.
    """

    ref: TaskRef
    action: Action | None


@dataclass(frozen=True, slots=True)
class TaskFailed:
    """Work ended badly."""

    ref: TaskRef
    action: Action | None
    error: ProviderError


Work = NoTask | TaskRunning | TaskFailed


@dataclass(frozen=True, slots=True)
class Held:
    """An action that failed in a way that trying again can't mend.

    Attributes:
        until: When it is tried again all the same.
        capabilities: What the provider could do then.
    """

    action: Action
    error: ProviderError
    until: datetime
    capabilities: ReportedCapabilities | None
