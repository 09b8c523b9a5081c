"""A hook that is to be run, one that runs, and how one ended. Values only; plans read them."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from virtrigaud_api.contract import MachineId
from virtrigaud_api.v1beta1.lifecycle import LifecycleHook


class HookPoint(StrEnum):
    """When a hook is run."""

    PRE_STOP = "preStop"
    POST_START = "postStart"


@dataclass(frozen=True, slots=True, kw_only=True)
class HookOrder:
    """Run a hook of a machine.

    Attributes:
        uid: The VirtualMachine's; an order for another object of the same name is another one.
        address: The machine's first address, for requests that name no host.
    """

    point: HookPoint
    uid: str
    machine: MachineId
    hook: LifecycleHook
    address: str | None = None

    @property
    def timeout(self) -> timedelta:
        """Return how long the hook may take."""
        return self.hook.timeout.timedelta


@dataclass(frozen=True, slots=True)
class HookRunning:
    """The hook is being run."""

    point: HookPoint


@dataclass(frozen=True, slots=True)
class HookEnded:
    """The hook ended.

    Attributes:
        error: Why it did not end well.
        late: It took longer than it may.
    """

    point: HookPoint
    error: str | None = None
    late: bool = False


HookState = HookRunning | HookEnded
