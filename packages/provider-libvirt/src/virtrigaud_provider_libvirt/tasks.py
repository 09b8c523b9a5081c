"""Work that takes longer than a call: a guest that shuts down, and a hard stop when it does not."""

import asyncio
import contextlib
import time
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Self

import structlog
from virtrigaud_api.contract import MachineId, ProviderError
from virtrigaud_provider_sdk.event_stream import EventHub
from virtrigaud_provider_sdk.task_journal import Resumable

from virtrigaud_provider_libvirt import power
from virtrigaud_provider_libvirt.inventory import Inventory
from virtrigaud_provider_libvirt.session import Session

SHUT_DOWN: Final = "shut down"
"""Name of the work that goes on after a restart of the provider."""

_ASK_AGAIN_SECONDS = 10.0
_log = structlog.get_logger("virtrigaud.libvirt")


@dataclass(frozen=True, slots=True)
class ShutDown:
    """A guest that was asked to stop.

    Attributes:
        until: When its grace is over, in seconds since the epoch: the clock that a restart keeps.
    """

    machine: MachineId
    until: float

    @classmethod
    def within(cls, machine: MachineId, grace: timedelta) -> Self:
        """Let the grace begin now."""
        return cls(machine, time.time() + grace.total_seconds())

    @classmethod
    def resumed(cls, argument: str) -> Self:
        """Read what `resumable` wrote."""
        until, _, machine = argument.partition(" ")
        return cls(MachineId(machine), float(until))

    @property
    def resumable(self) -> Resumable:
        """How the wait goes on after a restart."""
        return Resumable(SHUT_DOWN, f"{self.until:.3f} {self.machine}")


async def shut_down(session: Session, hub: EventHub, inventory: Inventory, order: ShutDown) -> MachineId:
    """Wait until a guest that was asked to stop has stopped, and stop it hard when the grace is over."""
    machine, grace = order.machine, max(order.until - time.time(), 0)
    asking = asyncio.create_task(_keep_asking(session, machine), name=f"shut down {machine}")
    try:
        async with asyncio.timeout(grace):
            await _until_off(session, hub, machine)
    except TimeoutError:
        _log.info(
            "guest did not shut down in time and is stopped hard", machine=machine, seconds_waited=round(grace, 1)
        )
        await session.run(
            f"power off machine {machine}", "power", lambda link: power.power_off(link, machine, inventory)
        )
    finally:
        asking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asking
    return machine


async def _until_off(session: Session, hub: EventHub, machine: MachineId) -> None:
    """Look at once, because the first event is a RESYNC, and then at each event of the machine."""
    async with aclosing(hub.events()) as events:
        async for event in events:
            if event.machine in {None, machine} and await _is_off(session, machine):
                return


async def _is_off(session: Session, machine: MachineId) -> bool:
    return await session.run(f"look at machine {machine}", "power", lambda link: power.is_off(link, machine))


async def _keep_asking(session: Session, machine: MachineId) -> None:
    """Press the power button again now and then: a guest that is still booting does not hear it."""
    while True:
        await asyncio.sleep(_ASK_AGAIN_SECONDS)
        try:
            await session.run(
                f"shut down machine {machine}", "power", lambda link: power.ask_to_shut_down(link, machine)
            )
        except ProviderError as error:
            _log.debug("cannot ask the guest to shut down again", machine=machine, error=str(error))
