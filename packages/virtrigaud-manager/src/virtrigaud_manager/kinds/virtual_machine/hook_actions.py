"""What is done about hooks, as actions: part of the union in `actions`."""

from dataclasses import dataclass

from virtrigaud_manager.hooks.order import HookEnded, HookOrder, HookPoint
from virtrigaud_manager.kinds.action import Deed, Rest


@dataclass(frozen=True, slots=True)
class StartHook(Deed):
    """Begin to run a hook."""

    order: HookOrder

    @property
    def sentence(self) -> str:
        """Say what is done."""
        return f"run {self.order.point} of machine {self.order.machine}"


@dataclass(frozen=True, slots=True)
class NoteHook(Deed):
    """Take note of how a hook ended, and go on."""

    ended: HookEnded

    @property
    def sentence(self) -> str:
        """Say what is noted."""
        how = "ended well" if self.ended.error is None else f"failed, and is passed over: {self.ended.error}"
        return f"{self.ended.point} {how}"


@dataclass(frozen=True, slots=True)
class AwaitHook(Rest):
    """Wait until a hook has ended."""

    point: HookPoint

    @property
    def sentence(self) -> str:
        """Say what is waited for."""
        return f"await {self.point}"
